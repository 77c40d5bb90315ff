import type { Environment } from "../../ports/live-venue.ts";

export type TradingExchangeId = "binance" | "binanceus" | "blofin";

/** The hosts that may ever see a request, by exchange and world. Binance.US has no demo world. */
export const HOSTS: Readonly<Record<TradingExchangeId, Readonly<Partial<Record<Environment, string>>>>> = {
  binance: { live: "api.binance.com", demo: "demo-api.binance.com" },
  binanceus: { live: "api.binance.us" },
  blofin: { live: "openapi.blofin.com", demo: "demo-trading-openapi.blofin.com" },
};

/** Where public questions are answered, by ccxt's ids. */
export const LIVE_HOSTS: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries(HOSTS).map(([id, { live }]) => [id, live]),
);
