import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../domain/secret.ts";
import type { Chance } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { KeyPage, SecretForm, SecretValues } from "../ports/secret-form.ts";
import { readBody } from "./key-page/body.ts";
import { donePage, formPage, HEADERS } from "./key-page/html.ts";
import { isLoopbackHost, sameToken } from "./key-page/trust.ts";

const HOST = "127.0.0.1";
/** 40 letters and digits hold 206 bits. */
const TOKEN_LENGTH = 40;
const FORM_TYPE = /^application\/x-www-form-urlencoded(?:;|$)/i;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 8;

export interface KeyPageParts {
  /** 0 takes any free port. */
  readonly port: number;
  readonly chance: Chance;
  readonly logger: Logger;
}

/** One page at a time for one form: its unguessable path, the token of its form, and where the values go. */
interface Page {
  readonly form: SecretForm;
  readonly path: string;
  readonly formToken: string;
  readonly fulfil: (values: SecretValues) => void;
  isUsed: boolean;
}

/**
 * Pages on which secrets are typed at the desk's own machine, so that no chat sees them. Each has a server of its own that listens on the loopback address
 * only while its form waits: the signal that ends the form ends the server. A page is good for one submission.
 */
export function openKeyPages(parts: KeyPageParts): KeyPage {
  return { open: (form, signal) => openPage(parts, form, signal) };
}

async function openPage({ port, chance, logger }: KeyPageParts, form: SecretForm, signal: AbortSignal) {
  signal.throwIfAborted();
  const { promise: values, resolve } = Promise.withResolvers<SecretValues>();
  const page: Page = {
    form,
    path: `/${chance.token(TOKEN_LENGTH)}`,
    formToken: chance.token(TOKEN_LENGTH),
    fulfil: resolve,
    isUsed: false,
  };
  const server = createServer((request, response) => {
    void answer(page, request, response).catch((error: unknown) => {
      logger.warn({ error }, "a request to the page for keys could not be answered");
      response.destroy();
    });
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, port);
  // A form that nobody fills in keeps no process alive.
  server.unref();
  server.on("error", (error) => logger.warn({ error }, "the page for keys failed"));
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  // The page is over with its answer, whoever holds the signal.
  void values.then(() => server.close());
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${HOST}:${bound}${page.path}`, values };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: HOST, port }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

async function answer(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Another site whose name was pointed at this machine sends its own name along.
  if (!isLoopbackHost(request.headers.host)) return refuse(response, 403);
  // Every wrong path gets the same answer as a page that is gone.
  if (page.isUsed || !sameToken(page.path, request.url ?? "")) return refuse(response, 404);
  if (request.method === "GET") return send(response, 200, formPage(page.form, page.path, page.formToken));
  if (request.method !== "POST") return refuse(response, 405);
  if (!FORM_TYPE.test(request.headers["content-type"] ?? "")) return refuse(response, 415);
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${request.headers.host}`) return refuse(response, 403);
  const body = await readBody(request);
  if (body === undefined) return refuse(response, 413);
  submit(page, new URLSearchParams(body), response);
}

function submit(page: Page, entered: URLSearchParams, response: ServerResponse): void {
  if (!sameToken(page.formToken, entered.get("form-token") ?? "")) return refuse(response, 403);
  // Two submissions may have been read side by side.
  if (page.isUsed) return refuse(response, 404);
  const values = page.form.fields.map(({ name }) => [name, entered.get(name)?.trim() ?? ""] as const);
  const missing = values.filter(([, value]) => value === "").map(([name]) => name);
  if (missing.length > 0) return send(response, 422, formPage(page.form, page.path, page.formToken, missing));
  page.isUsed = true;
  send(response, 200, donePage(page.form));
  page.fulfil(Object.fromEntries(values.map(([name, value]) => [name, new Secret(value)])));
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, HEADERS).end(html);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}
