import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const MINUTE_MS = 60_000;
const KLINES_MAX = 1_000;
const KLINES_DEFAULT = 500;

/** How the next answers go wrong. `stall` sends half of the body and never the rest. */
export type Fault = "empty" | "torn" | "html" | "stall" | "reset" | "limit" | "banned" | "unavailable" | "wrong-shape";

interface Listing {
  readonly id: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly lot: string;
  readonly price: number;
}

const LISTINGS: readonly Listing[] = [
  { id: "BTCUSDT", base: "BTC", quote: "USDT", tick: "0.01000000", lot: "0.00001000", price: 60_000 },
  { id: "ETHUSDT", base: "ETH", quote: "USDT", tick: "0.01000000", lot: "0.00010000", price: 3_000 },
  { id: "SHIBUSDT", base: "SHIB", quote: "USDT", tick: "0.00000001", lot: "1.00000000", price: 0.00002 },
];

/** A small strict Binance with public spot endpoints on a real socket: an unknown path, parameter or value is refused as Binance does, and remembered. */
export class BinancePublic {
  /** Requests in order, as `/api/v3/klines?symbol=BTCUSDT...`. */
  readonly requests: string[] = [];
  readonly #now: () => number;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #faults: { readonly kind: Fault; readonly path: string }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Listens on a free port of this machine; answers the base address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Spoils the next `times` answers whose path ends with `path`. */
  spoil(kind: Fault, path: string, times = 1): void {
    for (let index = 0; index < times; index += 1) this.#faults.push({ kind, path });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://counterpart");
    this.requests.push(`${url.pathname}${url.search}`);
    const keyed = request.method !== "GET" || request.headers["x-mbx-apikey"] !== undefined;
    const result = keyed ? refused(-2014, "This counterpart serves public data only.") : this.#result(url);
    const fault = this.#faults.findIndex(({ path }) => url.pathname.endsWith(path));
    if (fault >= 0) spoilt(this.#faults.splice(fault, 1)[0]!.kind, JSON.stringify("body" in result ? result.body : result.error), response);
    else if ("error" in result) send(response, 400, result.error);
    else send(response, 200, result.body);
  }

  #result(url: URL): { body: unknown } | { error: unknown } {
    const allowed = PARAMETERS.get(url.pathname);
    if (!allowed) return refused(-1000, `Unknown path ${url.pathname}`);
    for (const [name, value] of url.searchParams)
      if (!allowed.get(name)?.test(value)) return refused(-1104, `Not all sent parameters were read; found '${name}=${value}'.`);
    switch (url.pathname) {
      case "/api/v3/exchangeInfo":
        return { body: this.#exchangeInfo() };
      case "/api/v3/klines":
        return this.#klines(url.searchParams);
      case "/api/v3/ticker/24hr":
        return this.#tickers(url.searchParams);
      default:
        return { body: { serverTime: this.#now() } };
    }
  }

  #exchangeInfo(): unknown {
    return {
      timezone: "UTC",
      serverTime: this.#now(),
      rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6_000 }],
      exchangeFilters: [],
      symbols: LISTINGS.map(listed),
      sors: [{ baseAsset: "BTC", symbols: ["BTCUSDT"] }],
    };
  }

  #klines(query: URLSearchParams): { body: unknown } | { error: unknown } {
    const listing = LISTINGS.find(({ id }) => id === query.get("symbol"));
    if (!listing) return refused(-1121, "Invalid symbol.");
    if (query.get("interval") !== "1m") return refused(-1120, "Invalid interval.");
    const limit = Math.min(KLINES_MAX, Number(query.get("limit") ?? KLINES_DEFAULT));
    const forming = Math.floor(this.#now() / MINUTE_MS);
    const last = Math.min(forming, Math.floor(Number(query.get("endTime") ?? Number.MAX_SAFE_INTEGER) / MINUTE_MS));
    const first = query.has("startTime") ? Math.ceil(Number(query.get("startTime")) / MINUTE_MS) : last - limit + 1;
    const rows: unknown[] = [];
    for (let minute = first; minute <= last && rows.length < limit; minute += 1) rows.push(kline(listing, minute));
    return { body: rows };
  }

