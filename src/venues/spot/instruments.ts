import type { z } from "zod";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, decimal, toDouble, ZERO } from "../../domain/money.ts";
import {
  type Account,
  type Listing,
  LOT_SIZE,
  MARKET_LOT_SIZE,
  MAX_NUM_ALGO_ORDERS,
  NOTIONAL,
  PERCENT_PRICE,
  PERCENT_PRICE_BY_SIDE,
  PRICE_FILTER,
} from "./shapes.ts";

export interface Fees {
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
}

/** The order kinds that the desk sends; a symbol without one of the first two is not for it. */
const NEEDED_TYPES: readonly string[] = ["LIMIT", "MARKET"];
const STOP_TYPE = "STOP_LOSS_LIMIT";

/** The rules of one listed symbol, exactly as its filters say; undefined where it does not trade now or has no steps. */
export function instrumentOf(listing: Listing, fees: Fees): Instrument | undefined {
  if (listing.status !== "TRADING" || listing.isSpotTradingAllowed === false) return undefined;
  if (!NEEDED_TYPES.every((type) => listing.orderTypes.includes(type))) return undefined;
  const lot = filter(listing, "LOT_SIZE", LOT_SIZE);
  const tickSize = filter(listing, "PRICE_FILTER", PRICE_FILTER)?.tickSize;
  if (!lot?.stepSize.isGreaterThan(0) || !tickSize?.isGreaterThan(0)) return undefined;
  const minimum = filter(listing, "NOTIONAL", NOTIONAL) ?? filter(listing, "MIN_NOTIONAL", NOTIONAL);
  const marketMax = filter(listing, "MARKET_LOT_SIZE", MARKET_LOT_SIZE)?.maxQty;
  const priceBand = bandOf(listing);
  const protectiveOrdersMax = stopsOf(listing);
  return {
    symbol: `${listing.baseAsset}/${listing.quoteAsset}`,
    base: listing.baseAsset,
    quote: listing.quoteAsset,
    tickSize,
    lotSize: lot.stepSize,
    notionalMin: minimum?.minNotional ?? ZERO,
    ...fees,
    halfSpreadBps: 0,
    slippageBps: 0,
    ...(lot.minQty.isGreaterThan(0) ? { quantityMin: lot.minQty } : {}),
    ...(lot.maxQty.isGreaterThan(0) ? { quantityMax: lot.maxQty } : {}),
    ...(marketMax?.isGreaterThan(0) ? { marketQuantityMax: marketMax } : {}),
    ...(priceBand ? { priceBand } : {}),
    ...(protectiveOrdersMax === undefined ? {} : { protectiveOrdersMax }),
  };
}

/** What the account pays, at least nothing where it is paid; undefined where the answer does not say. */
export function feesOf({ commissionRates, makerCommission, takerCommission }: Account): Fees | undefined {
  if (commissionRates) return { makerFeeBps: bps(commissionRates.maker), takerFeeBps: bps(commissionRates.taker) };
  if (makerCommission === undefined || takerCommission === undefined) return undefined;
  return { makerFeeBps: Math.max(0, makerCommission), takerFeeBps: Math.max(0, takerCommission) };
}

function bps(rate: Decimal): number {
  return Math.max(0, toDouble(rate.times(decimal(10_000))));
}

/** A buyer and a seller may have different bands: only what both allow is allowed. */
function bandOf(listing: Listing): { low: number; high: number } | undefined {
  const sides = filter(listing, "PERCENT_PRICE_BY_SIDE", PERCENT_PRICE_BY_SIDE);
  if (sides) {
    const low = Math.max(toDouble(sides.bidMultiplierDown), toDouble(sides.askMultiplierDown));
    return { low, high: Math.min(toDouble(sides.bidMultiplierUp), toDouble(sides.askMultiplierUp)) };
  }
  const both = filter(listing, "PERCENT_PRICE", PERCENT_PRICE);
  return both && { low: toDouble(both.multiplierDown), high: toDouble(both.multiplierUp) };
}

function stopsOf(listing: Listing): number | undefined {
  if (!listing.orderTypes.includes(STOP_TYPE)) return 0;
  return filter(listing, "MAX_NUM_ALGO_ORDERS", MAX_NUM_ALGO_ORDERS)?.maxNumAlgoOrders;
}

function filter<Shape extends z.ZodType>(listing: Listing, filterType: string, shape: Shape): z.output<Shape> | undefined {
  return shape.safeParse(listing.filters.find((each) => each.filterType === filterType)).data;
}
