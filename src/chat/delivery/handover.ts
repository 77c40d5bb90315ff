import type { Logger } from "../../ports/logger.ts";
import type { Entry } from "./entry.ts";
import { CRITICAL_MAX } from "./limits.ts";

/** A channel that takes critical alerts over. */
export interface Adopter {
  readonly place: string;
  /** Resolves when the alert is durable there; `isRepeat` when it may have been handed over before. */
  adopt(entry: Entry, from: string, isRepeat: boolean): Promise<void>;
}

export interface HandoverParts {
  readonly place: string;
  readonly logger: Logger;
  /** A channel of another platform that can be reached now, and whether there is any other at all. */
  readonly other: () => { readonly adopter: Adopter | undefined; readonly exists: boolean };
  /** Makes an entry's row durable. */
  readonly write: (entry: Entry) => Promise<void>;
}

/** Hands a critical alert to another platform's channel, once. True when it is there, came from elsewhere itself, or there is no other platform at all. */
export async function handOver(entry: Entry, { place, logger, other, write }: HandoverParts): Promise<boolean> {
  if (entry.handedTo?.sure === true || entry.failoverFor !== undefined) return true;
  const { adopter, exists } = other();
  if (adopter === undefined) return !exists;
  const isRepeat = entry.handedTo !== undefined;
  // Written before and after, like a send: a crash in between leads to a marked repeat, never to silence.
  entry.handedTo = { place: adopter.place, sure: false };
  await write(entry);
  await adopter.adopt(entry, place, isRepeat);
  entry.handedTo = { place: adopter.place, sure: true };
  logger.warn({ channel: place, to: adopter.place, alert: entry.key }, "a critical alert went to another platform, too");
  await write(entry);
  return true;
}

/** When there is no more room for critical alerts, the oldest that another platform has taken over make room. */
export function makeRoom(critical: readonly Entry[]): Entry[] {
  if (critical.length < CRITICAL_MAX) return [];
  return critical.filter(({ handedTo }) => handedTo?.sure === true).slice(0, Math.ceil(CRITICAL_MAX / 2));
}
