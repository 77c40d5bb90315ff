import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Wire, WireAnswer, WireCall } from "../wire.ts";
import { sendOnce } from "./send-once.ts";
import { openSigner, type Signer, type SignerOptions } from "./signer.ts";

/** Connections to one exchange at once, and how long an idle one is kept: less than the exchanges keep theirs, so that none is closed under a request. */
const SOCKETS_MAX = 32;
const IDLE_MS = 20_000;

export interface CcxtWireOptions extends SignerOptions {
  /** Why no request that changes anything may leave any more: the account is another process's. */
  readonly barred?: (() => string | undefined) | undefined;
}

/** A wire whose calls the real ccxt class signs for one key or for none. Throws ConfigError for a world that the exchange does not have. */
export async function openCcxtWire(options: CcxtWireOptions): Promise<Wire> {
  return new CcxtWire(await openSigner(options), options);
}

class CcxtWire implements Wire {
  readonly #signer: Signer;
  readonly #options: CcxtWireOptions;
  readonly #agent: HttpAgent;
  readonly #closing = new AbortController();

  constructor(signer: Signer, options: CcxtWireOptions) {
    this.#signer = signer;
    this.#options = options;
    const habits = { keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS, scheduling: "lifo" } as const;
    this.#agent = signer.origin.startsWith("https:") ? new HttpsAgent(habits) : new HttpAgent(habits);
  }

  async send(call: WireCall): Promise<WireAnswer> {
    if (this.#closing.signal.aborted) return { phase: "not-sent", reason: "the desk is closing" };
    const request = this.#signer.sign(call);
    if (!request) return { phase: "not-sent", reason: "the call could not be signed" };
    if (request.url.origin !== this.#signer.origin)
      return { phase: "not-sent", reason: "the call is for another host than this account's" };
    // Asked after the signing: a process that is stopped between here and the first byte sends something that the exchange finds too old.
    const barred = call.method === "GET" ? undefined : (this.#options.barred?.() ?? call.barred?.());
    if (barred !== undefined) return { phase: "not-sent", reason: barred };
    return sendOnce(request, {
      agent: this.#agent,
      clock: this.#options.clock,
      timeoutMs: call.timeoutMs,
      closing: this.#closing.signal,
    });
  }

  setOffset(offsetMs: number): void {
    this.#signer.setOffset(offsetMs);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#agent.destroy();
  }
}
