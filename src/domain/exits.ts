import type { Protection, TakeLevel } from "./bot.ts";
import { brokenRule, type Instrument, priceOnTick } from "./instrument.ts";
import { ceilToStep, type Decimal, decimal, floorToStep, max, min, percentOf, shown, ZERO } from "./money.ts";
import type { Side } from "./order.ts";
import { type Timeframe, timeframeMs } from "./timeframe.ts";

/** Candles that the ATR of a stop looks at. */
export const ATR_STOP_PERIOD = 14;

/** What the levels of a position follow from. */
export interface Opened {
  /** The side that closes it. */
  readonly side: Side;
  /** Average entry price. */
  readonly entry: Decimal;
  /** How far from the entry a stop by ATR stands, in quote: decided with the entry. */
  readonly stopDistance?: Decimal | undefined;
  /** The best price since the entry: highest of a long position, lowest of a short one. */
  readonly best?: Decimal | undefined;
}

/** A price at which a position is sold down to what is kept. A level, not an edge: it says how much may be left once the price was there. */
export interface Target {
  readonly price: Decimal;
  readonly keep: Decimal;
}

/** Where the stop of a new position stands, on the tick: the nearest of all that are wished; undefined without any. */
export function firstStop(instrument: Instrument, protection: Protection, opened: Opened): Decimal | undefined {
  const { stopPct, trailingPct, trailAfterPct, stopPrice, stopAtr } = protection;
  const { side, entry, stopDistance } = opened;
  const against = (distance: Decimal) => priceOnTick(instrument, side === "sell" ? entry.minus(distance) : entry.plus(distance), side);
  const wished = [
    stopPct === undefined ? undefined : against(percentOf(entry, stopPct)),
    stopAtr === undefined || stopDistance === undefined ? undefined : against(stopDistance),
    stopPrice && priceOnTick(instrument, stopPrice, side),
    trailingPct === undefined || trailAfterPct !== undefined ? undefined : against(percentOf(entry, trailingPct)),
  ];
  return nearest(side, wished);
}

/** Where a stop stands now that the price has been as good as `best`: it never moves away from the price. */
export function movedStop(instrument: Instrument, protection: Protection, opened: Opened, from: Decimal): Decimal {
  const { trailingPct, trailAfterPct, breakevenPct } = protection;
  const { side, best } = opened;
  if (best === undefined) return from;
  const trails = trailingPct !== undefined && (trailAfterPct === undefined || hasReached(instrument, opened, best, trailAfterPct));
  const away = trailingPct === undefined ? ZERO : percentOf(best, trailingPct);
  const trailed = trails ? priceOnTick(instrument, side === "sell" ? best.minus(away) : best.plus(away), side) : undefined;
  const even = breakevenPct !== undefined && hasReached(instrument, opened, best, breakevenPct) ? breakEven(instrument, opened) : undefined;
  return nearest(side, [from, trailed, even]) ?? from;
}

/** The price at which a position ends without loss after the fees of opening and of closing it, on the tick on the safe side. */
export function breakEven({ takerFeeBps, tickSize }: Instrument, { side, entry }: Opened): Decimal {
  const fee = decimal(takerFeeBps).shiftedBy(-4);
  const [one, up] = [decimal(1), side === "sell"];
  const exact = up ? entry.times(one.plus(fee)).dividedBy(one.minus(fee)) : entry.times(one.minus(fee)).dividedBy(one.plus(fee));
  return up ? ceilToStep(exact, tickSize) : floorToStep(exact, tickSize);
}

/** A price so many percent in favor of a position, on the tick. */
export function inFavor(instrument: Instrument, { side, entry }: Opened, pct: number): Decimal {
  const change = percentOf(entry, pct);
  return side === "sell" ? priceOnTick(instrument, entry.plus(change), "buy") : priceOnTick(instrument, entry.minus(change), "sell");
}

function hasReached(instrument: Instrument, opened: Opened, best: Decimal, pct: number): boolean {
  const price = inFavor(instrument, opened, pct);
  return opened.side === "sell" ? best.isGreaterThanOrEqualTo(price) : best.isLessThanOrEqualTo(price);
}

function nearest(side: Side, prices: readonly (Decimal | undefined)[]): Decimal | undefined {
  const nearer = side === "sell" ? max : min;
  return prices.reduce((best, price) => (best && price ? nearer(best, price) : (best ?? price)), undefined);
}

