import type { BreakerName, BreakerSetting, Reaction, Span } from "../domain/breaker.ts";
import type { LimitLevel } from "../domain/limits.ts";
import { decimal, shown } from "../domain/money.ts";
import { spanText } from "./limit-words.ts";

/** How one breaker is set and told. */
export interface BreakerRule {
  readonly title: string;
  /** Where it may be set. */
  readonly levels: readonly LimitLevel[];
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly reactions: readonly Reaction[];
  /** Tried with something harmless, or with one entry, before it closes. */
  readonly isProbed: boolean;
  /** Asked of each bot by itself, of one symbol, of an account, or added up at the level where it is set. */
  readonly of: "bot" | "symbol" | "account" | "results";
  readonly what: string;
}

const ALL: readonly Reaction[] = ["deny", "tighten", "flatten", "halt"];
/** What cannot be reached or is not answered is no time to sell in a hurry: what is held keeps the stop that rests. */
const ENTRIES: readonly Reaction[] = ["deny", "halt"];
const RESULTS = { levels: ["bot", "account", "fleet"], unit: "%", least: 0.1, most: 100, reactions: ALL, isProbed: false } as const;
const MARKET = { levels: ["bot", "account", "fleet"], reactions: ALL, isProbed: false, of: "symbol" } as const;
const TECHNICAL = { levels: ["account", "fleet"], reactions: ENTRIES, isProbed: true, of: "account" } as const;

export const BREAKER_RULES: { readonly [N in BreakerName]: BreakerRule } = {
  "daily-loss": { ...RESULTS, of: "results", title: "Daily loss", what: "lost since the local day began, open results included" },
  drawdown: { ...RESULTS, of: "results", title: "Drawdown", what: "below the highest result" },
  losses: { ...RESULTS, of: "bot", title: "Losses in a row", unit: "", least: 2, most: 100, what: "closed positions in a row that lost" },
  slippage: { ...RESULTS, of: "bot", title: "Slippage", unit: " bps", least: 5, most: 5_000, what: "worse than decided, over five fills" },
  volatility: { ...MARKET, title: "Volatility spike", unit: "x", least: 3, most: 100, what: "times the last hour's minutes" },
  gap: { ...MARKET, title: "Price gap", unit: "%", least: 0.5, most: 50, what: "from a close to the next open" },
  stale: { ...MARKET, title: "Stale data", unit: " min", least: 2, most: 1_440, what: "without a candle" },
  diverging: { ...MARKET, title: "Diverging data", unit: "%", least: 0.2, most: 50, what: "between a candle and the price seen beside it" },
  spread: { ...MARKET, title: "Spread", unit: " bps", least: 1, most: 1_000, what: "between bid and ask, where that is known" },
  errors: { ...TECHNICAL, title: "Errors", unit: "%", least: 10, most: 100, what: "of the exchange's last requests failed" },
  latency: { ...TECHNICAL, title: "Latency", unit: " ms", least: 200, most: 60_000, what: "that half of the exchange's answers took" },
  rejects: { ...TECHNICAL, title: "Refused orders", unit: "", least: 2, most: 50, what: "entries refused within ten minutes" },
  store: { ...TECHNICAL, title: "Slow store", unit: " ms", least: 100, most: 60_000, what: "that three of five writings took" },
};

/** What a breaker measures, with its unit: `12%`. */
export function numberText(breaker: BreakerName, value: number): string {
  return `${shown(decimal(Number(value.toFixed(2))), 2)}${BREAKER_RULES[breaker].unit}`;
}

/** `12% deny, for 24h`. */
export function settingText(breaker: BreakerName, { at, reaction, span }: BreakerSetting): string {
  return `${numberText(breaker, at)}, ${REACTION_WORDS[reaction]} ${untilText(span)}`;
}

/** How long a breaker stays open: `for 24h`. */
export function untilText(span: Span): string {
  if (span === "day") return "until the local day ends";
  return span === "reset" ? "until somebody resets it" : `for ${spanText(span)}`;
}

export const REACTION_WORDS: Readonly<Record<Reaction, string>> = {
  deny: "denies entries",
  tighten: "moves stops nearer and denies entries",
  flatten: "closes positions and denies entries",
  halt: "denies entries of the whole desk",
};

/** Whether a setting stops less than another one. Undefined: nothing is set there. */
export function isLooserBreaker(after: BreakerSetting | "off" | undefined, before: BreakerSetting | "off" | undefined): boolean {
  if (before === undefined || before === "off") return false;
  if (after === undefined || after === "off") return true;
  return after.at > before.at || strengthOf(after.reaction) < strengthOf(before.reaction) || spanOf(after.span) < spanOf(before.span);
}

function strengthOf(reaction: Reaction): number {
  return ["deny", "tighten", "flatten", "halt"].indexOf(reaction);
}

function spanOf(span: Span): number {
  if (span === "reset") return Number.POSITIVE_INFINITY;
  return span === "day" ? DAY_SPAN_MS : span;
}

/** What the rest of a day counts as, where spans are compared. */
const DAY_SPAN_MS = 86_400_000;
