import { type Decimal, decimal, min, ONE, shareDown, ZERO } from "../domain/money.ts";
import { build, hold } from "../domain/signal.ts";
import { rsi } from "../indicators/rsi.ts";
import type { DecideInput, Plan, Term } from "../ports/strategy.ts";
import { apart, countFrom, defineStrategy, numberFrom, type Params, rounded } from "./define.ts";

const RSI_CANDLES = 14;
/** With this the first entry waits for nothing. */
const AT_ONCE = 100;
/** A safety order further below its average than this is none that a stop could lie below. */
const DISTANCE_PCT_MAX = 85;
const ORDERS_MAX = 20;
const SHARE_MIN = "0.001";

const params = {
  enterBelow: numberFrom(1, AT_ONCE, 40).describe("RSI of 14 candles below which it begins; 100 begins at once"),
  orders: countFrom(1, ORDERS_MAX, 5).describe("Safety orders after the first entry, at most"),
  step: numberFrom(0.1, 50, 1.5).describe("Distance of the first safety order below the average entry price, in percent"),
  stepScale: numberFrom(1, 5, 1.3).describe("How many times the distance before it each further one is"),
  sizeScale: numberFrom(0.5, 5, 1.5).describe("How many times the size of the order before it each safety order is"),
  pause: countFrom(0, 1_000, 0).describe("Candles that it waits between two orders"),
};
type Given = Params<typeof params>;

/**
 * A first entry, then safety orders, each further below the average price of what is held and larger than the one before it. What it holds is sold whole: at
 * the target over the average, or at the stop below it, which are those of its bot. A rule cannot say it, for it buys while it holds.
 */
export default defineStrategy({
  summary: "Buys once, then more and more each time the price falls below the average paid, up to a number of orders",
  params,
  refuse: (given) => {
    const deepest = distancePct(given, given.orders);
    if (deepest > DISTANCE_PCT_MAX)
      return `the last safety order would lie ${rounded(deepest)}% below the average, and ${DISTANCE_PCT_MAX}% is the most; lower step, stepScale or orders`;
    const smallest = sharesOf(given).reduce(min);
    if (smallest.isGreaterThanOrEqualTo(SHARE_MIN)) return undefined;
    return `the smallest of its ${given.orders + 1} entries would be less than a thousandth of the whole; bring sizeScale nearer to 1, or lower orders`;
  },
  exits: { stop: "8%", take: "2%" },
  indicators: () => ({ rsi: rsi(RSI_CANDLES) }),
  decide(input, given) {
    const { candle, position } = input;
    if (position.flat) {
      if (!begins(input, given)) return hold;
      const waits =
        given.enterBelow === AT_ONCE ? "it holds nothing" : `rsi(14) ${apart(rsiOf(input), given.enterBelow).join(" is below ")}`;
      return build(true, [0], `${waits}: the first of ${given.orders + 1} entries`);
    }
    const next = nextOf(input, given);
    if (!next || candle.close > next.price || position.barsSinceEntry < given.pause) return hold;
    const [close, price] = apart(candle.close, next.price);
    return build(
      false,
      [next.number],
      `close ${close} is at or below ${price}, ${rounded(next.distancePct)}% below the average paid: safety order ${next.number} of ${given.orders}`,
    );
  },
  explain(input, given) {
    const { candle, position } = input;
    const term = (text: string, numbers: string, holds: boolean): Term => ({ side: "enter", text, numbers, holds });
    if (position.flat) {
      const reading = rsiOf(input);
      const terms = [term(`rsi(14) < ${given.enterBelow}`, `${rounded(reading)} and ${given.enterBelow}`, begins(input, given))];
      return { because: `the first entry waits for rsi(14), which is ${rounded(reading)}, to be below ${given.enterBelow}`, terms };
    }
    const next = nextOf(input, given);
    if (!next)
      return { because: position.parts.length === 0 ? "it did not begin what it holds" : "all of its safety orders are bought", terms: [] };
    const [close, price] = apart(candle.close, next.price);
    return {
      because: `safety order ${next.number} of ${given.orders} waits for a close at or below ${price}, and this one is ${close}`,
      terms: [
        term(`close <= ${rounded(next.distancePct)}% below the average`, `${close} and ${price}`, candle.close <= next.price),
        term(
          "candles since the last order >= pause",
          `${position.barsSinceEntry} and ${given.pause}`,
          position.barsSinceEntry >= given.pause,
        ),
      ],
    };
  },
  plan: planFor,
});

