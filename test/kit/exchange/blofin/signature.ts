import { createHmac, timingSafeEqual } from "node:crypto";
import type { DoorRequest } from "../door.ts";
import type { Key, PerpetualExchange } from "../perpetual/exchange.ts";
import type { Refusal } from "../perpetual/types.ts";

const WINDOW_MS = 60_000;

/** Base64 of the hex digest's text: the venue's own way. */
export function sign(secret: string, path: string, method: string, timestamp: string, nonce: string, body: string): string {
  const hex = createHmac("sha256", secret).update(`${path}${method}${timestamp}${nonce}${body}`).digest("hex");
  return Buffer.from(hex).toString("base64");
}

function refuse(code: string, msg: string): Refusal {
  return { code, msg };
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Who signed a request. Remembers each nonce for the time in which it may not come again. */
export class Gate {
  readonly #verifies: boolean;
  #nonces = new Map<string, number>();

  constructor(verifies: boolean) {
    this.#verifies = verifies;
  }

  admit(exchange: PerpetualExchange, request: DoorRequest, nowMs: number): Key | Refusal {
    const header = (name: string): string => request.headers.get(name) ?? "";
    const key = exchange.keys.get(header("access-key"));
    if (header("access-key") === "") return refuse("152001", "Parameter ACCESS-KEY cannot be empty.");
    if (!key)
      return refuse(
        "152401",
        "Access key does not exist, Please go to the API Management page and check if it exists and is in an active state.",
      );
    if (header("access-passphrase") !== key.passphrase) return refuse("152408", "Passphrase error");
    const timestamp = header("access-timestamp");
    if (!/^\d{13}$/.test(timestamp))
      return refuse("152410", "The value of ACCESS-TIMESTAMP needs to be a millisecond timestamp, e.g: 1704038400000.");
    if (Math.abs(nowMs - Number(timestamp)) > WINDOW_MS)
      return refuse("152405", "Timestamp in header or signature has expired, need to be within 60s");
    const nonce = header("access-nonce");
    const path = request.query === "" ? request.path : `${request.path}?${request.query}`;
    if (nonce === "") return refuse("152001", "Parameter ACCESS-NONCE cannot be empty.");
    if (this.#verifies && !same(header("access-sign"), sign(key.secret, path, request.method, timestamp, nonce, request.body)))
      return refuse("152409", "Signature verification failed");
    if (key.strangeAddress === true) return refuse("152406", "Your IP is not included in your API key's IP whitelist");
    return this.#fresh(`${key.key}|${nonce}`, nowMs) ? key : refuse("152407", "Repeated nonce, Reusing within 60 seconds is not allowed.");
  }

  #fresh(nonce: string, nowMs: number): boolean {
    for (const [known, atMs] of this.#nonces) {
      if (atMs > nowMs - WINDOW_MS) break;
      this.#nonces.delete(known);
    }
    if (this.#nonces.has(nonce)) return false;
    this.#nonces.set(nonce, nowMs);
    return true;
  }
}
