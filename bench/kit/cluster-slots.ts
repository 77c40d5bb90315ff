import type { ClusterFact } from "../../test/kit/process-cluster/books.ts";
import { quantile } from "./figures.ts";

const PAPER = "account:paper:";
const MS_PER_SECOND = 1_000;

/** Of all slots so many must have been acted on; a desk that denies more of its entries is not the desk that is to be measured. */
const ACTED_MIN = 0.75;
/** What becomes of an order that is given up before it is sent. */
const GIVEN_UP: ReadonlySet<string> = new Set(["order-canceled", "order-expired", "order-rejected"]);

/** One candle's slots of all bots, in milliseconds from the candle's close on. */
export interface ClosedSlots {
  /** Until each bot's decision was written down. */
  readonly decidedMs: readonly number[];
  /** Until each order was accepted, which is after its intent was durable. */
  readonly acceptedMs: readonly number[];
}

interface Decision {
  /** Of a bot; accounts count theirs by themselves. */
  readonly who: string;
  /** Of its order; undefined where the entry was denied. */
  readonly clientOrderId: string | undefined;
}

/**
 * What became of one candle's slots, by the desk's own records. A bot whose entry is denied has nothing to sell with the next candle, so that it is not
 * seen there. Throws when an order just vanished.
 */
export function slotsAt(closeMs: number, facts: readonly ClusterFact[]): ClosedSlots {
  const accepted = new Map<unknown, number>();
  const givenUp = new Set<unknown>();
  for (const { event, wallMs } of facts) {
    if (event.type === "order-accepted") accepted.set(event.clientOrderId, wallMs);
    else if (GIVEN_UP.has(event.type)) givenUp.add(event.clientOrderId);
  }
  const decided = new Map<string, number>();
  const acceptedMs: number[] = [];
  for (const fact of facts) {
    const decision = fact.marketMs === closeMs ? decisionIn(fact) : undefined;
    if (!decision) continue;
    const { who, clientOrderId } = decision;
    decided.set(who, fact.wallMs - closeMs);
    if (clientOrderId === undefined) continue;
    const atMs = accepted.get(clientOrderId);
    if (atMs !== undefined) acceptedMs.push(atMs - closeMs);
    else if (!givenUp.has(clientOrderId)) throw new Error(`an order of ${who} was never accepted`);
  }
  return { decidedMs: [...decided.values()], acceptedMs };
}

/** Throws when too few of all bots have acted, with why entries were denied. */
export function checkActed(slots: readonly ClosedSlots[], bots: number, facts: readonly ClusterFact[]): void {
  const orders = slots.reduce((sum, { acceptedMs }) => sum + acceptedMs.length, 0);
  if (orders >= ACTED_MIN * bots * slots.length) return;
  throw new Error([`${orders} orders were accepted in ${bots * slots.length} slots`, ...denialsIn(facts)].join("; denied "));
}

/** How many bots have ever acted. From then on such a bot holds something after one candle and nothing after the next, so that it acts on each. */
export function acted(facts: readonly ClusterFact[]): number {
  return new Set(facts.flatMap((fact) => decisionIn(fact)?.who ?? [])).size;
}

/** Slots a second while they are worked off: from the first decision on a candle until the last order is accepted. */
export function slotsPerSecond(slots: readonly ClosedSlots[]): number {
  const count = slots.reduce((sum, { decidedMs }) => sum + decidedMs.length, 0);
  const spanMs = slots.reduce((sum, each) => sum + lastMs([each]) - quantile(each.decidedMs, 0), 0);
  return (count * MS_PER_SECOND) / spanMs;
}

/** How long after its candle's close the last bot of the slowest one was done. */
export function lastMs(slots: readonly ClosedSlots[]): number {
  const all = slots.flatMap(({ decidedMs, acceptedMs }) => [...decidedMs, ...acceptedMs]);
  return quantile(all, 1);
}

/** Why entries were denied, in the desk's words. */
function denialsIn(facts: readonly ClusterFact[]): string[] {
  const reasons = facts.flatMap(({ event }) => (event.type === "wish-denied" ? [String(event.because)] : []));
  return [...new Set(reasons)].map((reason) => `${reasons.filter((each) => each === reason).length} times: ${reason}`);
}

function decisionIn({ stream, event }: ClusterFact): Decision | undefined {
  if (!stream.startsWith(PAPER)) return undefined;
  if (event.type === "wish-denied") return { who: `${stream} ${event.botId}`, clientOrderId: undefined };
  if (event.type !== "intent") return undefined;
  const { botId, clientOrderId } = event.intent as { readonly botId: string; readonly clientOrderId: string };
  return { who: `${stream} ${botId}`, clientOrderId };
}
