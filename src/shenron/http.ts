import { lookup as systemLookup } from "node:dns";
import { type ClientRequest, type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Clock } from "../ports/clock.ts";
import { type AddressRules, isNamedLoopback, refusalOf } from "./address.ts";
import { BODY_BYTES_MAX } from "./contract.ts";
import type { Wire, WireAnswer } from "./wire.ts";

export interface HttpWireOptions extends AddressRules {
  readonly url: string;
  readonly clock: Clock;
  /** Stands in for the resolver of the system in tests. */
  readonly lookup?: typeof systemLookup;
}

/**
 * The service over HTTP. Node's own client follows no redirect, repeats nothing and ignores proxy variables. The name is resolved once for each connection, and the
 * address that was looked at is the one that is connected to, so that a name cannot mean something else a moment later.
 */
export function httpWire({ url, clock, lookup = systemLookup, ...rules }: HttpWireOptions): Wire {
  const base = new URL(url);
  const send = base.protocol === "https:" ? tlsRequest : plainRequest;
  const guarded = guardedLookup(lookup, rules, isNamedLoopback(base));
  return async ({ method, path, headers, body, timeoutMs }, signal) => {
    signal.throwIfAborted();
    const host = base.hostname.replace(/^\[|\]$/g, "");
    const refused = isIP(host) === 0 ? undefined : refusalOf(host, rules, true);
    if (refused !== undefined) throw new Error(refused);
    const target = new URL(`${base.href.replace(/\/$/, "")}${path}`);
    const length = Buffer.byteLength(body);
    const sent = send(target, { method, agent: false, lookup: guarded, headers: { ...headers, "content-length": String(length) } });
    const done = new AbortController();
    const end = (why: string) => sent.destroy(new Error(why));
    const onAbort = () => end("the desk is stopping");
    signal.addEventListener("abort", onAbort, { once: true });
    void clock.sleep(timeoutMs, done.signal).then(() => done.signal.aborted || end(`the time of ${timeoutMs / 1000} s was up`));
    try {
      return await answerOf(sent, body);
    } catch (thrown) {
      throw new Error(reasonOf(thrown), { cause: thrown });
    } finally {
      signal.removeEventListener("abort", onAbort);
      done.abort();
      sent.destroy();
    }
  };
}

/** Resolves like the system, and refuses a name when any of its addresses may not be reached: which one is connected to is not ours to choose. */
function guardedLookup(lookup: typeof systemLookup, rules: AddressRules, wasNamedLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "", 0);
      const refused =
        found.length === 0
          ? "its name leads nowhere"
          : found.map(({ address }) => refusalOf(address, rules, wasNamedLoopback)).find(Boolean);
      if (refused !== undefined) return callback(new Refused(refused), "", 0);
      const [first] = found;
      if (options.all) callback(null, found);
      else callback(null, first!.address, first!.family);
    });
  };
}

/** Our own sentence about an address. */
class Refused extends Error {}

function answerOf(sent: ClientRequest, body: string): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response) => {
      textOf(response).then((text) => {
        const retryAfter = response.headers["retry-after"];
        resolve({ status: response.statusCode ?? 0, retryAfter, body: text });
      }, reject);
    });
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > BODY_BYTES_MAX) throw new Refused("its answer is too long");
    pieces.push(piece);
  }
  if (!response.complete) throw new Refused("its answer broke off");
  return Buffer.concat(pieces).toString("utf8");
}

/** Node's own texts hold addresses; its codes and our sentences do not. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "an unknown failure";
  if (thrown instanceof Refused || thrown.message.startsWith("the ")) return thrown.message;
  const code = "code" in thrown ? String(thrown.code) : "";
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `no connection (${code})` : "the connection broke";
}