/** Targets as they were wished, nearest first. */
export function takesOf({ takePct, takes }: Protection): readonly TakeLevel[] {
  return takes ?? (takePct === undefined ? [] : [{ pct: takePct, sharePct: 100 }]);
}

/** What targets sell together, in percent of the position. */
export function shareOf(takes: readonly TakeLevel[]): number {
  return takes.reduce((sum, { sharePct }) => sum.plus(decimal(sharePct)), ZERO).toNumber();
}

/**
 * The targets of a position of which `held` was the most, nearest first. Shares are of that whole, in whole lots. A part that the venue would not take is sold
 * with the next one, and with a part goes the rest that could not be sold alone, so that no target leaves dust behind.
 */
export function targetsOf(instrument: Instrument, protection: Protection, opened: Opened, held: Decimal): Target[] {
  const targets: Target[] = [];
  let share = ZERO;
  let sold = ZERO;
  for (const { pct, sharePct } of takesOf(protection)) {
    share = share.plus(decimal(sharePct));
    const price = inFavor(instrument, opened, pct);
    const isAll = share.isGreaterThanOrEqualTo(100);
    const upTo = isAll ? held : floorToStep(held.times(share).shiftedBy(-2), instrument.lotSize);
    if (!isAll && !isSellable(instrument, upTo.minus(sold), price)) continue;
    sold = isAll || isSellable(instrument, held.minus(upTo), price) ? upTo : held;
    targets.push({ price, keep: held.minus(sold) });
    if (sold.isEqualTo(held)) return targets;
  }
  return targets;
}

/** Whether the venue would take an order for the whole lots of a quantity. */
export function isSellable(instrument: Instrument, quantity: Decimal, price: Decimal): boolean {
  return brokenRule(instrument, floorToStep(quantity, instrument.lotSize), price) === undefined;
}

/** Whether a stop moves with the price, so that the best price has to be remembered. */
export function followsPrice({ trailingPct, breakevenPct }: Protection): boolean {
  return trailingPct !== undefined || breakevenPct !== undefined;
}

/** How long a position may be held; undefined where it does not matter. */
export function holdMaxMs({ holdMax }: Protection, timeframe: Timeframe): number | undefined {
  if (holdMax === undefined) return undefined;
  return holdMax.kind === "span" ? holdMax.spanMs : holdMax.bars * timeframeMs(timeframe);
}

/** Why a position that was held too long is closed. */
export function holdReason({ holdMax }: Protection): string {
  return `time stop: held for ${holdMax === undefined ? "long" : holdText(holdMax)}`;
}

/** `48 candles`, `2h`. */
export function holdText(hold: NonNullable<Protection["holdMax"]>): string {
  if (hold.kind === "bars") return hold.bars === 1 ? "1 candle" : `${hold.bars} candles`;
  const minutes = Math.round(hold.spanMs / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  return [days === 0 ? "" : `${days}d`, hours === 0 ? "" : `${hours}h`, rest === 0 ? "" : `${rest}m`].join("");
}

/** `stop 2%, targets 50% at 2%, 50% at 4%`: what protects, in words; `none` without anything. */
export function protectionText(protection: Protection, quote = ""): string {
  const { stopPct, stopAtr, stopPrice, trailingPct, trailAfterPct, breakevenPct, takePct, takes, holdMax } = protection;
  const parts = [
    stopPct === undefined ? undefined : `stop ${stopPct}%`,
    stopAtr === undefined ? undefined : `stop ${stopAtr} ATR`,
    stopPrice && `stop at ${shown(stopPrice, stopPrice.decimalPlaces() ?? 0)}${quote === "" ? "" : ` ${quote}`}`,
    takePct === undefined ? undefined : `take ${takePct}%`,
    takes && `take ${takes.map(({ pct, sharePct }) => `${sharePct}% at ${pct}%`).join(", ")}`,
    trailingPct === undefined ? undefined : `trailing ${trailingPct}%${trailAfterPct === undefined ? "" : ` after ${trailAfterPct}%`}`,
    breakevenPct === undefined ? undefined : `break-even after ${breakevenPct}%`,
    holdMax && `at most ${holdText(holdMax)}`,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : "none";
}
