import { createHmac } from "node:crypto";
import type { WireCall } from "../../../../src/venues/wire.ts";
import type { DoorRequest } from "../door.ts";

export interface SpotKey {
  readonly key: string;
  /** Without it requests carry a signature that only a door that does not verify accepts. */
  readonly secret?: string;
  readonly recvWindowMs?: number;
}

const WINDOW_MS = 5_000;

/** Turns a call into the request that Binance documents: query or form, and for signed calls the window, the time and, last, the signature. */
export function spotSigner(key: SpotKey | undefined): (call: WireCall, signingMs: number) => DoorRequest {
  return (call, signingMs) => {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(call.params)) if (value !== undefined) form.set(name, String(value));
    const headers = new Map<string, string>();
    if (call.signed) {
      headers.set("x-mbx-apikey", key?.key ?? "");
      form.set("recvWindow", String(key?.recvWindowMs ?? WINDOW_MS));
      form.set("timestamp", String(signingMs));
      form.set(
        "signature",
        key?.secret === undefined ? "unsigned" : createHmac("sha256", key.secret).update(form.toString()).digest("hex"),
      );
    }
    const text = form.toString();
    const inBody = call.method === "POST";
    if (inBody) headers.set("content-type", "application/x-www-form-urlencoded");
    return { method: call.method, path: call.path, query: inBody ? "" : text, headers, body: inBody ? text : "" };
  };
}
