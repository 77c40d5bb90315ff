import type { Instrument } from "../../../src/domain/instrument.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import { BLOFIN } from "../../../src/venues/quirks/blofin.ts";
import { btcContract } from "../../kit/exchange/perpetual/exchange.ts";
import type { Contract } from "../../kit/exchange/perpetual/types.ts";

interface Perpetual {
  readonly symbol: string;
  readonly price: number;
  readonly tick: number;
  /** One contract in base, and what can be traded of it. */
  readonly contract: string;
  readonly lot: string;
}

/** Each with a walk of its own: who takes the prices of another exchange for these is found out. */
export const PERPETUALS: readonly Perpetual[] = [
  { symbol: "BTC/USDT:USDT", price: 60_987.3, tick: 0.1, contract: "0.001", lot: "0.1" },
  { symbol: "ETH/USDT:USDT", price: 3_044.12, tick: 0.01, contract: "0.01", lot: "0.1" },
  { symbol: "SOL/USDT:USDT", price: 146.52, tick: 0.01, contract: "1", lot: "0.01" },
  { symbol: "XRP/USDT:USDT", price: 0.6081, tick: 0.00001, contract: "100", lot: "0.1" },
];

const LEVERAGE_MAX = 20;
const SIZE_MAX = "1000000";

export function isPerpetual(symbol: string): boolean {
  return symbol.includes(":");
}

/** `BTC-USDT` of `BTC/USDT:USDT`. */
export function instIdOf(symbol: string): string {
  return symbol.replace(/:.*$/, "").replace("/", "-");
}

/** The contracts as the exchange lists them. */
export function perpetualContracts(): Contract[] {
  return PERPETUALS.map(({ symbol, tick, contract, lot }) =>
    btcContract({
      instId: instIdOf(symbol),
      tapeSymbol: symbol,
      base: symbol.split("/")[0] ?? "",
      contractValue: decimal(contract),
      lotSize: decimal(lot),
      minSize: decimal(lot),
      tickSize: decimal(tick),
      limitSizeMax: decimal(SIZE_MAX),
      marketSizeMax: decimal(SIZE_MAX),
      leverageMax: LEVERAGE_MAX,
    }),
  );
}

/** The same as the public adapter of the exchange shows them. */
export function perpetualInstruments(): ReadonlyMap<string, Instrument> {
  return new Map(
    PERPETUALS.map(({ symbol, tick, contract, lot }) => {
      const lotSize = decimal(contract).times(decimal(lot));
      const rules: Instrument = {
        symbol,
        base: symbol.split("/")[0] ?? "",
        quote: "USDT",
        tickSize: decimal(tick),
        lotSize,
        notionalMin: ZERO,
        makerFeeBps: BLOFIN.makerFeeBps,
        takerFeeBps: BLOFIN.takerFeeBps,
        halfSpreadBps: 0,
        slippageBps: 0,
        contract: { size: decimal(contract), settle: "USDT", leverageMax: LEVERAGE_MAX },
        quantityMin: lotSize,
      };
      return [symbol, rules];
    }),
  );
}
