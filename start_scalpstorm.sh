#!/usr/bin/env sh
# Starts the desk with its MongoDB and Redis in containers: makes the secrets once, then builds and starts. Anything after it goes to docker compose, such as: ./start_scalpstorm.sh logs -f desk
set -eu
cd "$(dirname "$0")"

command -v docker >/dev/null 2>&1 || { echo "Docker is not installed: see https://docs.docker.com/get-docker/. Without it: npm ci && npm start" >&2; exit 1; }
docker compose version >/dev/null 2>&1 || { echo "This Docker has no compose: install the compose plugin, version 2.24 or newer." >&2; exit 1; }

# The folder is closed to others; a file in it must be readable for the user in its container, who has another number.
umask 077
mkdir -p secrets/desk secrets/prometheus
chmod 700 secrets
find secrets/desk secrets/prometheus -user "$(id -u)" -exec chmod u=rwX,go=rX {} +
for name in mongo-root-password mongo-key store-password redis-password grafana-password; do
  [ -s "secrets/$name" ] && continue
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "secrets/$name.part"
  chmod 644 "secrets/$name.part"
  mv "secrets/$name.part" "secrets/$name"
done

# What runs of a profile is stopped with the rest: docker compose alone would leave it running.
case "${1:-}" in down|stop|kill) exec docker compose --profile "*" "$@" ;; esac
if [ $# -gt 0 ]; then exec docker compose "$@"; fi
docker compose up --build --detach
echo "The desk starts. What it says: ./start_scalpstorm.sh logs -f desk"
echo "Stop it: ./start_scalpstorm.sh down (its volumes and secrets stay; keep a copy of the folder secrets)"
