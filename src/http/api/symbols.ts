import { z } from "zod";
import { exchangeMarketKey } from "../../domain/market-key.ts";
import type { AccountFacts } from "../../ports/engine.ts";
import type { MarketPlace, MarketReader } from "../../ports/market-reader.ts";
import { ApiProblem } from "./problem.ts";

/** A symbol in an address: `BTC/USDT:USDT` is `BTC-USDT-USDT`. */
export const instId = z
  .string()
  .regex(/^[A-Za-z0-9]{1,20}-[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12})?$/, { error: "expected a symbol such as BTC-USDT or BTC-USDT-USDT" })
  .meta({ description: "The symbol with `-` for `/` and `:`", examples: ["BTC-USDT"] });

export const exchangeQuery = z
  .string()
  .regex(/^[a-z0-9]{2,32}$/i, { error: "expected an exchange such as binance" })
  .optional()
  .meta({ description: "Which exchange; that of your account unless given, else the desk's own market" });

/** A symbol as a path can carry it: `BTC-USDT` for `BTC/USDT`, `BTC-USDT-USDT` for `BTC/USDT:USDT`. */
export function instIdOf(symbol: string): string {
  return symbol.replaceAll(/[/:]/g, "-");
}

/** The symbol that such an id stands for, in capitals; whether it exists is not looked at. */
export function symbolOfInstId(id: string): string {
  const [base, quote, settle] = id.toUpperCase().split("-");
  return settle === undefined ? `${base}/${quote}` : `${base}/${quote}:${settle}`;
}

/** The symbol of a market by its id. Throws a 404 when it has none. */
export function symbolAt(place: MarketPlace, id: string): string {
  const symbol = symbolOfInstId(id);
  if (place.instruments.has(symbol)) return symbol;
  throw new ApiProblem(404, `There is no ${instIdOf(symbol)} at ${place.label}. GET /api/market/pairs lists what there is.`);
}

/** The exchange that is meant where none is named: that of the caller's first account at one whose prices are read here. */
export function defaultExchange(engine: MarketReader, accounts: readonly AccountFacts[]): string | undefined {
  const read = new Set(engine.markets().map(({ key }) => key));
  return accounts
    .flatMap(({ venue }) => venue ?? [])
    .find(({ exchangeId, environment }) => read.has(exchangeMarketKey(exchangeId, environment === "demo")))?.exchangeId;
}
