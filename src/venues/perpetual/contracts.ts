import type { Instrument } from "../../domain/instrument.ts";
import { type Decimal, floorToStep, toDouble, ZERO } from "../../domain/money.ts";
import type { Listing } from "./shapes.ts";

/** One contract of the venue: its rules in contracts, and how much of the base one is. */
export interface Contract {
  readonly instId: string;
  readonly symbol: string;
  readonly settle: string;
  readonly value: Decimal;
  readonly lotSize: Decimal;
  readonly trades: boolean;
  readonly instrument: Instrument;
}

/** Rates that the venue lists nowhere in its API. */
export interface Fees {
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
}

/** The contract of a listing; undefined for what is no linear perpetual of this settle coin, or has rules that contradict each other. */
export function contractOf(row: Listing, settle: string, fees: Fees): Contract | undefined {
  if (row.instType !== "SWAP" || row.contractType !== "linear") return undefined;
  if (row.settleCurrency !== settle || row.quoteCurrency !== settle || row.instId !== `${row.baseCurrency}-${row.quoteCurrency}`)
    return undefined;
  const leverageMax = Math.floor(toDouble(row.maxLeverage));
  if (leverageMax < 1 || row.minSize.isLessThan(row.lotSize)) return undefined;
  const symbol = symbolOf(row.instId);
  const value = row.contractValue;
  const instrument: Instrument = {
    symbol,
    base: row.baseCurrency,
    quote: row.quoteCurrency,
    tickSize: row.tickSize,
    lotSize: row.lotSize.times(value),
    notionalMin: ZERO,
    ...fees,
    halfSpreadBps: 0,
    slippageBps: 0,
    contract: { size: value, settle, leverageMax },
    quantityMin: row.minSize.times(value),
    quantityMax: row.maxLimitSize.times(value),
    marketQuantityMax: row.maxMarketSize.times(value),
  };
  return { instId: row.instId, symbol, settle, value, lotSize: row.lotSize, trades: row.state === "live", instrument };
}

/** `BTC/USDT:USDT` of `BTC-USDT`. */
export function symbolOf(instId: string): string {
  const [base = "", quote = ""] = instId.split("-");
  return `${base}/${quote}:${quote}`;
}

/** Contracts of a quantity in base; undefined unless it is a positive whole number of lots, exactly. */
export function toContracts(contract: Pick<Contract, "value" | "lotSize">, quantity: Decimal): Decimal | undefined {
  if (!quantity.isFinite() || !quantity.isGreaterThan(0)) return undefined;
  const size = quantity.dividedBy(contract.value);
  const exact = size.times(contract.value).isEqualTo(quantity) && floorToStep(size, contract.lotSize).isEqualTo(size);
  return exact ? size : undefined;
}

/** Quantity in base of so many contracts, exactly. */
export function toBase(contract: Pick<Contract, "value">, size: Decimal): Decimal {
  return size.times(contract.value);
}
