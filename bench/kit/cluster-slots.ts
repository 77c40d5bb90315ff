import type { ClusterFact } from "../../test/kit/process-cluster/books.ts";
import { quantile } from "./figures.ts";

const PAPER = "account:paper:";
const MS_PER_SECOND = 1_000;

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

/** What became of one candle's slots, by the desk's own records. Throws unless each bot has decided, and every order was accepted. */
export function slotsAt(closeMs: number, facts: readonly ClusterFact[], bots: number): ClosedSlots {
  const accepted = new Map<unknown, number>();
  for (const { event, wallMs } of facts) if (event.type === "order-accepted") accepted.set(event.clientOrderId, wallMs);
  const decided = new Map<string, number>();
  const acceptedMs: number[] = [];
  for (const fact of facts) {
    const decision = fact.marketMs === closeMs ? decisionIn(fact) : undefined;
    if (!decision) continue;
    const { who, clientOrderId } = decision;
    decided.set(who, fact.wallMs - closeMs);
    if (clientOrderId === undefined) continue;
    const atMs = accepted.get(clientOrderId);
    if (atMs === undefined) throw new Error(`an order of ${who} was never accepted`);
    acceptedMs.push(atMs - closeMs);
  }
  if (decided.size !== bots) {
    const what = `${decided.size} of ${bots} bots have acted on the candle that closed at ${new Date(closeMs).toISOString()}`;
    throw new Error([what, ...denialsUpTo(closeMs, facts)].join("; before it was denied "));
  }
  return { decidedMs: [...decided.values()], acceptedMs };
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

/** Why entries were denied until then, in the desk's words: who was denied one has nothing to sell with the next candle. */
function denialsUpTo(closeMs: number, facts: readonly ClusterFact[]): string[] {
  const reasons = facts.flatMap(({ marketMs, event }) =>
    event.type === "wish-denied" && marketMs <= closeMs ? [String(event.because)] : [],
  );
  return [...new Set(reasons)].map((reason) => `${reasons.filter((each) => each === reason).length} times: ${reason}`);
}

function decisionIn({ stream, event }: ClusterFact): Decision | undefined {
  if (!stream.startsWith(PAPER)) return undefined;
  if (event.type === "wish-denied") return { who: `${stream} ${event.botId}`, clientOrderId: undefined };
  if (event.type !== "intent") return undefined;
  const { botId, clientOrderId } = event.intent as { readonly botId: string; readonly clientOrderId: string };
  return { who: `${stream} ${botId}`, clientOrderId };
}
