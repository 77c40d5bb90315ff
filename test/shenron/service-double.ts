import { Secret } from "../../src/domain/secret.ts";
import { report } from "../../src/shenron/contract.ts";
import { isSignedBy, KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER } from "../../src/shenron/signature.ts";
import type { Wire, WireAnswer, WireRequest } from "../../src/shenron/wire.ts";
import { canary } from "../kit/canary/canary.ts";

export const KEY = new Secret(canary("SHENRON key"));

/** What happens to a request: `lost` arrives and its answer does not; a function answers in the service's place. */
export type Weather = "good" | "gone" | "lost" | "hangs" | ((request: WireRequest) => WireAnswer);

/** A service in memory that keeps the contract, and the weather on the way to it. */
export class ServiceDouble {
  /** Items as they were taken, each once. */
  readonly taken: string[] = [];
  readonly #known = new Set<string>();
  readonly requests: WireRequest[] = [];
  readonly kinds = new Map<string, number>();
  weather: (call: number) => Weather = () => "good";
  itemsMax = 0;
  bytesMax = 0;

  readonly wire: Wire = async (request, signal) => {
    this.requests.push(request);
    const weather = this.weather(this.requests.length);
    if (weather === "gone") throw new Error("no connection (ECONNREFUSED)");
    if (weather === "hangs")
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("the desk is stopping"))));
    if (typeof weather === "function") return weather(request);
    const answer = this.#take(request);
    if (weather === "lost") throw new Error("its answer broke off");
    return answer;
  };

  #take({ method, path, headers, body }: WireRequest): WireAnswer {
    const signed = { method, path, timestampMs: Number(headers[TIMESTAMP_HEADER]), idempotencyKey: headers[KEY_HEADER] ?? "", body };
    if (!isSignedBy(headers[SIGNATURE_HEADER] ?? "", signed, KEY)) return answered(401, { code: "signature", message: "" });
    const { items } = report.parse(JSON.parse(body));
    const fresh = items.filter(({ id }) => !this.#known.has(id));
    for (const { id, kind } of fresh) {
      this.taken.push(id);
      this.#known.add(id);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    }
    this.itemsMax = Math.max(this.itemsMax, items.length);
    this.bytesMax = Math.max(this.bytesMax, Buffer.byteLength(body));
    return answered(200, { accepted: fresh.length, duplicates: items.length - fresh.length });
  }
}

export function answered(status: number, body: unknown, retryAfter?: string): WireAnswer {
  return { status, retryAfter, body: typeof body === "string" ? body : JSON.stringify(body) };
}
