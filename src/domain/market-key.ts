/** The name that ties books to the prices of an exchange: of its real world, or of its demo world. */
export function exchangeMarketKey(exchangeId: string, demo: boolean): string {
  return demo ? `exchange:${exchangeId}:demo` : `exchange:${exchangeId}`;
}

/** Whether a market's prices are those of a demo world. */
export function isDemoMarket(key: string): boolean {
  return key.endsWith(":demo");
}
