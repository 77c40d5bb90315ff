import type { AdviceMode } from "./advice.ts";
import type { Decimal } from "./money.ts";
import type { Timeframe } from "./timeframe.ts";

export type Mode = "paper" | "demo" | "live";
export type BotStatus = "created" | "running" | "stopping" | "stopped" | "faulted";

/** A size that stands by itself: a percentage of the account's equity or a fixed notional in quote. */
export type SizeCap = { readonly kind: "equity-percent"; readonly pct: number } | { readonly kind: "notional"; readonly notional: Decimal };

/** How large an entry is before limits cut it. By risk: the percentage of the equity that is lost at the stop. By volatility: the one that an average candle moves. */
export type Sizing = SizeCap | { readonly kind: "risk-percent" | "volatility-percent"; readonly pct: number };

/** A target and how much of the position it sells. */
export interface TakeLevel {
  /** Distance from the entry. */
  readonly pct: number;
  /** Part of the whole position, as it was once its entry had filled. */
  readonly sharePct: number;
}

/** Exit levels, relative to the entry price where nothing else is said. */
export interface Protection {
  readonly stopPct: number | undefined;
  readonly takePct: number | undefined;
  readonly trailingPct: number | undefined;
  /** So many times the ATR of the bot's own candles, as it was when the entry was decided. */
  readonly stopAtr?: number;
  /** A stop at a price. */
  readonly stopPrice?: Decimal;
  /** Several targets, nearest first, in the place of `takePct`. */
  readonly takes?: readonly TakeLevel[];
  /** How far the price must have gone before the trailing stop begins. */
  readonly trailAfterPct?: number;
  /** How far the price must have gone for the stop to move to the entry plus fees. */
  readonly breakevenPct?: number;
  readonly holdMax?: { readonly kind: "bars"; readonly bars: number } | { readonly kind: "span"; readonly spanMs: number };
}

/** The strategy of bots that follow rules of their own. */
export const OWN_RULES = "rules";

/** When a bot buys and sells, in the canonical text of the rule language. */
export interface BotRules {
  readonly enter: string;
  /** Without one, only stops and targets close a position. */
  readonly exit: string | undefined;
}

/** One strategy on one symbol at one account, for one owner. */
export interface BotSpec {
  readonly id: string;
  readonly name: string;
  readonly group: string | undefined;
  /** Platform user, as `discord:123`. */
  readonly owner: string;
  readonly account: string;
  readonly mode: Mode;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number>>;
  /** Set where the strategy is `OWN_RULES`. */
  readonly rules?: BotRules;
  readonly sizing: Sizing;
  /** The most that one position may be, whatever the size says. */
  readonly sizeMax?: SizeCap;
  readonly protection: Protection;
  /** On perpetual contracts: how many times its margin a position is worth. */
  readonly leverage?: number;
  /** What it makes of an AI service's advice; nothing where it is left out. */
  readonly advice?: AdviceMode;
}

/** What stands next to a name wherever it is shown, so that real money and test money are never mistaken for paper, also without colors. */
const MARKS: Readonly<Record<Mode, string>> = { paper: "", demo: " (DEMO)", live: " (LIVE)" };

/** `dip (LIVE)`; on paper just `dip`. */
export function marked(name: string, mode: Mode): string {
  return name + MARKS[mode];
}

/** Names that people type: lower case, digits and dashes, at most 32. */
export const BOT_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** How large a bot's entries are, for people: `5% of equity, at most 200 USDT`. */
export function sizingText(sizing: Sizing, quote: string, cap?: SizeCap): string {
  const most = cap === undefined ? "" : `, at most ${sizingText(cap, quote)}`;
  switch (sizing.kind) {
    case "notional":
      return `${sizing.notional.toFormat()} ${quote}${most}`;
    case "equity-percent":
      return `${sizing.pct}% of equity${most}`;
    case "risk-percent":
      return `risk ${sizing.pct}% of equity at the stop${most}`;
    case "volatility-percent":
      return `vol ${sizing.pct}% of equity for an average candle${most}`;
  }
}
