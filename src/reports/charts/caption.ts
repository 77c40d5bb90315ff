import { dayOf, minuteText } from "../../domain/time.ts";

const NAME_MAX = 60;

/** A name for a picture's file: only small letters, digits and dashes. */
export function fileName(...parts: readonly string[]): string {
  const name = parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, NAME_MAX)
    .replace(/^-+|-+$/g, "");
  return name === "" ? "chart" : name;
}

/** A change with its sign, to two decimals; three digits before the point leave no room for decimals. */
export function percentOf(now: number, before: number): string {
  const pct = before === 0 ? 0 : (now / before - 1) * 100;
  const shown = pct.toFixed(Math.abs(pct) >= 100 ? 0 : 2);
  const plain = /[1-9]/.test(shown) ? shown : shown.replace("-", "");
  return `${pct > 0 && /[1-9]/.test(shown) ? "+" : ""}${plain}%`;
}

/** From when to when, in UTC; one day is named once. */
export function spanWords(fromMs: number, toMs: number): string {
  const isOneDay = dayOf(fromMs, "UTC") === dayOf(toMs, "UTC");
  return `${minuteText(fromMs)} to ${isOneDay ? minuteText(toMs).slice(-5) : minuteText(toMs)} UTC`;
}
