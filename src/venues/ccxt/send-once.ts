import type { ClientRequest, Agent as HttpAgent, IncomingMessage } from "node:http";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Clock } from "../../ports/clock.ts";
import type { WireAnswer } from "../wire.ts";

export interface SignedRequest {
  readonly url: URL;
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface SendOptions {
  readonly agent: HttpAgent;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the request when the wire closes. */
  readonly closing: AbortSignal;
}

/** The list of all symbols of the largest exchange is a third of it. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
const UNPACK: ReadonlyMap<string, (packed: Buffer) => Promise<Buffer>> = new Map([
  ["gzip", (packed) => promisify(gunzip)(packed, { maxOutputLength: BODY_BYTES_MAX })],
  ["deflate", (packed) => promisify(inflate)(packed, { maxOutputLength: BODY_BYTES_MAX })],
  ["br", (packed) => promisify(brotliDecompress)(packed, { maxOutputLength: BODY_BYTES_MAX })],
]);

/**
 * Sends one HTTP request at most once and reads the whole answer inside the deadline. Node's own client is used because it neither repeats (as `fetch` does
 * after a 421) nor follows redirects, and because it tells when a connection stands: until then no byte of the request has left.
 */
export async function sendOnce(request: SignedRequest, { agent, clock, timeoutMs, closing }: SendOptions): Promise<WireAnswer> {
  const done = new AbortController();
  const sent = open(request, agent);
  const track = { mayHaveLeft: false };
  follow(sent, request.url.protocol === "https:", track);
  const end = (why: string) => sent.destroy(new Error(why));
  const onClose = () => end("the desk is closing");
  closing.addEventListener("abort", onClose, { once: true });
  clock.sleep(timeoutMs, done.signal).then(
    () => done.signal.aborted || end(TOO_LATE),
    () => end("the clock failed"),
  );
  try {
    return await answerOf(sent, request.body);
  } catch (thrown) {
    const why = reasonOf(thrown);
    return track.mayHaveLeft
      ? { phase: "lost", reason: `no whole answer: ${why}` }
      : { phase: "not-sent", reason: `no connection: ${why}` };
  } finally {
    closing.removeEventListener("abort", onClose);
    done.abort();
  }
}

const TOO_LATE = "the time was up";
const OWN_REASONS: ReadonlySet<string> = new Set([
  TOO_LATE,
  "the desk is closing",
  "the clock failed",
  "the body broke off",
  "the body is too long",
]);

function open({ url, method, headers, body }: SignedRequest, agent: HttpAgent): ClientRequest {
  const length = method === "POST" ? { "content-length": String(Buffer.byteLength(body ?? "")) } : {};
  const all = { accept: "application/json", "accept-encoding": "gzip, deflate, br", "user-agent": "ScalpStorm", ...headers, ...length };
  return (url.protocol === "https:" ? tlsRequest : plainRequest)(url, { method, headers: all, agent });
}

/** A request waits in memory until its connection stands, and that is said by exactly one event; on a kept connection it leaves at once. */
function follow(sent: ClientRequest, isTls: boolean, track: { mayHaveLeft: boolean }): void {
  sent.once("socket", (socket) => {
    if (sent.reusedSocket || !socket.connecting) track.mayHaveLeft = true;
    else
      socket.once(isTls ? "secureConnect" : "connect", () => {
        track.mayHaveLeft = true;
      });
  });
}

function answerOf(sent: ClientRequest, body: string | undefined): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response) => {
      bytesOf(response).then((bytes) => unpacked(response, bytes).then(resolve, reject), reject);
    });
    sent.end(body);
  });
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > BODY_BYTES_MAX) throw new Error("the body is too long");
    pieces.push(piece);
  }
  if (!response.complete) throw new Error("the body broke off");
  return Buffer.concat(pieces);
}

async function unpacked(response: IncomingMessage, bytes: Buffer): Promise<WireAnswer> {
  const unpack = UNPACK.get(response.headers["content-encoding"] ?? "");
  const text = unpack ? await unpack(bytes).catch(() => Buffer.alloc(0)) : bytes;
  const headers = Object.entries(response.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
  return { phase: "answered", status: response.statusCode ?? 0, headers: new Map(headers), body: json(text.toString("utf8")) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's texts hold addresses; its codes do not. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "an unknown failure";
  if (OWN_REASONS.has(thrown.message)) return thrown.message;
  const code = "code" in thrown ? String(thrown.code) : "";
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : "it broke";
}
