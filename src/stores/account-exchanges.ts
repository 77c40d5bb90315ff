import { decodeEvent } from "../domain/event-codec.ts";
import type { DeskEvent } from "../domain/events.ts";

/** What every body has in it that says that an account came or went. */
export const ACCOUNT_WORDS = ["account-registered", "account-unregistered"] as const;

/** The exchanges of the accounts that were registered and are still there, each once. Other events are passed over. */
export function exchangesIn(bodies: Iterable<string>): readonly string[] {
  const accounts = new Map<string, string>();
  for (const body of bodies) {
    const { event } = decodeEvent<DeskEvent>(0, body);
    if (event.type === "account-registered" && event.exchange !== undefined) accounts.set(event.account, event.exchange);
    if (event.type === "account-unregistered") accounts.delete(event.account);
  }
  return [...new Set(accounts.values())].sort();
}
