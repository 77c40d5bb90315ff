import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { z } from "zod";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { Chance } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import * as limit from "./limits.ts";
import { OtherMethods } from "./other-methods.ts";
import { ApiProblem } from "./problem.ts";
import { ConnectionRoom } from "./room.ts";
import { wrongText } from "./wrong.ts";

const INCIDENT_LENGTH = 8;

/** Nothing of an answer is kept, run, framed or told to other sites. There are no CORS headers: no other site may read it. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

export const errorBody = z
  .object({ error: z.string().meta({ description: "What was expected, what was found, what to do" }) })
  .meta({ id: "Error" });

/** How long whoever sends may take. */
export interface Deadlines {
  readonly headersMs: number;
  /** Of a whole request, its body too. */
  readonly requestMs: number;
  /** How often connections are looked at; so much later one may be cut. */
  readonly checkMs: number;
}

const DEADLINES: Deadlines = {
  headersMs: limit.HEADERS_TIMEOUT_MS,
  requestMs: limit.REQUEST_TIMEOUT_MS,
  checkMs: limit.SLOWNESS_CHECK_MS,
};

export interface ServerParts {
  readonly chance: Chance;
  readonly logger: Logger;
  readonly version: string;
  readonly deadlines?: Deadlines;
}

/** What is said of a route that there is not. */
export interface Lost {
  readonly status: number;
  readonly sentence: string;
}

export interface ServerShape {
  readonly lost: Lost;
  /** Without a route for them they would be kept open by nobody. */
  readonly webSockets: boolean;
}

const API_SHAPE: ServerShape = {
  lost: { status: 404, sentence: "There is no such route. docs/openapi.json lists them." },
  webSockets: true,
};

export type Server = ReturnType<typeof newServer>;

/** Whether a request wants to become a web socket. Others that offer an upgrade, as to HTTP 2, are answered as they are. */
export function wantsWebSocket({ method, headers }: Pick<IncomingMessage, "method" | "headers">): boolean {
  return method === "GET" && /^websocket$/i.test(headers.upgrade ?? "");
}

/** A server without routes: limits, headers, validation by zod, and errors that say what to do and leak nothing. */
export function newServer(parts: ServerParts, { lost, webSockets } = API_SHAPE) {
  const { headersMs, requestMs, checkMs } = parts.deadlines ?? DEADLINES;
  const app = Fastify({
    logger: false,
    bodyLimit: limit.BODY_BYTES_MAX,
    requestTimeout: requestMs,
    keepAliveTimeout: limit.KEEP_ALIVE_MS,
    connectionTimeout: limit.KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    clientErrorHandler: (error, socket) => refuseUnread(error, socket),
    // An address that cannot be read reaches no hook and no error handler.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.headers(HEADERS), parts),
    routerOptions: { maxParamLength: limit.PATH_PART_CHARS_MAX },
    http: {
      maxHeaderSize: limit.HEADER_BYTES_MAX,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      shouldUpgradeCallback: (request) => webSockets && wantsWebSocket(request),
    },
  }).withTypeProvider<ZodTypeProvider>();
  new ConnectionRoom(app.server, limit.CONNECTIONS_MAX);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));
  // A command without arguments needs no body.
  app.addHook("preValidation", async (request) => {
    if (request.method === "POST") request.body ??= {};
  });
  app.setErrorHandler((thrown, request, reply) => answerError(thrown, request, reply, parts));
  const others = new OtherMethods(app);
  app.setNotFoundHandler((request, reply) => {
    others.refuse(request);
    return reply.code(lost.status).send({ error: lost.sentence });
  });
  return app;
}

function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, { chance, logger }: ServerParts): FastifyReply {
  if (thrown instanceof ApiProblem) return reply.code(thrown.status).headers(thrown.headers).send({ error: thrown.message });
  if (hasZodFastifySchemaValidationErrors(thrown)) return reply.code(400).send({ error: wrongText(thrown) });
  if (thrown instanceof UserError) return reply.code(422).send({ error: thrown.message });
  if (thrown instanceof TransientError)
    return reply.code(503).send({ error: "The exchange does not answer right now. Try again in a moment." });
  const known = fastifyError(thrown);
  if (known) return reply.code(known.status).send({ error: known.sentence });
  const incident = chance.token(INCIDENT_LENGTH);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  logger.error({ incident, route: request.routeOptions.url, error: messageOf(thrown), stack }, "a request to the API failed");
  return reply.code(500).send({
    error: `Something went wrong on our side. It is noted as incident ${incident}; look at what it changed before you send it again.`,
  });
}

const SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: `The body is too large; at most ${limit.BODY_BYTES_MAX} bytes are read.`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "Send the body as application/json.",
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty: send a JSON object, or no content-type.",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as its content-length says.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not JSON.",
  FST_ERR_BAD_URL: "The address is not understood: a % in it is followed by two hex digits, and stands for UTF-8.",
  FST_ERR_MAX_PARAM_LENGTH: `A part of the address is too long; at most ${limit.PATH_PART_CHARS_MAX} characters are read.`,
};

/** What did not arrive as a request: by the code of the parser. */
const UNREAD: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are too large; at most ${limit.HEADER_BYTES_MAX} bytes are read.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, `The request took too long; a whole one must arrive within ${limit.REQUEST_TIMEOUT_MS / SECOND_MS} s.`],
};
const NOT_HTTP = [400, "This is no HTTP request that is understood here."] as const;

/** Answers what no route will ever see, and cuts it. */
function refuseUnread({ code = "" }: Error & { readonly code?: string }, socket: Socket): void {
  if (code === "ECONNRESET" || socket.destroyed || !socket.writable) return void socket.destroy();
  const [status, error] = UNREAD[code] ?? NOT_HTTP;
  const body = JSON.stringify({ error });
  const headers = { ...HEADERS, connection: "close", "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** What the framework refused before a route saw it. */
function fastifyError(thrown: unknown): { readonly status: number; readonly sentence: string } | undefined {
  if (!isFastifyError(thrown)) return undefined;
  const { statusCode: status = 500, code } = thrown;
  return status >= 400 && status < 500 ? { status, sentence: SENTENCES[code] ?? "This request is not understood." } : undefined;
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && "statusCode" in thrown && typeof thrown.statusCode === "number";
}
