import type { SpotCore } from "../spot-core.ts";
import { formingCandle, type TapeCandle } from "../tape.ts";
import type { SpotMarket } from "./market.ts";
import { type Json, money } from "./render.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The events of a market stream, as `btcusdt@kline_1m`, since it was last asked: none for a stream that is not served. */
export function streamEvents(core: SpotCore, name: string, sinceMs: number, nowMs: number): readonly Json[] {
  const [id = "", kind] = name.split("@");
  const market = core.markets.get(id.toUpperCase());
  if (!market || market.mode === "delisted") return [];
  if (kind === "kline_1m") return klineEvents(core, market, sinceMs, nowMs);
  const last = market.last(nowMs);
  if (last === undefined) return [];
  return kind === "ticker" ? [ticker(market, last, nowMs)] : kind === "miniTicker" ? [miniTicker(market, last, nowMs)] : [];
}

/** Whether a stream of that name is served. */
export function isStream(core: SpotCore, name: string): boolean {
  const [id = "", kind] = name.split("@");
  return core.markets.has(id.toUpperCase()) && (kind === "kline_1m" || kind === "ticker" || kind === "miniTicker");
}

/** The minutes that have closed since, then the forming one. */
function klineEvents(core: SpotCore, market: SpotMarket, sinceMs: number, nowMs: number): Json[] {
  const events: Json[] = [];
  const current = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let openMs = Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS; openMs < current; openMs += MINUTE_MS) {
    const whole = core.tape.candleAt(market.id, openMs);
    if (whole) events.push(kline(market, whole, true, nowMs));
  }
  const forming = formingCandle(core.tape, market.id, nowMs);
  if (forming) events.push(kline(market, forming, false, nowMs));
  return events;
}

function kline(market: SpotMarket, candle: TapeCandle, closed: boolean, nowMs: number): Json {
  const { openTimeMs, open, high, low, close, volume } = candle;
  const k = {
    t: openTimeMs,
    T: openTimeMs + MINUTE_MS - 1,
    s: market.id,
    i: "1m",
    f: 100,
    L: 200,
    o: money(open),
    c: money(close),
    h: money(high),
    l: money(low),
    v: money(volume),
    n: 100,
    x: closed,
    q: money(volume * close),
    V: money(volume / 2),
    Q: money((volume * close) / 2),
    B: "0",
  };
  return { e: "kline", E: nowMs, s: market.id, k };
}

function ticker(market: SpotMarket, last: number, nowMs: number): Json {
  const { first } = market.day(nowMs);
  const { e: _mini, ...mini } = miniTicker(market, last, nowMs);
  return {
    ...mini,
    ...{ e: "24hrTicker", p: money(last - first), P: (((last - first) / first) * 100).toFixed(3), w: money((first + last) / 2) },
    ...{ x: money(first), Q: money(market.rules.lot) },
    ...{ b: money(market.bid(last)), B: money(1), a: money(market.ask(last)), A: money(1) },
    ...{ O: nowMs - DAY_MS, C: nowMs, F: 28_385, L: 28_460, n: 76 },
  };
}

function miniTicker(market: SpotMarket, last: number, nowMs: number): Json {
  const { first, high, low, volume } = market.day(nowMs);
  return {
    e: "24hrMiniTicker",
    E: nowMs,
    s: market.id,
    c: money(last),
    o: money(first),
    h: money(Math.max(high, last)),
    l: money(Math.min(low, last)),
    v: money(volume),
    q: money((volume * (first + last)) / 2),
  };
}
