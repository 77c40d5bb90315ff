import type { LimitMoney, Session } from "../domain/limits.ts";
import { argument } from "./arg-meta.ts";
import { duration, moneyOf, percentOfText, quietHoursOrOff, symbols } from "./args.ts";
import { SCOPE_EXPECTED } from "./scopes-known.ts";

/** What lifts a limit. */
export type None = "none";
const NONE: readonly string[] = ["none", "off", "no"];

function orNone<T>(example: string, expected: string, read: (text: string) => T | undefined) {
  return argument<T | None>({ kind: "text", example, freeText: true }, `${expected}, or none to lift it`, (text) =>
    NONE.includes(text.toLowerCase()) ? "none" : read(text),
  );
}

/** An amount with its currency. */
export const moneyLimit = orNone<LimitMoney>("500 USDT", "an amount with its currency such as 500 USDT", (text) => {
  const found = moneyOf(text);
  return found?.currency === undefined ? undefined : { value: found.value, currency: found.currency };
});

/** A limit that is a whole number within bounds that both count, or `none`. */
export function countLimit(least: number, most: number) {
  return orNone<number>(String(least), `a whole number from ${least} to ${most}`, (text) => {
    const found = /^\d{1,6}$/.test(text) ? Number(text) : undefined;
    return found !== undefined && found >= least && found <= most ? found : undefined;
  });
}

export const percentLimit = orNone<number>("5%", "a percentage above 0 and at most 100 such as 5%", (text) => {
  const pct = percentOfText(text);
  return pct !== undefined && pct > 0 && pct <= 100 ? pct : undefined;
});

export const spreadLimit = orNone<number>("20 bps", "basis points above 0 and at most 1000 such as 20 bps", (text) => {
  const bps = Number(/^(\d{1,4}(?:\.\d{1,2})?)\s*(bps)?$/i.exec(text)?.[1]);
  return bps > 0 && bps <= 1_000 ? bps : undefined;
});

export const spanLimit = orNone<number>("30m", "a span such as 30m or 4h", (text) => {
  const parsed = duration.safeParse(text);
  return parsed.success ? parsed.data : undefined;
});

export const sessionLimit = orNone<Session>("08:00-20:00", "two different times of day such as 08:00-20:00", (text) => {
  const parsed = quietHoursOrOff.safeParse(text);
  return parsed.success && parsed.data !== "off" ? parsed.data : undefined;
});

export const symbolsLimit = orNone<readonly string[]>("BTC/USDT,ETH/USDT", "symbols such as BTC/USDT,ETH/USDT", (text) => {
  const parsed = symbols.safeParse(text);
  return parsed.success ? parsed.data : undefined;
});

/** What a limit or a lock is about, as it is typed: bots by their name. */
export const scopeWords = argument<string>(
  {
    kind: "text",
    question: "On what? (all, account:main, symbol:BTC/USDT or bot:dip)",
    source: "scopes",
    choices: ["all"],
    freeText: true,
    example: "all",
  },
  SCOPE_EXPECTED,
  (text) => (/^[\w:./-]{1,90}$/.test(text) ? text : undefined),
);
