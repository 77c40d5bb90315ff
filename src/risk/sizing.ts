import type { Protection, SizeCap, Sizing } from "../domain/bot.ts";
import { type Decimal, decimal, percentOf, shown, toDouble } from "../domain/money.ts";

/** Candles of the average true range that a volatility target looks at. */
export const SIZING_ATR_PERIOD = 14;
/** The most of the equity that one entry may lose at its stop, or in one ordinary candle. */
export const RISK_PCT_MAX = 10;
/** Below these a size would be divided by next to nothing. */
const DISTANCE_PCT_MIN = 0.01;

export interface SizingQuestion {
  readonly sizing: Sizing;
  readonly equity: Decimal;
  readonly quote: string;
  readonly takerFeeBps: number;
  /** From the entry price to the nearest stop in percent: zero or less where it lies on the wrong side; undefined without a stop. */
  readonly stopPct?: number | undefined;
  /** Average true range in percent of the price, where it is known. */
  readonly atrPct?: number | undefined;
}

/** What an entry should be worth in quote, with the arithmetic behind it; or why nobody can say. */
export type Sized = { readonly notional: Decimal; readonly arithmetic: string } | { readonly refused: string };

/** How large an entry is wished, before anything cuts it. */
export function wishedSize({ sizing, equity, quote, takerFeeBps, stopPct, atrPct }: SizingQuestion): Sized {
  if (sizing.kind === "notional") return wished(sizing.notional, quote);
  const part = percentOf(equity, sizing.pct);
  if (sizing.kind === "equity-percent") return wished(part, quote);
  const share = `${sizing.pct}% of ${shown(equity, 2)} = ${shown(part, 2)} ${quote}`;
  if (sizing.kind === "risk-percent") {
    if (stopPct === undefined)
      return { refused: "a size by risk needs to know how far its stop is from the price, and that is not known yet" };
    if (stopPct <= 0) return { refused: "the stop is on the wrong side of the entry price, so what an entry would lose at it is unknown" };
    const feesPct = roundTripPct(takerFeeBps);
    const lossPct = Math.max(DISTANCE_PCT_MIN, stopPct + feesPct);
    return wished(part.times(100).dividedBy(lossPct), quote, `${share} to lose / (stop ${pctText(stopPct)} + fees ${pctText(feesPct)}) = `);
  }
  if (atrPct === undefined || !(atrPct > 0))
    return { refused: `a size by volatility needs the average true range of ${SIZING_ATR_PERIOD} candles, which is not known yet` };
  const movePct = Math.max(DISTANCE_PCT_MIN, atrPct);
  return wished(part.times(100).dividedBy(movePct), quote, `${share} to move / an average candle of ${pctText(movePct)} = `);
}

/** Fees of an entry and of its exit, in percent. */
export function roundTripPct(takerFeeBps: number): number {
  return (takerFeeBps * 2) / 100;
}

/**
 * From an entry at a price to the nearest stop that holds from the first moment, in percent; undefined where there is none or where its range
 * is not known yet. `atr` is the range that a stop by ATR is measured in.
 */
export function nearestStopPct(protection: Protection, price: number, atr: number | undefined): number | undefined {
  const { stopPct, stopAtr, stopPrice, trailingPct, trailAfterPct } = protection;
  const distances = [
    stopPct,
    stopAtr === undefined || atr === undefined ? undefined : (stopAtr * atr * 100) / price,
    stopPrice && (1 - toDouble(stopPrice) / price) * 100,
    trailAfterPct === undefined ? trailingPct : undefined,
  ].filter((distance) => distance !== undefined);
  return distances.length === 0 ? undefined : Math.min(...distances);
}

/** Whether a stop holds from the first moment of a position. */
export function isStopped({ stopPct, stopAtr, stopPrice, trailingPct, trailAfterPct }: Protection): boolean {
  const stops = [stopPct, stopAtr, stopPrice, trailAfterPct === undefined ? trailingPct : undefined];
  return stops.some((stop) => stop !== undefined);
}

/** The most that a bot's own cap allows, in quote. */
export function capOf(cap: SizeCap, equity: Decimal): Decimal {
  return cap.kind === "notional" ? cap.notional : percentOf(equity, cap.pct);
}

/** Why a size cannot be, as a sentence; undefined when it can. */
export function sizingProblem(sizing: Sizing, protection: Protection, cap?: SizeCap): string | undefined {
  const most = sizing.kind === "equity-percent" ? 100 : RISK_PCT_MAX;
  if (sizing.kind === "notional" && !sizing.notional.isGreaterThan(0)) return "size must be above zero";
  if (sizing.kind !== "notional" && !(sizing.pct > 0 && sizing.pct <= most))
    return `size must be above 0% and at most ${most}% of equity${sizing.kind === "equity-percent" ? "" : " where it is a risk"}, found ${sizing.pct}%`;
  if (sizing.kind === "risk-percent" && !isStopped(protection))
    return `size: risk ${sizing.pct}% is what may be lost at the stop, and this bot has none; give it a stop or another size`;
  if (cap?.kind === "notional" && !cap.notional.isGreaterThan(0)) return "max must be above zero";
  if (cap?.kind === "equity-percent" && !(cap.pct > 0 && cap.pct <= 100))
    return `max must be above 0% and at most 100% of equity, found ${cap.pct}%`;
  return undefined;
}

function wished(notional: Decimal, quote: string, before = ""): Sized {
  return { notional, arithmetic: `${before}${shown(notional, 2)} ${quote} wished` };
}

function pctText(pct: number): string {
  return `${shown(decimal(pct), 4)}%`;
}

/** The average true range as a percentage of a price; undefined before it is known. */
export function atrPctOf(atr: number | undefined, price: number): number | undefined {
  if (atr === undefined || !Number.isFinite(atr) || !(price > 0)) return undefined;
  return decimal(atr).times(100).dividedBy(decimal(price)).toNumber();
}
