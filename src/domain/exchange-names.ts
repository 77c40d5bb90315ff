const EXCHANGE_NAMES: Readonly<Record<string, string>> = { binance: "Binance.com", binanceus: "Binance.US", blofin: "Blofin" };

/** An exchange as it calls itself, for people; one that is only read from is called by its ccxt id. */
export function exchangeName(exchangeId: string | undefined): string {
  return exchangeId === undefined ? "the exchange" : (EXCHANGE_NAMES[exchangeId] ?? exchangeId);
}
