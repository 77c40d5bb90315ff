import type { Candle } from "../domain/candle.ts";
import { ConfigError, UserError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { DAY_MS, type MarketMs, MINUTE_MS, marketMs, minuteText, spanText } from "../domain/time.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import { assumptionsOf, modeledInstrument } from "./assumptions.ts";
import type { CandleColumns } from "./replay/columns.ts";
import { readEntries } from "./replay/entries.ts";
import { type LoadedFile, loadFile, marketProblem } from "./replay/load.ts";

/** History before a fresh desk's first slot: three days of minutes, or a fifth of the shortest file when that is less. */
export const WARM_UP_MAX_MS = 3 * DAY_MS;
export const WARM_UP_PART_MAX = 0.2;

/**
 * Opens recorded one-minute candles as a market. `argument` is what follows `replay:` in MARKET: files, a folder or `BTC/USDT=PATH`, separated by commas.
 * Throws ConfigError with the faults of all files.
 */
export async function openReplay(argument: string): Promise<Market> {
  const { entries, problems, skipped } = await readEntries(argument);
  const files: LoadedFile[] = [];
  for (const { symbol, path } of entries) {
    const loaded = await loadFile(symbol, path);
    if (Array.isArray(loaded)) problems.push(...loaded);
    else files.push(loaded);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  files.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return new Replay(files, skipped);
}

class Replay implements Market {
  readonly key: string;
  readonly label: string;
  readonly pace = "stepped";
  readonly startMs: MarketMs;
  readonly recordedUntilMs: MarketMs;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly assumptions: readonly string[];
  readonly #columns: ReadonlyMap<string, CandleColumns>;
  readonly #lastMinute: number;

  constructor(files: readonly LoadedFile[], skipped: readonly string[]) {
    this.#columns = new Map(files.map(({ symbol, columns }) => [symbol, columns]));
    const firstMinutes = files.map(({ columns }) => columns.minuteAt(0));
    const lastMinutes = files.map(({ columns }) => columns.minuteAt(columns.length - 1));
    this.#lastMinute = Math.max(...lastMinutes);
    this.recordedUntilMs = marketMs((this.#lastMinute + 1) * MINUTE_MS);
    this.key = `replay:${files.map(({ symbol, name, columns }) => `${symbol}@${name}#${columns.length}`).join(",")}`;
    this.label = `replay of recorded candles ${minuteText(Math.min(...firstMinutes) * MINUTE_MS)} to ${minuteText(this.#lastMinute * MINUTE_MS)} UTC`;
    const warmUpMs = warmUp(files);
    this.startMs = marketMs(Math.max(...firstMinutes) * MINUTE_MS + warmUpMs);
    refuseEndedFiles(files, this.startMs);
    this.instruments = new Map(
      files.map(({ symbol, columns, priceDecimals }) => [symbol, modeledInstrument(symbol, columns.candleAt(0).close, priceDecimals)]),
    );
    this.assumptions = [
      `Market time starts at ${minuteText(this.startMs)} UTC, ${spanText(warmUpMs)} after the latest first candle, so that indicators have history.`,
      ...assumptionsOf(this.instruments, "the finest decimals in its file"),
      ...skipped,
    ];
  }

  async history(symbol: string, before: MarketMs): Promise<Iterable<Candle>> {
    const columns = this.#columns.get(symbol);
    if (!columns) throw new UserError(`${symbol} is not in this market; it has ${[...this.#columns.keys()].join(", ")}.`);
    const end = columns.indexFrom(Math.floor(before / MINUTE_MS));
    return { [Symbol.iterator]: () => columns.candles(0, end) };
  }

  async advance(
    after: MarketMs,
    until: MarketMs,
    symbols: ReadonlySet<string>,
    limit: number,
  ): Promise<{ steps: MarketStep[]; ended: boolean }> {
    const steps = mergedSteps(this.#columns, Math.floor(after / MINUTE_MS), Math.floor(until / MINUTE_MS), symbols, limit);
    const reachedMs = steps.length < limit ? Math.max(after, until) : (steps.at(-1)?.atMs ?? after);
    return { steps, ended: reachedMs >= this.recordedUntilMs };
  }

  async prices(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}
}

interface Cursor {
  readonly symbol: string;
  readonly columns: CandleColumns;
  index: number;
  /** Open minute of the candle at `index`, Infinity at the end. */
  minute: number;
}

/** Steps of the candles that open in the minutes [from, to), that is, close in (from, to]. */
function mergedSteps(
  all: ReadonlyMap<string, CandleColumns>,
  from: number,
  to: number,
  symbols: ReadonlySet<string>,
  limit: number,
): MarketStep[] {
  const cursors: Cursor[] = [];
  for (const symbol of symbols) {
    const columns = all.get(symbol);
    if (!columns) continue;
    const index = columns.indexFrom(from);
    cursors.push({ symbol, columns, index, minute: columns.minuteAt(index) });
  }
  const steps: MarketStep[] = [];
  while (steps.length < limit) {
    let minute = to;
    for (const cursor of cursors) if (cursor.minute < minute) minute = cursor.minute;
    if (minute >= to) break;
    const candles = new Map<string, Candle>();
    for (const cursor of cursors) {
      if (cursor.minute !== minute) continue;
      candles.set(cursor.symbol, cursor.columns.candleAt(cursor.index));
      cursor.index += 1;
      cursor.minute = cursor.columns.minuteAt(cursor.index);
    }
    steps.push({ atMs: marketMs((minute + 1) * MINUTE_MS), candles });
  }
  return steps;
}

function warmUp(files: readonly LoadedFile[]): number {
  const shortest = Math.min(...files.map(({ columns }) => columns.length));
  return Math.min(WARM_UP_MAX_MS, Math.floor(shortest * WARM_UP_PART_MAX) * MINUTE_MS);
}

/** A file without a candle after the start would be a symbol that can never trade. */
function refuseEndedFiles(files: readonly LoadedFile[], startMs: MarketMs): void {
  const ended = files.filter(({ columns }) => columns.minuteAt(columns.length - 1) * MINUTE_MS < startMs);
  if (ended.length === 0) return;
  throw new ConfigError(
    ended.map(({ name, symbol, columns }) =>
      marketProblem(
        `${name}: ${symbol} ends at ${minuteText(columns.minuteAt(columns.length - 1) * MINUTE_MS)} UTC, before market time starts at ${minuteText(startMs)} UTC`,
        "Name files that cover one and the same time",
      ),
    ),
  );
}