/** How far below the average a safety order lies, in percent; they count from one. */
export function distancePct({ step, stepScale }: Pick<Given, "step" | "stepScale">, order: number): number {
  return step * stepScale ** (order - 1);
}

/** What share of the whole each entry is, the first one included. */
export function sharesOf({ orders, sizeScale }: Pick<Given, "orders" | "sizeScale">): Decimal[] {
  const scale = decimal(sizeScale);
  const weights = Array.from({ length: orders + 1 }, (_, order) => scale.pow(order));
  const sum = weights.reduce((total, weight) => total.plus(weight), ZERO);
  return weights.map((weight) => shareDown(weight, sum));
}

function begins(input: Input, { enterBelow }: Given): boolean {
  const reading = rsiOf(input);
  // A reading of zero is one of prices that never rose, which is no reading.
  return enterBelow === AT_ONCE || (reading > 0 && reading < enterBelow);
}

/** The next safety order with its price; undefined where there is none. */
function nextOf({ position: { entryPrice, parts } }: Input, given: Given) {
  const newest = parts.at(-1);
  if (newest === undefined || entryPrice === undefined || newest >= given.orders) return undefined;
  const pct = distancePct(given, newest + 1);
  return { number: newest + 1, distancePct: pct, price: entryPrice * (1 - pct / 100) };
}

type Input = DecideInput<{ readonly rsi: Readonly<Record<"value", { readonly now: number }>> }>;

function rsiOf({ values }: Input): number {
  return values.rsi.value.now;
}

function planFor(given: Given): Plan {
  const shares = sharesOf(given);
  const deepest = Array.from({ length: given.orders }, (_, index) => distancePct(given, index + 1)).reduce((a, b) => Math.max(a, b));
  return {
    shares,
    pricesFrom(from, begun) {
      const prices = [from];
      const first = shares[0] ?? ONE;
      let cost = begun ? begun.cost.dividedBy(begun.whole) : first;
      let quantity = begun ? begun.quantity.dividedBy(begun.whole) : first.dividedBy(decimal(from));
      for (let order = 1; order <= given.orders; order += 1) {
        if (begun && order <= begun.newest) {
          prices.push(from);
          continue;
        }
        const average = cost.dividedBy(quantity);
        const price = average.times(ONE.minus(decimal(distancePct(given, order)).shiftedBy(-2)));
        prices.push(price.toNumber());
        const share = shares[order] ?? ZERO;
        cost = cost.plus(share);
        quantity = quantity.plus(share.dividedBy(price));
      }
      return prices;
    },
    refuse({ stopPct, stopAtr, stopPrice, takePct, takes, trailingPct, trailAfterPct }, _instrument, from) {
      if (stopAtr !== undefined) return "stop: dca has a stop in percent below its average, or at a price, found one by ATR; give stop:8%";
      if (stopPct === undefined && !stopPrice)
        return "stop: dca buys what falls, so it needs a stop over the whole; give one, such as stop:8%";
      if (stopPct !== undefined && stopPct <= deepest)
        return `stop: it lies ${stopPct}% below the average, and the last safety order ${rounded(deepest)}% below it would never be bought; give a wider stop or less distance`;
      const last = from === undefined ? undefined : this.pricesFrom(from).at(-1);
      if (stopPrice && last !== undefined && stopPrice.isGreaterThanOrEqualTo(decimal(last)))
        return `stop: it lies at ${stopPrice.toFixed()}, and the last safety order at ${rounded(last)} would never be bought; give a lower stop or less distance`;
      if (takes) return "take: dca has one target over its average, found several; give one, such as take:2%";
      if (takePct === undefined && trailAfterPct === undefined)
        return "take: dca sells at a target over its average, found none; give one, such as take:2%";
      if (trailingPct !== undefined && trailAfterPct === undefined)
        return "trailing: it would sell before any safety order is bought; let it begin after a gain, such as 1% after 2%";
      return undefined;
    },
  };
}
