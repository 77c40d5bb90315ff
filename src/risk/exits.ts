import type { Protection, TakeLevel } from "../domain/bot.ts";
import { breakEven, inFavor, shareOf, takesOf } from "../domain/exits.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Decimal, decimal, shown } from "../domain/money.ts";
import { TARGETS_MAX } from "../domain/paper-protection.ts";
import { DAY_MS, MINUTE_MS } from "../domain/time.ts";
import { protectionProblem } from "./entry.ts";

const ATR_MIN = 0.1;
const ATR_MAX = 20;
const BARS_MAX = 100_000;
const SPAN_MAX_MS = 90 * DAY_MS;

/** Why exits cannot be as they are wished, as a sentence; undefined when they can. `price` is the last one, where it is known. */
export function exitsProblem(protection: Protection, instrument: Instrument, price: Decimal | undefined): string | undefined {
  return (
    stopsProblem(protection) ??
    takesProblem(protection) ??
    trailProblem(protection) ??
    breakevenProblem(protection, instrument) ??
    holdProblem(protection) ??
    (price && stopSideProblem(protection, price))
  );
}

/** Why an entry at a price would not have the stop that its bot wants; undefined when it would. */
export function stopProblem(protection: Protection, price: Decimal, stopDistance: Decimal | undefined): string | undefined {
  if (protection.stopAtr === undefined) return stopSideProblem(protection, price);
  if (!stopDistance) return "the ATR that its stop is measured in is not known yet";
  if (stopDistance.isLessThan(price)) return stopSideProblem(protection, price);
  return `its stop by ATR would lie ${shown(stopDistance, 8)} below the price of ${shown(price, 8)}, which is below zero`;
}

function stopSideProblem({ stopPrice }: Protection, price: Decimal): string | undefined {
  if (!stopPrice?.isGreaterThanOrEqualTo(price)) return undefined;
  return `the stop at ${shown(stopPrice, 8)} is on the wrong side of the price, which is ${shown(price, 8)}: a stop lies below it`;
}

function stopsProblem({ stopPct, stopAtr, stopPrice, trailingPct }: Protection): string | undefined {
  if (stopAtr !== undefined && !(stopAtr >= ATR_MIN && stopAtr <= ATR_MAX))
    return `stop must be between ${ATR_MIN} and ${ATR_MAX} ATR, found ${stopAtr}`;
  if (stopPrice && !stopPrice.isGreaterThan(0)) return "stop must be a price above zero";
  return protectionProblem("stop", stopPct) ?? protectionProblem("trailing", trailingPct);
}

function takesProblem(protection: Protection): string | undefined {
  const takes = takesOf(protection);
  if (takes.length > TARGETS_MAX) return `take: ${TARGETS_MAX} targets are the most, found ${takes.length}`;
  const odd = takes.find(({ sharePct }) => !(sharePct > 0 && sharePct <= 100));
  if (odd) return `take: a target sells more than 0% and at most 100% of the position, found ${odd.sharePct}%`;
  const sum = shareOf(takes);
  if (sum > 100) return `take: the targets together sell ${sum}% of the position, and 100% is all there is`;
  const wrong = takes.findIndex(({ pct }, index) => index > 0 && pct <= (takes[index - 1]?.pct ?? 0));
  if (wrong > 0) return `take: targets go from the nearest to the farthest, found ${takes[wrong]?.pct}% after ${takes[wrong - 1]?.pct}%`;
  return takes.map(({ pct }) => protectionProblem("take", pct)).find((problem) => problem !== undefined);
}

function trailProblem(protection: Protection): string | undefined {
  const { trailingPct, trailAfterPct } = protection;
  if (trailAfterPct === undefined) return undefined;
  if (trailingPct === undefined) return "trailing: a start needs a distance, such as 1% after 2%";
  if (!hasFirstStop(protection)) return `trailing: it begins after ${trailAfterPct}%, and until then the bot has no stop: give stop, too`;
  return protectionProblem("trailing: its start", trailAfterPct) ?? beyondLast("trailing: it begins", trailAfterPct, protection);
}

function breakevenProblem(protection: Protection, instrument: Instrument): string | undefined {
  const { breakevenPct } = protection;
  if (breakevenPct === undefined) return undefined;
  if (!hasFirstStop(protection) && protection.trailingPct === undefined)
    return "breakeven moves the stop, and this bot has none: give stop, too";
  const wrong = protectionProblem("breakeven", breakevenPct) ?? beyondLast("breakeven: it moves the stop", breakevenPct, protection);
  if (wrong !== undefined) return wrong;
  const opened = { side: "sell", entry: decimal(1_000_000).times(instrument.tickSize) } as const;
  if (breakEven(instrument, opened).isLessThan(inFavor(instrument, opened, breakevenPct))) return undefined;
  return `breakeven must be above the fees of buying and selling, which are ${(instrument.takerFeeBps * 2) / 100}% of the price, found ${breakevenPct}%`;
}

function hasFirstStop({ stopPct, stopAtr, stopPrice }: Protection): boolean {
  return stopPct !== undefined || stopAtr !== undefined || stopPrice !== undefined;
}

function beyondLast(what: string, pct: number, protection: Protection): string | undefined {
  const takes = takesOf(protection);
  const last: TakeLevel | undefined = takes.at(-1);
  if (!last || shareOf(takes) < 100 || pct < last.pct) return undefined;
  return `${what} after ${pct}%, and by then the last target at ${last.pct}% has sold everything`;
}

function holdProblem({ holdMax }: Protection): string | undefined {
  if (holdMax === undefined) return undefined;
  if (holdMax.kind === "bars")
    return Number.isInteger(holdMax.bars) && holdMax.bars >= 1 && holdMax.bars <= BARS_MAX
      ? undefined
      : `max_hold must be from 1 to ${BARS_MAX} candles, found ${holdMax.bars}`;
  return holdMax.spanMs >= MINUTE_MS && holdMax.spanMs <= SPAN_MAX_MS ? undefined : "max_hold must be from one minute to 90 days";
}
