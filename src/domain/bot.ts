import type { Decimal } from "./money.ts";
import type { Timeframe } from "./timeframe.ts";

export type Mode = "paper" | "demo" | "live";
export type BotStatus = "created" | "running" | "stopping" | "stopped" | "faulted";

/** How large an entry is before limits cut it: a percentage of the account's equity or a fixed notional in quote. */
export type Sizing = { readonly kind: "equity-percent"; readonly pct: number } | { readonly kind: "notional"; readonly notional: Decimal };

/** Exit levels relative to the entry price. */
export interface Protection {
  readonly stopPct: number | undefined;
  readonly takePct: number | undefined;
  readonly trailingPct: number | undefined;
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
  readonly protection: Protection;
  /** On perpetual contracts: how many times its margin a position is worth. */
  readonly leverage?: number;
}

/** What stands next to a name wherever it is shown, so that real money and test money are never mistaken for paper, also without colors. */
const MARKS: Readonly<Record<Mode, string>> = { paper: "", demo: " (DEMO)", live: " (LIVE)" };

/** `dip (LIVE)`; on paper just `dip`. */
export function marked(name: string, mode: Mode): string {
  return name + MARKS[mode];
}

/** Names that people type: lower case, digits and dashes, at most 32. */
export const BOT_NAME = /^[a-z][a-z0-9-]{0,31}$/;

export function sizingText(sizing: Sizing, quote: string): string {
  return sizing.kind === "equity-percent" ? `${sizing.pct}% of equity` : `${sizing.notional.toFormat()} ${quote}`;
}

export function protectionText({ stopPct, takePct, trailingPct }: Protection): string {
  const parts = [
    stopPct === undefined ? undefined : `stop ${stopPct}%`,
    takePct === undefined ? undefined : `take ${takePct}%`,
    trailingPct === undefined ? undefined : `trailing ${trailingPct}%`,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : "none";
}
