import type { RiskScope } from "./limits.ts";
import type { Decimal } from "./money.ts";
import type { MarketMs } from "./time.ts";

/** Every breaker that there is. A clock that is off is the pause `clock` of its account, and prices too old to enter on are asked about with each entry. */
export const BREAKER_NAMES = [
  "daily-loss",
  "drawdown",
  "losses",
  "slippage",
  "volatility",
  "gap",
  "stale",
  "diverging",
  "spread",
  "errors",
  "latency",
  "rejects",
  "store",
] as const;
export type BreakerName = (typeof BREAKER_NAMES)[number];

/** What an open breaker does. Each of them denies entries; `halt` those of the whole desk. */
export const REACTIONS = ["deny", "tighten", "flatten", "halt"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** Until when a breaker stays open: for so long in market time, until the local day of the books ends, or until a person resets it. */
export type Span = number | "day" | "reset";

export interface BreakerSetting {
  /** Opens at this reading or beyond it, in the unit of its rule. */
  readonly at: number;
  readonly reaction: Reaction;
  readonly span: Span;
}

/** What people have set at one level: a setting, or that it never opens there. */
export type BreakerSettings = { readonly [N in BreakerName]?: BreakerSetting | "off" };

/** A breaker that is open: entries in its scope are denied. */
export interface OpenBreaker {
  readonly breaker: BreakerName;
  readonly scope: RiskScope;
  readonly reaction: Reaction;
  readonly reason: string;
  readonly sinceMs: MarketMs;
  readonly untilMs: MarketMs | undefined;
  /** Set where it ends with that day of the books. */
  readonly day: string | undefined;
  readonly at: number | undefined;
  readonly reading: number | undefined;
  /** How often it has opened without being closed in between: each time it stays open for twice as long. */
  readonly trips: number;
  /** Half-open: its time is over, and evidence says whether it closes or opens again. */
  readonly probing: boolean;
  /** The one entry that is let through while it is half-open, where an entry is the evidence. */
  readonly probe: Probe | undefined;
}

export interface Probe {
  readonly clientOrderId: string;
  readonly outcome: "awaited" | "accepted" | "rejected";
}

/** The breakers of one account: a fold of its stream. */
export interface BreakerBooks {
  open: Map<string, OpenBreaker>;
  /** What was lost already when a daily loss was reset: the rest of that day counts from there. */
  cleared: Map<string, { readonly day: string; readonly lost: Decimal }>;
}

/** Nothing is open, and nobody has reset anything. */
export function emptyBreakers(): BreakerBooks {
  return { open: new Map(), cleared: new Map() };
}

/** Under which an open breaker is kept: there is one of each name and scope at most. */
export function breakerKey({ breaker, scope }: Pick<OpenBreaker, "breaker" | "scope">): string {
  return `${breaker} ${scope}`;
}
