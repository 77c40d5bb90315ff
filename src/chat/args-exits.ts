import type { Protection, TakeLevel } from "../domain/bot.ts";
import { decimal } from "../domain/money.ts";
import { argument } from "./arg-meta.ts";
import { duration, moneyOf, percentOfText } from "./args.ts";

const OFF: readonly string[] = ["none", "off", "no"];
/** Above any target that a person means. */
const FAVOR_BELOW_PCT = 1_000;
const ALL_PCT = 100;

/** What one argument says of the exits, and what it takes the place of. */
export type ExitWish = Partial<Protection>;

function pctBelow(text: string, belowPct: number): number | undefined {
  const pct = percentOfText(text.trim());
  return pct !== undefined && pct > 0 && pct < belowPct ? pct : undefined;
}

/** `2%`, `2.5 atr`, `58000 USDT` or `none`. */
export const stop = argument<ExitWish & { readonly currency?: string }>(
  { kind: "text", choices: ["1%", "2%", "3%", "2 atr", "none"], freeText: true, example: "2%" },
  "a percentage above 0 and below 100 such as 2%, a multiple of the ATR such as 2 atr, a price such as 58000 USDT, or none",
  (text) => {
    if (OFF.includes(text.toLowerCase())) return {};
    const stopPct = pctBelow(text, ALL_PCT);
    if (stopPct !== undefined) return { stopPct };
    const [, times] = /^(\d{1,3}(?:\.\d{1,4})?)\s*(?:x\s*)?atr$/i.exec(text) ?? [];
    if (times !== undefined) return Number(times) > 0 ? { stopAtr: Number(times) } : undefined;
    const price = moneyOf(text);
    return price?.currency === undefined ? undefined : { stopPrice: price.value, currency: price.currency };
  },
);

/** `4%`, `50% at 2%, 50% at 4%`, `50% at 2%, rest at 4%` or `none`. */
export const take = argument<ExitWish>(
  { kind: "text", choices: ["2%", "4%", "50% at 2%, rest at 4%", "none"], freeText: true, example: "50% at 2%, rest at 4%" },
  `a percentage above 0 and below ${FAVOR_BELOW_PCT} such as 4%, parts such as "50% at 2%, rest at 4%", or none`,
  (text) => {
    if (OFF.includes(text.toLowerCase())) return {};
    const takePct = pctBelow(text, FAVOR_BELOW_PCT);
    if (takePct !== undefined) return { takePct };
    const takes: TakeLevel[] = [];
    for (const part of text.split(/[,;]/)) {
      const [, share = "", at = ""] = /^\s*(rest|[\d.]+\s*%?)\s+at\s+([\d.]+\s*%?)\s*$/i.exec(part) ?? [];
      const pct = pctBelow(at, FAVOR_BELOW_PCT);
      const left = takes.reduce((sum, { sharePct }) => sum.minus(decimal(sharePct)), decimal(ALL_PCT)).toNumber();
      const sharePct = share.toLowerCase() === "rest" ? left : percentOfText(share);
      if (pct === undefined || sharePct === undefined) return undefined;
      takes.push({ pct, sharePct });
    }
    return { takes };
  },
);

/** `1%`, `1% after 2%` or `none`. */
export const trailing = argument<ExitWish>(
  { kind: "text", choices: ["none", "1%", "2%", "1% after 2%"], freeText: true, example: "1% after 2%" },
  'a percentage above 0 and below 100 such as 2%, with its start such as "1% after 2%", or none',
  (text) => {
    if (OFF.includes(text.toLowerCase())) return {};
    const [distance = "", start, ...more] = text.split(/\s+after\s+/i);
    const trailingPct = pctBelow(distance, ALL_PCT);
    const trailAfterPct = start === undefined ? undefined : pctBelow(start, FAVOR_BELOW_PCT);
    if (trailingPct === undefined || more.length > 0) return undefined;
    if (start === undefined) return { trailingPct };
    return trailAfterPct === undefined ? undefined : { trailingPct, trailAfterPct };
  },
);

/** `1.5%` or `none`. */
export const breakeven = argument<ExitWish>(
  { kind: "text", choices: ["none", "1%", "1.5%", "2%"], freeText: true, example: "1.5%" },
  `a percentage above 0 and below ${FAVOR_BELOW_PCT} such as 1.5%, or none`,
  (text) => {
    if (OFF.includes(text.toLowerCase())) return {};
    const breakevenPct = pctBelow(text, FAVOR_BELOW_PCT);
    return breakevenPct === undefined ? undefined : { breakevenPct };
  },
);

/** `48` candles, `2h` or `none`. */
export const holdMax = argument<ExitWish>(
  { kind: "text", choices: ["none", "24", "48", "2h", "1d"], freeText: true, example: "48" },
  "a number of candles such as 48, a span such as 2h, or none",
  (text) => {
    if (OFF.includes(text.toLowerCase())) return {};
    const [, bars] = /^(\d{1,9})(?:\s*candles?)?$/i.exec(text) ?? [];
    if (bars !== undefined) return { holdMax: { kind: "bars", bars: Number(bars) } };
    const span = duration.safeParse(text);
    return span.success ? { holdMax: { kind: "span", spanMs: span.data } } : undefined;
  },
);

/** The exits that the arguments wish together. */
export function exitsFrom(wishes: readonly ExitWish[]): Protection {
  const nothing: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };
  const { currency: _currency, ...protection } = Object.assign({}, nothing, ...wishes) as Protection & { currency?: string };
  return protection;
}

/** The parts of the exits that one argument says. */
const PARTS = {
  stop: ["stopPct", "stopAtr", "stopPrice"],
  take: ["takePct", "takes"],
  trailing: ["trailingPct", "trailAfterPct"],
  breakeven: ["breakevenPct"],
  max_hold: ["holdMax"],
} as const satisfies Readonly<Record<string, readonly (keyof Protection)[]>>;

/** Exits in which each argument that was given takes the place of what it is about; the others stay. */
export function exitsChanged(protection: Protection, wishes: Readonly<Record<keyof typeof PARTS, ExitWish | undefined>>): Protection {
  const kept: Record<string, unknown> = { ...protection };
  const given: ExitWish[] = [];
  for (const [name, parts] of Object.entries(PARTS)) {
    const wish = wishes[name as keyof typeof PARTS];
    if (!wish) continue;
    for (const part of parts) delete kept[part];
    given.push(wish);
  }
  return exitsFrom([kept as ExitWish, ...given]);
}
