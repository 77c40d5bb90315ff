/** Weight of a public request; for prices by how many symbols are asked for: up to 20, up to 100, more or all. */
interface Weights {
  readonly calls: Readonly<Record<string, number>>;
  readonly prices: readonly [upTo20: number, upTo100: number, more: number];
}

/** By the page "REST API" of each exchange: Binance.com 2026; Binance.US 2021, its prices by the table that both shared before Binance.com doubled it. */
const WEIGHTS: ReadonlyMap<string, Weights> = new Map([
  ["binance", { calls: { "/api/v3/exchangeInfo": 20, "/api/v3/klines": 2 }, prices: [2, 40, 80] }],
  ["binanceus", { calls: { "/api/v3/exchangeInfo": 10, "/api/v3/klines": 1 }, prices: [1, 20, 40] }],
]);
const PRICES = "/api/v3/ticker/24hr";
const FEW = 20;
const SOME = 100;

/** So many symbols are the cheapest to ask for at once, where the exchange counts by symbols; undefined where all cost the same. */
export function pricesPerRequest(exchangeId: string): number | undefined {
  return WEIGHTS.has(exchangeId) ? FEW : undefined;
}

/** What a public request uses up of the exchange's budget; 1 where it has no table. */
export function publicWeight(exchangeId: string, { pathname, searchParams }: URL): number {
  const table = WEIGHTS.get(exchangeId);
  if (!table) return 1;
  const path = pathname.replace(/^\/demo/, "");
  if (path !== PRICES) return table.calls[path] ?? 1;
  const [few, some, more] = table.prices;
  const names = searchParams.get("symbols")?.split(",").length ?? (searchParams.has("symbol") ? 1 : Number.POSITIVE_INFINITY);
  return names <= FEW ? few : names <= SOME ? some : more;
}
