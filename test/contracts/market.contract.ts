import { afterEach, describe, expect, it } from "vitest";
import { type Candle, candleProblem } from "../../src/domain/candle.ts";
import { UserError } from "../../src/domain/errors.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { Market, MarketStep } from "../../src/ports/market.ts";

/** One market under the contract, with a world that the suite can move. */
export interface MarketSubject {
  /** Opens the market; every call opens the same one again, as another process would. */
  open(): Promise<Market>;
  readonly symbols: readonly [string, ...string[]];
  /** Lets so many minutes pass in the market's world. Nothing to do where market time does not follow wall time. */
  pass(minutes: number): Promise<void>;
  close(): Promise<void>;
}

const MINUTES = 30;
const HISTORY_MINUTES = 200;

/** The written contract of the socket `Market`, the same for every plug. */
export function describeMarket(name: string, start: () => Promise<MarketSubject>): void {
  describe(`the market contract: ${name}`, () => {
    const opened: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const one of opened.splice(0).reverse()) await one.close();
    });
    const begin = async (): Promise<{ subject: MarketSubject; market: Market; symbols: Set<string> }> => {
      const subject = await start();
      opened.push(subject);
      const market = await subject.open();
      opened.push(market);
      return { subject, market, symbols: new Set(subject.symbols) };
    };

    it("says what it is: a key, a label, its instruments, and its assumptions as sentences", async () => {
      const { market, symbols } = await begin();
      expect(market.key).not.toBe("");
      expect(market.label).not.toBe("");
      expect(market.startMs % MINUTE_MS === 0 || market.pace === "live").toBe(true);
      for (const symbol of symbols) {
        const instrument = market.instruments.get(symbol);
        expect(instrument?.symbol).toBe(symbol);
        expect(`${instrument?.base}/${instrument?.quote}`).toBe(symbol);
        expect(instrument?.tickSize.isGreaterThan(0)).toBe(true);
        expect(instrument?.lotSize.isGreaterThan(0)).toBe(true);
        expect(instrument?.notionalMin.isGreaterThanOrEqualTo(0)).toBe(true);
      }
      expect(market.assumptions.length).toBeGreaterThan(0);
      for (const sentence of market.assumptions) expect(sentence).toMatch(/\.$/);
    });

    it("has history before its start: valid, on the minute, ascending, closed", async () => {
      const { market, symbols } = await begin();
      for (const symbol of symbols) {
        const candles = [...(await market.history(symbol, market.startMs, HISTORY_MINUTES))];
        expect(candles.length).toBeGreaterThan(0);
        expectCandles(candles);
        expect(candles.at(-1)!.openTimeMs + MINUTE_MS).toBeLessThanOrEqual(market.startMs);
      }
    });

    it("continues with advance exactly where history ends", async () => {
      const { subject, market, symbols } = await begin();
      const [symbol] = subject.symbols;
      const before = [...(await market.history(symbol, market.startMs, HISTORY_MINUTES))];
      await subject.pass(MINUTES);
      const until = minutesAfter(market.startMs, MINUTES);
      const { steps } = await market.advance(market.startMs, until, symbols, 10_000);
      const after = [...(await market.history(symbol, until, HISTORY_MINUTES))];
      const seen = [...before, ...candlesOf(steps, symbol)];
      expect(candlesOf(steps, symbol).length).toBeGreaterThan(0);
      const length = Math.min(seen.length, after.length);
      expect(after.slice(-length)).toEqual(seen.slice(-length));
    });

    it("answers steps after an instant up to and including another, for the asked symbols only", async () => {
      const { subject, market } = await begin();
      await subject.pass(MINUTES);
      const [symbol] = subject.symbols;
      const from = minutesAfter(market.startMs, 5);
      const until = minutesAfter(market.startMs, MINUTES - 5);
      const { steps } = await market.advance(from, until, new Set([symbol]), 10_000);
      expect(steps.length).toBeGreaterThan(0);
      let last: number = from;
      for (const { atMs, candles } of steps) {
        expect(atMs).toBeGreaterThan(last);
        expect(atMs).toBeLessThanOrEqual(until);
        expect([...candles.keys()]).toEqual([symbol]);
        for (const candle of candles.values()) expect(candle.openTimeMs + MINUTE_MS).toBe(atMs);
        last = atMs;
      }
      expect((await market.advance(until, until, new Set([symbol]), 10)).steps).toEqual([]);
      expect((await market.advance(from, until, new Set(), 10)).steps).toEqual([]);
    });

    it("answers the same candles in many small batches as in one", async () => {
      const { subject, market, symbols } = await begin();
      await subject.pass(MINUTES);
      const until = minutesAfter(market.startMs, MINUTES);
      const whole = (await market.advance(market.startMs, until, symbols, 10_000)).steps;
      const batched: MarketStep[] = [];
      for (let at = market.startMs; ; ) {
        const { steps } = await market.advance(at, until, symbols, 7);
        expect(steps.length).toBeLessThanOrEqual(7);
        if (steps.length === 0) break;
        batched.push(...steps);
        at = steps.at(-1)!.atMs;
      }
      expect(batched).toEqual(whole);
    });

    it("shows equal candles and the same key when it is opened again", async () => {
      const { subject, market, symbols } = await begin();
      const startMs = market.startMs;
      await subject.pass(MINUTES);
      const until = minutesAfter(startMs, MINUTES);
      const first = (await market.advance(startMs, until, symbols, 10_000)).steps;
      const again = await subject.open();
      opened.push(again);
      expect(again.key).toBe(market.key);
      expect((await again.advance(startMs, until, symbols, 10_000)).steps).toEqual(first);
    });

    it("refuses a symbol that it does not have with a sentence for people", async () => {
      const { market } = await begin();
      await expect(market.history("NOPE/USDT", market.startMs, 10)).rejects.toThrow(UserError);
      await expect(market.history("NOPE/USDT", market.startMs, 10)).rejects.toThrow(/NOPE\/USDT/);
    });

    it("has prices between candles when it is live, and none when it is stepped", async () => {
      const { market, symbols } = await begin();
      const readings = await market.prices(symbols);
      expect(readings.map(({ symbol }) => symbol).sort()).toEqual(market.pace === "live" ? [...symbols].sort() : []);
      for (const { price } of readings) expect(price).toBeGreaterThan(0);
    });
  });
}

function expectCandles(candles: readonly Candle[]): void {
  expect(candles.map(candleProblem).filter((problem) => problem !== undefined)).toEqual([]);
  expect(candles.filter(({ openTimeMs }) => openTimeMs % MINUTE_MS !== 0)).toEqual([]);
  expect(candles.filter(({ openTimeMs }, index) => index > 0 && openTimeMs <= candles[index - 1]!.openTimeMs)).toEqual([]);
}

function candlesOf(steps: readonly MarketStep[], symbol: string): Candle[] {
  return steps.flatMap(({ candles }) => candles.get(symbol) ?? []);
}

/** A minute bound so many minutes after the one that contains an instant. */
function minutesAfter(at: MarketMs, minutes: number): MarketMs {
  return marketMs(at - (at % MINUTE_MS) + minutes * MINUTE_MS);
}
