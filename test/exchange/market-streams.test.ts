import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Exchange } from "ccxt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { MarketStreams } from "../kit/exchange/market-streams.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { recordedOrSkip } from "../kit/recorded.ts";
import { shapeDifferences } from "./shape-difference.ts";
import { MINUTE_MS, SpotStage, START_MS } from "./spot-stage.ts";

const KLINE = "btcusdt@kline_1m";

describe("the market streams of the simulated Binance", () => {
  let stage: SpotStage;
  let server: ExchangeServer;
  let streams: MarketStreams;
  let base: string;
  let socket: WebSocket;
  const heard: Record<string, unknown>[] = [];

  beforeEach(async () => {
    stage = new SpotStage();
    server = new ExchangeServer({ doors: { "": stage.door }, now: () => stage.nowMs });
    streams = new MarketStreams(stage.core, () => stage.nowMs);
    server.onUpgrade("/", (request, raw, head) => streams.upgrade(request, raw, head));
    base = (await server.listen()).replace("http", "ws");
    heard.length = 0;
  });
  afterEach(() => server.close());

  async function listen(path: string): Promise<void> {
    socket = new WebSocket(`${base}${path}`);
    socket.on("message", (data) => heard.push(JSON.parse(String(data)) as Record<string, unknown>));
    await new Promise((resolve) => socket.once("open", resolve));
  }

  /** A ping comes back after everything that was sent before it. */
  async function settled(): Promise<void> {
    const back = new Promise((resolve) => socket.once("pong", resolve));
    socket.ping();
    await back;
  }

  test("answer control messages and send what they were asked for, in the documented shape", async (context) => {
    await listen("/ws");
    socket.send(JSON.stringify({ method: "SUBSCRIBE", params: [KLINE, "btcusdt@miniTicker", "btcusdt@ticker"], id: 1 }));
    socket.send(JSON.stringify({ method: "LIST_SUBSCRIPTIONS", id: "two" }));
    await settled();
    expect(heard.splice(0)).toEqual([
      { result: null, id: 1 },
      { result: [KLINE, "btcusdt@miniTicker", "btcusdt@ticker"], id: "two" },
    ]);
    stage.passMs(MINUTE_MS + 1_000);
    streams.push();
    await settled();
    expect(heard.map(({ e, k }) => (k ? `${e} ${(k as { t: number; x: boolean }).t} ${(k as { x: boolean }).x}` : e))).toEqual([
      `kline ${START_MS} true`,
      `kline ${START_MS + MINUTE_MS} false`,
      "24hrMiniTicker",
      "24hrTicker",
    ]);
    const example = (name: string): unknown =>
      JSON.parse(readFileSync(recordedOrSkip(context, `specs/exchange-examples/binance-docs/web-socket-streams--${name}.json`), "utf8"));
    expect(shapeDifferences(example("kline-candlestick-streams-with-timezone-offset--17"), heard[0])).toEqual([]);
    expect(shapeDifferences(example("individual-symbol-mini-ticker-stream--18"), heard[2])).toEqual([]);
    expect(shapeDifferences(example("individual-symbol-ticker-streams--20"), heard[3])).toEqual([]);
  });

  test("are wrapped with their name below /stream, and can be named in the address", async () => {
    await listen(`/stream?streams=${KLINE}`);
    streams.push();
    streams.shutdown();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(heard.map(({ stream }) => stream)).toEqual([KLINE, "!serverShutdown"]);
  });

  test("freeze, double, drop and refuse on demand, while pings are answered", async () => {
    await listen(`/ws/${KLINE}`);
    const counted = async (fault: MarketStreams["fault"]) => {
      streams.fault = fault;
      heard.length = 0;
      streams.push();
      await settled();
      return heard.length;
    };
    expect([await counted("frozen"), await counted("doubled"), await counted("missing"), await counted(undefined)]).toEqual([0, 2, 0, 1]);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    streams.drop();
    expect(await closed).toBe(1006);
    streams.refuses = true;
    expect(await outcome(`${base}/ws`)).toBe("refused");
  });

  test("feed the real ccxt class", async () => {
    const exchange = await proBinance(base);
    const pumping = setInterval(() => streams.push(), 20);
    const price = await exchange.watchTicker("BTC/USDT");
    const candles = await exchange.watchOHLCV("BTC/USDT", "1m");
    clearInterval(pumping);
    expect(price).toMatchObject({ symbol: "BTC/USDT", last: 50_000 });
    expect(candles.at(-1)!.slice(0, 2)).toEqual([START_MS, 50_000]);
    expect(streams.subscribed).toEqual(["btcusdt@miniTicker", KLINE]);
    await exchange.close();
  });
});

function outcome(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.once("open", () => resolve("open"));
    socket.once("error", () => resolve("refused"));
  });
}

async function proBinance(base: string): Promise<Exchange> {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve("ccxt"));
  const { default: Binance } = (await import(new URL("../js/src/pro/binance.js", entry).href)) as {
    default: new (config: Record<string, unknown>) => Exchange;
  };
  const exchange = new Binance({ enableRateLimit: false, options: { defaultType: "spot", fetchMarkets: { types: ["spot"] } } });
  const rewrite = (node: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== "string") rewrite(value as Record<string, unknown>);
      else node[key] = value.startsWith("ws") ? `${base}/stream/ws` : `${base.replace("ws", "http")}${new URL(value).pathname}`;
    }
  };
  rewrite(exchange.urls.api as Record<string, unknown>);
  await exchange.loadHttpProxyAgent();
  return exchange;
}
