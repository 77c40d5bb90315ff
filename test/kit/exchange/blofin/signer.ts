import type { WireCall } from "../../../../src/venues/wire.ts";
import type { DoorRequest } from "../door.ts";
import { sign } from "./signature.ts";

/**
 * Makes requests of calls for one key as the documentation says, each with a nonce of its own: for wires that need no ccxt. Without a secret they pass only a
 * door that does not verify.
 */
export function blofinSigner(key: { readonly key: string; readonly secret?: string; readonly passphrase: string }) {
  let count = 0;
  return (call: WireCall, signingMs: number): DoorRequest => {
    const { method, path } = call;
    const named = Object.entries(call.params).map(([name, value]): [string, string] => [name, String(value)]);
    const query = method === "GET" ? new URLSearchParams(named).toString() : "";
    const body = method === "POST" ? JSON.stringify(call.params) : "";
    if (!call.signed) return { method, path, query, headers: new Map(), body };
    count += 1;
    const [timestamp, nonce] = [String(Math.round(signingMs)), `${key.key}-${count}`];
    const signedPath = query === "" ? path : `${path}?${query}`;
    const headers = new Map([
      ["access-key", key.key],
      ["access-passphrase", key.passphrase],
      ["access-timestamp", timestamp],
      ["access-nonce", nonce],
      ["access-sign", key.secret === undefined ? "unsigned" : sign(key.secret, signedPath, method, timestamp, nonce, body)],
      ["content-type", "application/json"],
    ]);
    return { method, path, query, headers, body };
  };
}
