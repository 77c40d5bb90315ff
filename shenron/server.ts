import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { z } from "zod";
import type { Secret } from "../src/domain/secret.ts";
import { BODY_BYTES_MAX, CONTRACT_VERSION } from "../src/shenron/contract.ts";
import { ENDPOINTS } from "../src/shenron/endpoints.ts";
import { isSignedBy, KEY_HEADER, SIGNATURE_HEADER, SKEW_MAX_MS, TIMESTAMP_HEADER } from "../src/shenron/signature.ts";
import type { Analyst } from "./analyst.ts";
import type { Journal } from "./journal.ts";

export interface ServerParts {
  readonly key: Secret;
  readonly analyst: Analyst;
  readonly journal: Journal;
  readonly now: () => number;
  /** One line about something that a person at the service should know. */
  readonly say: (line: string) => void;
}

const REQUEST_TIMEOUT_MS = 15_000;
const CONNECTIONS_MAX = 64;
const TROUBLE_MS = 3_600_000;
/** Answers that are remembered by idempotency key: a request that comes again is answered like the first. */
const ANSWERS_MAX = 1_000;
/** Longer than any text of a header that this contract has. */
const KEY_CHARS_MAX = 200;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The reference SHENRON: the contract over HTTP, to be run behind a proxy that speaks TLS, or on the desk's own machine. */
export function shenronServer(parts: ServerParts): Server {
  const answers = new Map<string, Reply>();
  const server = createServer((request, response) => {
    void replyTo(request, parts, answers).then(
      (reply) => send(response, reply),
      (failure: unknown) => {
        parts.say(`a request could not be answered: ${failure instanceof Error ? failure.name : "unknown"}`);
        send(response, refused(503, "unavailable", "not now"));
      },
    );
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

async function replyTo(request: IncomingMessage, parts: ServerParts, answers: Map<string, Reply>): Promise<Reply> {
  const endpoint = Object.values(ENDPOINTS).find(({ path }) => path === request.url);
  const body = await bodyOf(request);
  if (body === undefined) return refused(413, "too-long", `at most ${BODY_BYTES_MAX} bytes`);
  const problem = signatureProblem(request, body, parts);
  // Who has no key learns nothing, not even which paths there are.
  if (problem !== undefined) return refused(401, problem, "the signature does not prove who asks");
  if (endpoint === undefined || endpoint.method !== request.method) return refused(404, "unknown", "no such endpoint");
  const key = `${request.url} ${request.headers[KEY_HEADER]}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const reply = await workOf(endpoint.path, body, parts);
  if (reply.status === 200 && endpoint.method === "POST") {
    answers.set(key, reply);
    for (const oldest of answers.keys()) {
      if (answers.size <= ANSWERS_MAX) break;
      answers.delete(oldest);
    }
  }
  return reply;
}

async function workOf(path: string, body: string, { analyst, journal, now }: ServerParts): Promise<Reply> {
  if (path === ENDPOINTS.status.path)
    return done({ service: "SHENRON reference service", contract: CONTRACT_VERSION, analyst: analyst.kind });
  if (path === ENDPOINTS.reports.path) return await read(ENDPOINTS.reports.body, body, async (report) => journal.take(report));
  if (path === ENDPOINTS.questions.path) return await read(ENDPOINTS.questions.body, body, (question) => analyst.answer(question));
  return await read(ENDPOINTS.recommendations.body, body, (question) =>
    analyst.recommend(question, journal.troubles(now() - TROUBLE_MS), now()),
  );
}

async function read<T extends z.ZodType>(schema: T, body: string, work: (value: z.output<T>) => Promise<unknown>): Promise<Reply> {
  const value = schema.safeParse(json(body));
  if (!value.success) return refused(400, "shape", value.error.issues[0]?.path.join(".").slice(0, 200) ?? "not JSON");
  return done(await work(value.data));
}

function signatureProblem(
  { method = "", url = "", headers }: IncomingMessage,
  body: string,
  { key, now }: ServerParts,
): string | undefined {
  const [timestamp, idempotencyKey, signature] = [TIMESTAMP_HEADER, KEY_HEADER, SIGNATURE_HEADER].map((name) => headers[name]);
  if (typeof timestamp !== "string" || typeof idempotencyKey !== "string" || typeof signature !== "string") return "unsigned";
  if (!/^\d{1,15}$/.test(timestamp) || idempotencyKey.length > KEY_CHARS_MAX) return "unsigned";
  const timestampMs = Number(timestamp);
  if (!isSignedBy(signature, { method, path: url, timestampMs, idempotencyKey, body }, key)) return "signature";
  return Math.abs(now() - timestampMs) > SKEW_MAX_MS ? "timestamp" : undefined;
}

/** The whole body; undefined when it is too long, and then the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > BODY_BYTES_MAX) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function send(response: ServerResponse, { status, body }: Reply): void {
  if (response.destroyed) return;
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store", connection: "close" })
    .end(JSON.stringify(body));
}

function done(body: unknown): Reply {
  return { status: 200, body };
}

function refused(status: number, code: string, message: string): Reply {
  return { status, body: { code, message } };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
