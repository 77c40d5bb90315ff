import { UserError } from "../domain/errors.ts";
import { brokenRule, type Instrument, splitSymbol } from "../domain/instrument.ts";
import { affordable, type Decimal, percentOf } from "../domain/money.ts";
import type { AccountFacts, ManualOrder, PriceFacts } from "../ports/engine.ts";
import type { MarginFacts } from "../ports/venue-facts.ts";
import { checkLeverage, checkLeveragedStop } from "../risk/leverage.ts";
import { liquidationPrice } from "../risk/liquidation.ts";
import { coinsOf } from "./coins.ts";

/** One hundredth of a percent, as a share. */
const BPS = 10_000;

/** What an order by hand comes to, before anybody says yes. */
export interface OrderPreview {
  readonly quantity: Decimal;
  /** The worst price: the limit, or the bound of an order without one, or the price now where there is none. */
  readonly price: Decimal;
  readonly notional: Decimal;
  readonly stopPrice: Decimal;
  readonly takePrice: Decimal | undefined;
  /** Of the entry alone. */
  readonly fee: Decimal;
  /** What is lost when the stop is met at its price, with the fees of both ways. */
  readonly lossAtStop: Decimal;
  /** Set on perpetual contracts. */
  readonly margin: MarginFacts | undefined;
}

/** The order in numbers, by the rules of the symbol. Throws UserError with the rule's name and the smallest quantity that works. */
export function previewOf(order: ManualOrder, { instrument, price: now, worst }: PriceFacts): OrderPreview {
  const price = order.price ?? worst?.[order.side] ?? now;
  const quantity = affordable(order.notional, price, instrument.lotSize);
  const broken = brokenRule(instrument, quantity, price);
  if (broken !== undefined) throw new UserError(`amount: ${broken}. Choose a larger amount.`);
  refuseBand(instrument, price, now);
  const notional = quantity.times(price);
  const isBuy = order.side === "buy";
  const away = (pct: number, isUp: boolean) => (isUp ? price.plus(percentOf(price, pct)) : price.minus(percentOf(price, pct)));
  const stopPrice = away(order.stopPct, !isBuy);
  const feeOf = (amount: Decimal) => amount.times(instrument.takerFeeBps).dividedBy(BPS);
  const moved = price.minus(stopPrice).abs().times(quantity);
  return {
    ...{ quantity, price, notional, stopPrice },
    takePrice: order.takePct === undefined ? undefined : away(order.takePct, isBuy),
    fee: feeOf(notional),
    lossAtStop: moved.plus(feeOf(notional)).plus(feeOf(stopPrice.times(quantity))),
    margin: marginOf(order, instrument, { price, notional, stopPrice }),
  };
}

/** What backs the order, and where it would be liquidated. Throws UserError in one sentence where there is no such leverage, or it would be before the stop. */
function marginOf(
  { side, leverage, stopPct }: ManualOrder,
  instrument: Instrument,
  { price, notional, stopPrice }: Pick<OrderPreview, "price" | "notional" | "stopPrice">,
): MarginFacts | undefined {
  if (leverage !== undefined) checkLeverage(instrument, leverage);
  const times = leverage ?? 1;
  checkLeveragedStop(instrument, side, times, stopPct);
  const { contract } = instrument;
  if (!contract) return undefined;
  const liquidation = liquidationPrice(price, { side, leverage: times, leverageMax: contract.leverageMax });
  return { leverage: times, margin: notional.dividedBy(times), liquidationPrice: liquidation, stopPrice };
}

function refuseBand({ priceBand, quote }: Instrument, price: Decimal, now: Decimal): void {
  if (!priceBand) return;
  const [low, high] = [now.times(priceBand.low), now.times(priceBand.high)];
  if (price.isLessThan(low) || price.isGreaterThan(high))
    throw new UserError(
      `price: the exchange takes prices from ${low.toFixed()} to ${high.toFixed()} ${quote} now, found ${price.toFixed()}. Choose one in between.`,
    );
}

/** What a typed symbol may mean in an account, as `BTC`: `BTC/USDT`, and `BTC/USDT:USDT` on perpetuals. */
export function symbolsMeant(typed: string, { state }: Pick<AccountFacts, "state">): readonly string[] {
  const symbol = typed.includes("/") ? typed : (splitSymbol(typed)?.symbol ?? `${typed}/${state.currency}`);
  return symbol.includes(":") ? [symbol] : [symbol, `${symbol}:${coinsOf(symbol).quote}`];
}
