import { decimal, ONE, shareDown, toDouble } from "../domain/money.ts";
import { build, exit, hold } from "../domain/signal.ts";
import type { DecideInput, Plan, Term } from "../ports/strategy.ts";
import { apart, countFrom, defineStrategy, numberFrom, type Params, rounded } from "./define.ts";

const PRICE_MAX = 1_000_000_000;
const LEVELS_MAX = 50;
/** Digits of a range that follows from a price. */
const DIGITS = 6;

const params = {
  lower: numberFrom(0, PRICE_MAX, 0).describe("Lowest price at which it buys; 0: by around"),
  upper: numberFrom(0, PRICE_MAX, 0).describe("Highest price, at which everything is sold; 0: by around"),
  around: numberFrom(0.1, 50, 5).describe("Without lower and upper: that many percent below and above the price when the bot is made"),
  levels: countFrom(2, LEVELS_MAX, 10).describe("Parts of the range: each is bought at its lower price and sold at the next one"),
  stopBelow: numberFrom(0.1, 50, 3).describe("Where the stop lies, in percent below the lowest price"),
};
type Given = Params<typeof params>;

/**
 * A range of prices in equal steps. When a close falls to a level, the part of that level is bought; when one rises to the level above, that part is sold. So it
 * holds nothing above its range, and below it the stop of its bot sells everything. A rule cannot say it, for it buys while it holds.
 */
export default defineStrategy({
  summary: "Buys a part at each lower price of a range and sells that part one step higher",
  params,
  refuse({ lower, upper }) {
    if (lower === 0 && upper === 0) return undefined;
    if (lower === 0 || upper === 0)
      return `a range has two ends, found lower ${lower} and upper ${upper}; give both, or neither for around`;
    return lower < upper ? undefined : `lower must be below upper, found ${lower} and ${upper}; swap them`;
  },
  settle(given, price) {
    if (given.lower > 0) return given;
    if (price === undefined)
      return "its range follows from the price, which is not known yet: give lower and upper, or try again once the market has a price";
    const end = (pct: number) => Number((price * (1 + pct / 100)).toPrecision(DIGITS));
    return { ...given, lower: end(-given.around), upper: end(given.around) };
  },
  exits: { stop: "none", take: "none" },
  indicators: () => ({}),
  decide(input, given) {
    const { candle, position } = input;
    const prices = pricesOf(given);
    const sold = position.parts.filter((part) => candle.close >= (prices[part + 1] ?? Number.POSITIVE_INFINITY));
    if (sold.length > 0) {
      const all = sold.length === position.parts.length;
      const reason = `close ${rounded(candle.close)} is at or above ${levelsText(
        sold.map((part) => part + 1),
        prices,
      )}`;
      return exit(all ? `${reason}: everything held is sold` : reason, all ? undefined : sold);
    }
    const bought = boughtAt(input, given, prices);
    if (bought.length === 0) return hold;
    return build(position.flat, bought, `close ${rounded(candle.close)} fell to ${levelsText(bought, prices)}`);
  },
  explain(input, given) {
    const { candle, position } = input;
    const prices = pricesOf(given);
    const below = prices.findLastIndex((price, part) => part < given.levels && price < candle.close);
    const lowest = position.parts[0];
    const term = (side: Term["side"], text: string, price: number): Term => {
      const [close, level] = apart(candle.close, price);
      return { side, text, numbers: `${close} and ${level}`, holds: side === "enter" ? candle.close <= price : candle.close >= price };
    };
    const next = prices[below];
    const above = lowest === undefined ? undefined : prices[lowest + 1];
    const terms = [
      ...(next === undefined ? [] : [term("enter", `close falls to level ${below + 1} of ${given.levels}`, next)]),
      ...(lowest === undefined || above === undefined ? [] : [term("exit", `close rises to level ${lowest + 2}`, above)]),
    ];
    const range = `${rounded(given.lower)} to ${rounded(given.upper)}`;
    return {
      because: `close ${rounded(candle.close)} fell to no level that it does not hold and rose to none at which it sells, in the range of ${range}`,
      terms,
    };
  },
  plan: planFor,
});

/** All prices of a grid from the lowest up: what is bought at one is sold at the next. */
export function pricesOf({ lower, upper, levels }: Pick<Given, "lower" | "upper" | "levels">): readonly number[] {
  const [from, to] = [decimal(lower), decimal(upper)];
  return Array.from({ length: levels + 1 }, (_, index) => toDouble(from.plus(to.minus(from).times(index).dividedBy(levels))));
}

/** Parts whose level this close has fallen to, from above it. */
function boughtAt({ candle, previous, position }: DecideInput<object>, given: Given, prices: readonly number[]): number[] {
  if (!previous || given.lower === 0 || candle.close <= stopOf(given)) return [];
  const held = new Set(position.parts);
  return Array.from({ length: given.levels }, (_, part) => part).filter((part) => {
    const price = prices[part] ?? Number.NaN;
    return !held.has(part) && previous.close > price && candle.close <= price;
  });
}

function levelsText(numbers: readonly number[], prices: readonly number[]): string {
  const text = (number: number) => `level ${number + 1} at ${rounded(prices[number] ?? Number.NaN)}`;
  const [first = 0] = numbers;
  return numbers.length === 1 ? text(first) : `${numbers.length} levels from ${text(first)} to ${text(numbers.at(-1) ?? first)}`;
}

function stopOf({ lower, stopBelow }: Pick<Given, "lower" | "stopBelow">): number {
  return lower * (1 - stopBelow / 100);
}

function planFor(given: Given): Plan {
  const { lower, upper, levels } = given;
  return {
    shares: Array.from({ length: levels }, () => shareDown(ONE, decimal(levels))),
    pricesFrom: () => pricesOf(given).slice(0, levels),
    stopPrice: stopOf(given),
    refuse({ stopPct, stopAtr, stopPrice, takePct, takes, trailingPct, breakevenPct }, { takerFeeBps, halfSpreadBps, slippageBps }) {
      if (stopPct !== undefined || stopAtr !== undefined)
        return "stop: a grid has its stop at a price below its range; leave stop out (stopBelow says how far), or give a price";
      if (stopPrice?.isGreaterThanOrEqualTo(decimal(lower)))
        return `stop: it lies at ${stopPrice.toFixed()}, inside of the range from ${rounded(lower)}; give a lower one`;
      if (takePct !== undefined || takes) return "take: a grid sells each part one level higher; use take:none";
      if (trailingPct !== undefined || breakevenPct !== undefined)
        return `${trailingPct === undefined ? "breakeven" : "trailing"}: a stop that moves would end the grid inside of its range; leave it out`;
      const stepPct = ((upper - lower) / levels / upper) * 100;
      const costPct = ((takerFeeBps + halfSpreadBps + slippageBps) * 2) / 100;
      if (stepPct > costPct) return undefined;
      return `its steps are ${rounded(stepPct)}% wide, and to buy and to sell costs ${rounded(costPct)}%, so each would lose; give fewer levels or a wider range`;
    },
  };
}
