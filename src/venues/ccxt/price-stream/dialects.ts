import { z } from "zod";
import type { Environment } from "../../../ports/live-venue.ts";

/** What one message of a stream says: prices by the exchange's own ids, a refusal of what was asked, or nothing of interest (undefined). */
export type StreamMessage =
  | { readonly prices: readonly { readonly id: string; readonly price: number; readonly venueMs: number }[] }
  | { readonly refusal: string };

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
const MINI_TICKER = z.object({ e: z.literal("24hrMiniTicker"), E: INSTANT, s: z.string(), c: POSITIVE });
const BINANCE_REFUSAL = z.object({ code: z.number(), msg: z.string() });
const BLOFIN_TICKERS = z.object({
  arg: z.object({ channel: z.literal("tickers") }),
  data: z.array(z.object({ instId: z.string(), last: POSITIVE, ts: INSTANT })),
});
const BLOFIN_REFUSAL = z.object({ event: z.literal("error"), code: z.coerce.string(), msg: z.string().optional() });
const CODE = /[^\w-]/g;

/** `<symbol>@miniTicker`: once a second, last price and the exchange's time; the best bid and ask of `@bookTicker` come without a time. */
function binance(hosts: StreamDialect["hosts"]): StreamDialect {
  const request = (method: string) => (ids: readonly string[], requestId: number) => ({
    method,
    params: ids.map((id) => `${id.toLowerCase()}@miniTicker`),
    id: requestId,
  });
  return {
    path: ["ws", "spot"],
    hosts,
    clock: "call",
    subscribe: request("SUBSCRIBE"),
    unsubscribe: request("UNSUBSCRIBE"),
    read(message) {
      const ticker = MINI_TICKER.safeParse(message).data;
      if (ticker) return { prices: [{ id: ticker.s, price: ticker.c, venueMs: ticker.E }] };
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
    if (tickers) return { prices: tickers.data.map(({ instId, last, ts }) => ({ id: instId, price: last, venueMs: ts })) };
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
