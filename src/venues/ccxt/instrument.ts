import type { Market as CcxtMarket } from "ccxt";
import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, decimal } from "../../domain/money.ts";

/** ccxt's way of writing precision: 4 is a step, 2 a number of decimals. */
const PRECISION_IS_STEP = 4;
const PRECISION_IS_DECIMALS = 2;

/** The instrument of an active spot market or linear perpetual contract; undefined for others and for those without steps. */
export function instrumentOf(market: CcxtMarket, precisionMode: number | undefined): Instrument | undefined {
  if (!market || market.active === false) return undefined;
  const contract = contractOf(market);
  if (!market.spot && !contract) return undefined;
  const tickSize = step(market.precision.price, precisionMode);
  const lots = step(market.precision.amount, precisionMode);
  if (!tickSize || !lots) return undefined;
  const lotSize = contract ? lots.times(contract.size) : lots;
  return {
    symbol: market.symbol,
    base: market.base,
    quote: market.quote,
    tickSize,
    lotSize,
    notionalMin: decimal(market.limits.cost?.min ?? 0),
    makerFeeBps: bps(market.maker),
    takerFeeBps: bps(market.taker),
    halfSpreadBps: 0,
    slippageBps: 0,
    ...(contract ? { contract } : {}),
  };
}

/** Contracts are counted in base here. */
function contractOf({ swap, linear, settle, contractSize, limits }: NonNullable<CcxtMarket>): Instrument["contract"] {
  if (!swap || !linear || !settle || contractSize === undefined || !(contractSize > 0)) return undefined;
  return { size: decimal(contractSize), settle, leverageMax: Math.max(1, Math.floor(limits.leverage?.max ?? 1)) };
}

function step(precision: number | undefined, mode: number | undefined): Decimal | undefined {
  if (precision === undefined) return undefined;
  if (mode === PRECISION_IS_STEP) return precision > 0 ? decimal(precision) : undefined;
  return mode === PRECISION_IS_DECIMALS ? decimal(1).shiftedBy(-precision) : undefined;
}

/** Basis points of a fee rate; what a double cannot say exactly is rounded to a millionth. */
function bps(rate: number | undefined): number {
  return rate === undefined ? 0 : Math.round(rate * 1e10) / 1e6;
}
