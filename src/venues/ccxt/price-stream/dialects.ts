import { z } from "zod";
import { type Quote, quoteOf } from "../../../domain/quote.ts";
import type { Environment } from "../../../ports/live-venue.ts";

/** A last price by the exchange's own id, with the best bid and ask of then. */
export interface StreamPrice {
  readonly id: string;
  readonly price: number;
  readonly quote: Quote | undefined;
  readonly venueMs: number;
}

/** What one message of a stream says: prices by the exchange's own ids, a refusal of what was asked, or nothing of interest (undefined). */
export type StreamMessage = { readonly prices: readonly StreamPrice[] } | { readonly refusal: string };

/** How an exchange's public stream of last prices is spoken. */
export interface StreamDialect {
  /** Where ccxt keeps the address, below its addresses of a world. */
  readonly path: readonly string[];
  /** The hosts that may be connected to, by world. */
  readonly hosts: Readonly<Partial<Record<Environment, string>>>;
  /** What tells the exchange's time: a call of its own, or the `Date` header of each answer. */
  readonly clock: "call" | "date-header";
  subscribe(ids: readonly string[], requestId: number): object;
  unsubscribe(ids: readonly string[], requestId: number): object;
  read(message: unknown): StreamMessage | undefined;
}

const POSITIVE = z.coerce.number().positive();
const INSTANT = z.coerce.number().int().positive();
/** Of a side of the book nothing is asked but a number: a price is not lost with it. */
const SIDE = z.coerce.number().catch(0);
const TICKER = z.object({ e: z.literal("24hrTicker"), E: INSTANT, s: z.string(), c: POSITIVE, b: SIDE, a: SIDE });
const BINANCE_REFUSAL = z.object({ code: z.number(), msg: z.string() });
const BLOFIN_TICKERS = z.object({
  arg: z.object({ channel: z.literal("tickers") }),
  data: z.array(z.object({ instId: z.string(), last: POSITIVE, bidPrice: SIDE, askPrice: SIDE, ts: INSTANT })),
});
const BLOFIN_REFUSAL = z.object({ event: z.literal("error"), code: z.coerce.string(), msg: z.string().optional() });
const CODE = /[^\w-]/g;

/** `<symbol>@ticker`: once a second, last price, best bid and ask, and the exchange's time of them; those of `@bookTicker` come without one. */
function binance(hosts: StreamDialect["hosts"]): StreamDialect {
  const request = (method: string) => (ids: readonly string[], requestId: number) => ({
    method,
    params: ids.map((id) => `${id.toLowerCase()}@ticker`),
    id: requestId,
  });
  return {
    path: ["ws", "spot"],
    hosts,
    clock: "call",
    subscribe: request("SUBSCRIBE"),
    unsubscribe: request("UNSUBSCRIBE"),
    read(message) {
      const ticker = TICKER.safeParse(message).data;
      if (ticker) return { prices: [{ id: ticker.s, price: ticker.c, quote: quoteOf(ticker.b, ticker.a), venueMs: ticker.E }] };
      const refusal = BINANCE_REFUSAL.safeParse(errorOf(message)).data;
      return refusal && { refusal: `the exchange refused the subscription (${refusal.code})` };
    },
  };
}

/** Newer answers wrap a refusal. */
function errorOf(message: unknown): unknown {
  return z.object({ error: z.unknown() }).safeParse(message).data?.error ?? message;
}

/** The channel `tickers`: whenever the price changes; the time is the exchange's own. It has no call for its clock. */
const BLOFIN: StreamDialect = {
  path: ["ws", "swap", "public"],
  hosts: { live: "openapi.blofin.com", demo: "demo-trading-openapi.blofin.com" },
  clock: "date-header",
  subscribe: (ids) => ({ op: "subscribe", args: ids.map((instId) => ({ channel: "tickers", instId })) }),
  unsubscribe: (ids) => ({ op: "unsubscribe", args: ids.map((instId) => ({ channel: "tickers", instId })) }),
  read(message) {
    const tickers = BLOFIN_TICKERS.safeParse(message).data;
    if (tickers)
      return {
        prices: tickers.data.map(({ instId, last, bidPrice, askPrice, ts }) => {
          return { id: instId, price: last, quote: quoteOf(bidPrice, askPrice), venueMs: ts };
        }),
      };
    const refusal = BLOFIN_REFUSAL.safeParse(message).data;
    return refusal && { refusal: `the exchange refused the subscription (${refusal.code.replace(CODE, "").slice(0, 20)})` };
  },
};

/** Exchanges whose stream of last prices is sound: a price has the exchange's own time, and the time can be measured. */
export const STREAM_DIALECTS: ReadonlyMap<string, StreamDialect> = new Map([
  ["binance", binance({ live: "stream.binance.com:9443", demo: "demo-stream.binance.com" })],
  ["binanceus", binance({ live: "stream.binance.us:9443" })],
  ["blofin", BLOFIN],
]);
