import { DAY_MS, MINUTE_MS, minuteText } from "../domain/time.ts";

const QUARTER_MS = 900_000;
const DAY_LETTERS = 10;

/** The calendar of the books' time zone. Asking it is slow, so one answer serves all accounts for the quarter of an hour in which it cannot change. */
export class Days {
  readonly #format: (epochMs: number) => string;
  #quarter: number | undefined;
  #day = "";
  readonly #minute: (epochMs: number) => number;
  #minuteQuarterMs: number | undefined;
  #minuteOfQuarter = 0;

  constructor(timeZone: string) {
    if (timeZone === "UTC") {
      this.#minute = (epochMs) => Math.floor((epochMs % DAY_MS) / MINUTE_MS);
      this.#format = (epochMs) => minuteText(epochMs).slice(0, DAY_LETTERS);
      return;
    }
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.#minute = (epochMs) => {
      const [hour = 0, minute = 0] = clock.format(epochMs).split(":").map(Number);
      return hour * 60 + minute;
    };
    const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    this.#format = (epochMs) => format.format(epochMs);
  }

  /** Minutes since local midnight, as the clock on the wall shows them. */
  minuteOf(epochMs: number): number {
    const quarterMs = epochMs - (epochMs % QUARTER_MS);
    if (this.#minuteQuarterMs !== quarterMs) {
      this.#minuteQuarterMs = quarterMs;
      this.#minuteOfQuarter = this.#minute(quarterMs);
    }
    return this.#minuteOfQuarter + Math.floor((epochMs - quarterMs) / MINUTE_MS);
  }

  /**
   * Whether an instant lies in a day that books which are in `current` have yet to begin. They go on and never back: not with a candle that comes late, and not
   * when a clock is put right. Only a day so far ahead that no clock error of a few hours explains it was none, and ends at once.
   */
  begins(epochMs: number, current: string | undefined): boolean {
    const day = this.of(epochMs);
    if (day === current) return false;
    return current === undefined || day > current || Date.parse(current) - Date.parse(day) > DAY_MS;
  }

  /** The day of an instant, as `2021-05-19`. */
  of(epochMs: number): string {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#day = this.#format(epochMs);
    }
    return this.#day;
  }
}