  #tickers(query: URLSearchParams): { body: unknown } | { error: unknown } {
    const ids = query.has("symbols") ? (JSON.parse(query.get("symbols")!) as string[]) : LISTINGS.map(({ id }) => id);
    const found = ids.map((id) => LISTINGS.find((listing) => listing.id === id));
    if (found.some((listing) => !listing)) return refused(-1121, "Invalid symbol.");
    return { body: found.map((listing) => ticker(listing!, this.#now())) };
  }
}

const MILLISECONDS = /^\d{13}$/;
const PARAMETERS: ReadonlyMap<string, ReadonlyMap<string, RegExp>> = new Map([
  ["/api/v3/exchangeInfo", new Map<string, RegExp>()],
  ["/api/v3/time", new Map<string, RegExp>()],
  [
    "/api/v3/klines",
    new Map([
      ["symbol", /^[A-Z0-9]+$/],
      ["interval", /^\d+[smhdwM]$/],
      ["limit", /^\d{1,4}$/],
      ["startTime", MILLISECONDS],
      ["endTime", MILLISECONDS],
    ]),
  ],
  ["/api/v3/ticker/24hr", new Map([["symbols", /^\["[A-Z0-9]+"(,"[A-Z0-9]+")*\]$/]])],
]);

function refused(code: number, msg: string): { error: unknown } {
  return { error: { code, msg } };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function spoilt(kind: Fault, text: string, response: ServerResponse): void {
  const json = { "content-type": "application/json" };
  const half = text.slice(0, text.length / 2);
  const spoil: Record<Fault, () => void> = {
    empty: () => response.writeHead(200, json).end(),
    torn: () => response.writeHead(200, json).end(half),
    html: () => response.writeHead(200, { "content-type": "text/html" }).end("<html>maintenance</html>"),
    stall: () => response.writeHead(200, { ...json, "content-length": String(text.length) }).write(half),
    reset: () => response.destroy(),
    limit: () => send(response, 429, { code: -1003, msg: "Too much request weight used." }, { "retry-after": "7" }),
    banned: () => send(response, 418, { code: -1003, msg: "Way too much request weight used; IP banned." }, { "retry-after": "120" }),
    unavailable: () => response.writeHead(503, { "content-type": "text/html" }).end("<html>503</html>"),
    "wrong-shape": () => send(response, 200, { code: 200 }),
  };
  spoil[kind]();
}

/** Price of a minute, invented but plain: a slow wave. */
function priceAt(listing: Listing, minute: number): number {
  return listing.price * (1 + 0.01 * Math.sin(minute / 50));
}

function kline(listing: Listing, minute: number): unknown[] {
  const [open, close] = [priceAt(listing, minute), priceAt(listing, minute + 1)];
  const [high, low] = [Math.max(open, close) * 1.0002, Math.min(open, close) * 0.9998];
  const text = (value: number): string => value.toFixed(8);
  return [
    minute * MINUTE_MS,
    text(open),
    text(high),
    text(low),
    text(close),
    text(1 + (minute % 10)),
    (minute + 1) * MINUTE_MS - 1,
    text(close * 5),
    308,
    text(0.5),
    text(close * 2),
    "0",
  ];
}

function ticker(listing: Listing, nowMs: number): Record<string, unknown> {
  const last = priceAt(listing, nowMs / MINUTE_MS);
  const text = (value: number): string => value.toFixed(8);
  return {
    symbol: listing.id,
    priceChange: text(0),
    priceChangePercent: "0.000",
    weightedAvgPrice: text(last),
    prevClosePrice: text(last),
    lastPrice: text(last),
    lastQty: text(1),
    bidPrice: text(last * 0.9999),
    bidQty: text(1),
    askPrice: text(last * 1.0001),
    askQty: text(1),
    openPrice: text(last),
    highPrice: text(last),
    lowPrice: text(last),
    volume: text(1_000),
    quoteVolume: text(1_000 * last),
    openTime: nowMs - 86_400_000,
    closeTime: nowMs,
    firstId: 1,
    lastId: 76,
    count: 76,
  };
}

function listed({ id, base, quote, tick, lot }: Listing): Record<string, unknown> {
  return {
    symbol: id,
    status: "TRADING",
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: "PRICE_FILTER", minPrice: tick, maxPrice: "1000000.00000000", tickSize: tick },
      { filterType: "LOT_SIZE", minQty: lot, maxQty: "9000000.00000000", stepSize: lot },
      {
        filterType: "NOTIONAL",
        minNotional: "5.00000000",
        applyMinToMarket: true,
        maxNotional: "9000000.00000000",
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "EXPIRE_MAKER",
    allowedSelfTradePreventionModes: ["NONE"],
  };
}
