import { type Candle, CandleFolder, type FoldedCandle } from "../domain/candle.ts";
import { type Kernel, type Reading, settlingMs } from "../domain/indicator.ts";
import type { Quote } from "../domain/quote.ts";
import { deepest, type Series } from "../domain/series.ts";
import { type IndicatorSpec, indicatorKey } from "../domain/signal.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import { type Timeframe, timeframeMs } from "../domain/timeframe.ts";
import { createKernel } from "../indicators/registry.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import type { IndicatorValues, Past } from "../ports/strategy.ts";
import { Ring } from "../rules/ring.ts";
import { SlotPast } from "./past.ts";
import { type Alarm, Sense } from "./senses.ts";
import { Watched } from "./watched.ts";

/** History that every feed is begun with, in candles. */
const HISTORY_CANDLES_MIN = 20;

/** How far back a first price is looked for: further than the longest outage on record, 284 minutes. */
const PRIME_MINUTES = 720;

/** One closed candle of a feed with its indicators as they stood then: what every bot on it decides on, however late. */
export class Slot {
  readonly feed: Feed;
  readonly candle: FoldedCandle;
  readonly previous: FoldedCandle | undefined;
  /** Instant at which the candle closed. */
  readonly closedMs: MarketMs;
  readonly past: Past;
  readonly #readings: ReadonlyMap<string, Readonly<Record<string, Reading>>>;
  readonly #bundles = new Map<string, IndicatorValues>();

  constructor(
    feed: Feed,
    candle: FoldedCandle,
    previous: FoldedCandle | undefined,
    readings: ReadonlyMap<string, Readonly<Record<string, Reading>>>,
    past: Past,
  ) {
    this.feed = feed;
    this.candle = candle;
    this.previous = previous;
    this.closedMs = marketMs(candle.openTimeMs + timeframeMs(feed.timeframe));
    this.past = past;
    this.#readings = readings;
  }

