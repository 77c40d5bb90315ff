import { candleProblem } from "../../domain/candle.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import type { CandleColumns } from "./columns.ts";
import { LINE_BYTES_MAX } from "./lines.ts";
import { fieldText, NumberText } from "./number-text.ts";

/** After so many broken rows a file is not read further. */
export const ROW_FAULTS_MAX = 5;
/** Times below this are seconds since the epoch (as milliseconds they would lie in early 1973). */
const SECONDS_BELOW = 1e11;
/** Times above this are microseconds or finer. */
const MILLISECONDS_BELOW = 1e14;
const COMMA_CODE = 44;
const FIELDS: readonly string[] = ["ts_ms", "open", "high", "low", "close", "volume"];
const TIME_NAMES: ReadonlySet<string> = new Set(["ts_ms", "ts"]);
const SHOWN_TEXT_MAX = 60;

/** Reads a header and rows of one file into columns; every fault is a sentence with its line number. */
export class RowReader {
  readonly faults: string[] = [];
  /** The finest price seen, in decimals. */
  priceDecimals = 0;
  /** The smallest step between two candles, in minutes. */
  stepMin = Number.POSITIVE_INFINITY;
  readonly #columns: CandleColumns;
  readonly #number = new NumberText();
  readonly #values = new Float64Array(FIELDS.length);
  /** Which field a column of the file holds, -1 for none. */
  #fieldOfColumn: Int8Array | undefined;
  #lastMinute = Number.NEGATIVE_INFINITY;

  constructor(columns: CandleColumns) {
    this.#columns = columns;
  }

  /** Takes one line; false when the file is not worth reading further. */
  readonly take = (bytes: Uint8Array, from: number, to: number, line: number): boolean => {
    if (from === to) return true;
    if (to - from > LINE_BYTES_MAX) return this.#fault(line, `expected a candle, found a line of more than ${LINE_BYTES_MAX} bytes`);
    if (!this.#fieldOfColumn) return this.#header(bytes, from, to, line);
    const missing = this.#readFields(this.#fieldOfColumn, bytes, from, to);
    return missing === undefined ? this.#row(line) : this.#fault(line, missing);
  };

  #header(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const names = fieldText(bytes, from, to)
      .replace(/^\uFEFF/, "")
      .split(",")
      .map((name) => name.trim().replaceAll('"', "").toLowerCase());
    const fields = names.map((name) => (TIME_NAMES.has(name) ? 0 : FIELDS.indexOf(name)));
    const missing = FIELDS.filter((_, index) => !fields.includes(index));
    const doubled = FIELDS.filter((_, index) => fields.filter((field) => field === index).length > 1);
    if (missing.length > 0 || doubled.length > 0) {
      const lack = missing.length > 0 ? `without ${missing.join(", ")}` : `with more than one ${doubled.join(", ")}`;
      this.#fault(
        line,
        `expected a header with ts_ms (or ts), open, high, low, close, volume, found one ${lack}: "${names.join(",").slice(0, SHOWN_TEXT_MAX)}"`,
      );
      return false;
    }
    this.#fieldOfColumn = Int8Array.from(fields);
    return true;
  }

  /** Fills the values of a row, or says what is missing. */
  #readFields(fieldOfColumn: Int8Array, bytes: Uint8Array, from: number, to: number): string | undefined {
    let found = 0;
    let column = 0;
    let start = from;
    for (let at = from; at <= to && found < FIELDS.length; at += 1) {
      if (at < to && bytes[at] !== COMMA_CODE) continue;
      const field = column < fieldOfColumn.length ? fieldOfColumn[column]! : -1;
      if (field >= 0) {
        const value = this.#number.read(bytes, start, at);
        if (!Number.isFinite(value))
          return `expected a number as ${FIELDS[field]}, found "${fieldText(bytes, start, at).slice(0, SHOWN_TEXT_MAX)}"`;
        if (field >= 1 && field <= 4 && this.#number.decimals > this.priceDecimals) this.priceDecimals = this.#number.decimals;
        this.#values[field] = value;
        found += 1;
      }
      column += 1;
      start = at + 1;
    }
    return found === FIELDS.length ? undefined : `expected ${fieldOfColumn.length} columns, found ${column}`;
  }

  #row(line: number): boolean {
    const values = this.#values;
    const [time, open, high, low, close, volume] = [values[0]!, values[1]!, values[2]!, values[3]!, values[4]!, values[5]!];
    if (time >= MILLISECONDS_BELOW) return this.#fault(line, `expected a time in milliseconds or seconds since 1970, found ${time}`);
    const timeMs = time < SECONDS_BELOW ? time * 1_000 : time;
    const minute = timeMs / MINUTE_MS;
    if (!Number.isInteger(minute) || minute <= 0) return this.#fault(line, `expected a time on a whole minute, found ${time}`);
    const step = minute - this.#lastMinute;
    if (step === 0) return this.#fault(line, `expected a later time than the row before, found ${time} twice`);
    if (step < 0) return this.#fault(line, `expected ascending times, found ${time} after ${this.#lastMinute * MINUTE_MS}`);
    if (!(low > 0 && volume >= 0 && low <= open && low <= close && high >= open && high >= close))
      return this.#fault(
        line,
        `expected a possible candle, found that ${candleProblem({ openTimeMs: timeMs, open, high, low, close, volume })}`,
      );
    if (step < this.stepMin) this.stepMin = step;
    this.#lastMinute = minute;
    this.#columns.push(minute, open, high, low, close, volume);
    return true;
  }

  #fault(line: number, text: string): boolean {
    this.faults.push(`line ${line}: ${text}`);
    return this.faults.length < ROW_FAULTS_MAX;
  }
}
