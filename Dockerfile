# The desk as an image: Node 24, the packages that it runs with, its sources. No build step: Node strips the types.
FROM node:24-bookworm-slim AS packages
WORKDIR /opt/scalpstorm
COPY package.json package-lock.json .npmrc ./
# The image has its own Node. Optional packages are not left out as a whole: some are a binary that others need.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-* node_modules/node-win-* node_modules/.cache

FROM node:24-bookworm-slim
WORKDIR /opt/scalpstorm
COPY --from=packages /opt/scalpstorm/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY config config
COPY commands commands
COPY src src
RUN mkdir -p /data && chown node:node /data
# Everything that is written lies in /data; the rest may be read-only.
ENV NODE_ENV=production \
    STORE_URL=sqlite:/data/desk.sqlite \
    PANIC_FILE=/data/PANIC \
    KEY_FILE=/data/keys/desk.key \
    LOG_FILE=/data/scalpstorm.log \
    HTTP_ADDRESS=127.0.0.1:8780
VOLUME /data
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["node", "bin/health.js"]
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "bin/scalpstorm.js"]
CMD ["--json"]