  /** The readings that a strategy declared, under its own names; made once for all bots with equal declarations. */
  bundle(id: string, keys: readonly (readonly [string, string])[]): IndicatorValues {
    const known = this.#bundles.get(id);
    if (known) return known;
    const values: IndicatorValues = Object.fromEntries(keys.map(([name, key]) => [name, this.#readings.get(key) ?? {}]));
    this.#bundles.set(id, values);
    return values;
  }
}

interface Running {
  readonly kernel: Kernel;
  now: number[];
  before: number[];
}

/** A series that somebody reads further back than one candle. */
interface Track {
  readonly series: Series;
  readonly ring: Ring;
}

/** What is asked of a feed: indicators, and series with their depth. */
export interface Reads {
  readonly specs: readonly IndicatorSpec[];
  readonly series: readonly Series[];
}

/** Closed candles of one (symbol, timeframe), folded and advanced once for all bots that read it. */
export class Feed {
  readonly key: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #folder: CandleFolder;
  readonly #running = new Map<string, Running>();
  readonly #tracks = new Map<string, Track>();
  #last: FoldedCandle | undefined;
  #beforeLast: FoldedCandle | undefined;

  constructor(symbol: string, timeframe: Timeframe) {
    this.key = `${symbol} ${timeframe}`;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.#folder = new CandleFolder(timeframe);
  }

  has(spec: IndicatorSpec): boolean {
    return this.#running.has(indicatorKey(spec));
  }

  add(spec: IndicatorSpec, running: Running): void {
    this.#running.set(indicatorKey(spec), running);
  }

  tracks({ key, depth }: Series): boolean {
    return (this.#tracks.get(key)?.series.depth ?? 0) >= depth;
  }

  trackOf({ key }: Series): Track | undefined {
    return this.#tracks.get(key);
  }

  /** Its indicator, if it reads one, must run on this feed. */
  track(track: Track): void {
    this.#tracks.set(track.series.key, track);
  }

  /** Advances by a one-minute candle; returns the slots that it closed. `warming` skips building them. */
  push(minute: Candle, warming = false): Slot[] {
    const slots: Slot[] = [];
    for (const candle of this.#folder.push(minute)) {
      this.#beforeLast = this.#last;
      this.#last = candle;
      for (const running of this.#running.values()) advance(running, candle);
      for (const { series, ring } of this.#tracks.values()) ring.push(this.#newest(series, candle));
      if (!warming) slots.push(this.#slot(candle));
    }
    return slots;
  }

  /** The newest closed candle with everything as it stands, undefined before the first. */
  latest(): Slot | undefined {
    return this.#last && this.#slot(this.#last);
  }

  #newest({ source }: Series, candle: FoldedCandle): number {
    if (typeof source === "string") return candle[source];
    const running = this.#running.get(indicatorKey(source.spec));
    return running?.now[running.kernel.lines.indexOf(source.line)] ?? Number.NaN;
  }

  #slot(candle: FoldedCandle): Slot {
    const readings = new Map<string, Readonly<Record<string, Reading>>>();
    for (const [key, { kernel, now, before }] of this.#running) {
      const lines: Record<string, Reading> = {};
      for (const [index, line] of kernel.lines.entries())
        lines[line] = { now: now[index] ?? Number.NaN, before: before[index] ?? Number.NaN };
      readings.set(key, lines);
    }
    const tracks = [...this.#tracks.values()];
    const past = new SlotPast(new Map(tracks.map(({ series, ring }) => [series.key, { newestFirst: ring.shot(), seen: ring.seen }])));
    return new Slot(this, candle, this.#beforeLast, readings, past);
  }
}

function advance(running: Running, candle: FoldedCandle): void {
  const { kernel } = running;
  kernel.push(candle);
  running.before = running.now;
  running.now = kernel.lines.map((_, line) => kernel.at(line));
}

/** All feeds that some bot reads, and the newest price of every symbol that moves. */
export class FeedHub {
  /** What the watch has seen between candles, on a live market. */
  readonly watched = new Watched();
  readonly #market: Market;
  readonly #feeds = new Map<string, Feed>();
  readonly #bySymbol = new Map<string, Feed[]>();
  readonly #prices = new Map<string, { price: number; atMs: MarketMs }>();
  readonly #quotes = new Map<string, Quote & { readonly atMs: MarketMs }>();
  readonly #senses = new Map<string, Sense>();
  readonly #alarms = new WeakMap<MarketStep, readonly Alarm[]>();

  #atMs: MarketMs;

  constructor(market: Market, at: MarketMs) {
    this.#market = market;
    this.#atMs = at;
  }

  /** Close of the newest step that was pushed, or where the market stood at start. */
  get atMs(): MarketMs {
    return this.#atMs;
  }

  /** Whether a feed has these series; those without are asked for anew. */
  has(key: string, series: readonly Series[]): boolean {
    const feed = this.#feeds.get(key);
    return feed !== undefined && series.every((each) => feed.tracks(each));
  }

  price(symbol: string): { price: number; atMs: MarketMs } | undefined {
    return this.#prices.get(symbol);
  }

  seePrice(symbol: string, price: number, atMs: MarketMs, quote?: Quote): void {
    this.#prices.set(symbol, { price, atMs });
    if (quote) this.#quotes.set(symbol, { bid: quote.bid, ask: quote.ask, atMs });
  }

  /** The best bid and ask as they were seen last, where a live market tells them. */
  quote(symbol: string): (Quote & { readonly atMs: MarketMs }) | undefined {
    return this.#quotes.get(symbol);
  }

  /** Makes sure that a feed runs with these indicators and series, warmed by history before the market's position. */
  async subscribe(symbol: string, timeframe: Timeframe, reads: Reads): Promise<Feed> {
    const key = `${symbol} ${timeframe}`;
    const known = this.#feeds.get(key);
    const missing = {
      specs: reads.specs.filter((spec) => !known?.has(spec)),
      series: deepest(reads.series).filter((each) => !known?.tracks(each)),
    };
    if (known && missing.specs.length + missing.series.length === 0) return known;
    const before = this.#atMs;
    const history = await this.#market.history(symbol, before, warmupMinutes(missing, timeframe));
    if (this.#atMs !== before) return this.subscribe(symbol, timeframe, reads);
    return this.#warm(symbol, timeframe, missing, history);
  }

  /** Nothing traded up to here: market time passes without a step. */
  passTo(at: MarketMs): void {
    this.#atMs = marketMs(Math.max(this.#atMs, at));
  }

  /** Drops the feeds of a symbol that nobody followed for a while: the candles in between never came. */
  forget(symbol: string): void {
    this.#senses.delete(symbol);
    for (const { key } of this.#bySymbol.get(symbol) ?? []) this.#feeds.delete(key);
    this.#bySymbol.delete(symbol);
  }

  /** Advances everything by one step of the market; returns the slots it closed. */
  push(step: MarketStep): Slot[] {
    const slots: Slot[] = [];
    let alarms: Alarm[] | undefined;
    this.#atMs = step.atMs;
    for (const [symbol, candle] of step.candles) {
      const unusual = this.#senses.get(symbol)?.push(candle, this.#market.pace === "live" ? this.price(symbol) : undefined);
      if (unusual) alarms = [...(alarms ?? []), ...unusual];
      // On a live market a candle comes seconds after its close, and the watch has seen newer prices by then.
      if ((this.price(symbol)?.atMs ?? 0) <= step.atMs) this.seePrice(symbol, candle.close, step.atMs);
      for (const feed of this.#bySymbol.get(symbol) ?? []) slots.push(...feed.push(candle));
    }
    if (alarms) this.#alarms.set(step, alarms);
    return slots;
  }

  /** What was unusual in a step, of symbols that some bot reads; usually nothing. */
  alarmsOf(step: MarketStep): readonly Alarm[] | undefined {
    return this.#alarms.get(step);
  }

  /** Reads the newest prices before the market's position, where none were seen yet. */
  async prime(symbols: ReadonlySet<string>): Promise<void> {
    const missing = new Set([...symbols].filter((symbol) => !this.#prices.has(symbol) && this.#market.instruments.has(symbol)));
    if (missing.size === 0) return;
    const from = marketMs(this.#atMs - PRIME_MINUTES * MINUTE_MS);
    const { steps } = await this.#market.advance(from, this.#atMs, missing, PRIME_MINUTES);
    for (const { atMs, candles } of steps) {
      for (const [symbol, { close }] of candles) if (missing.has(symbol)) this.seePrice(symbol, close, atMs);
    }
  }

  /** Runs fresh kernels over history. Nothing waits in here: the market must not move between the history's end and the feed's first step. */
  #warm(symbol: string, timeframe: Timeframe, { specs, series }: Reads, history: Iterable<Candle>): Feed {
    const fresh = new Feed(symbol, timeframe);
    const read = series.flatMap(({ source }) => (typeof source === "string" ? [] : [source.spec]));
    const distinct = new Map([...specs, ...read].map((spec) => [indicatorKey(spec), spec]));
    const running = [...distinct.values()].map((spec): [IndicatorSpec, Running] => [
      spec,
      { kernel: createKernel(spec), now: [], before: [] },
    ]);
    for (const [spec, each] of running) fresh.add(spec, each);
    for (const each of series) fresh.track({ series: each, ring: new Ring(each.depth) });
    const sense = this.#senses.has(symbol) ? undefined : new Sense(symbol);
    for (const minute of history) {
      fresh.push(minute, true);
      sense?.push(minute);
    }
    if (sense) this.#senses.set(symbol, sense);
    const feed = this.#feeds.get(fresh.key);
    if (feed) {
      for (const [spec, each] of running) if (!feed.has(spec)) feed.add(spec, each);
      for (const each of series) if (!feed.tracks(each)) feed.track(fresh.trackOf(each)!);
      return feed;
    }
    this.#feeds.set(fresh.key, fresh);
    this.#bySymbol.set(symbol, [...(this.#bySymbol.get(symbol) ?? []), fresh]);
    return fresh;
  }
}

function warmupMinutes({ specs, series }: Reads, timeframe: Timeframe): number {
  const candleMs = timeframeMs(timeframe);
  const settling = (spec: IndicatorSpec) => settlingMs(createKernel(spec), candleMs);
  const deep = series.map(({ source, depth }) => (typeof source === "string" ? 0 : settling(source.spec)) + depth * candleMs);
  const historyMs = Math.max(HISTORY_CANDLES_MIN * candleMs, ...specs.map(settling), ...deep);
  return Math.ceil(historyMs / MINUTE_MS);
}
