import { minuteText } from "../domain/time.ts";

const QUARTER_MS = 900_000;
const DAY_LETTERS = 10;

/** The calendar of the books' time zone. Asking it is slow, so one answer serves all accounts for the quarter of an hour in which it cannot change. */
export class Days {
  readonly #format: (epochMs: number) => string;
  #quarter: number | undefined;
  #day = "";

  constructor(timeZone: string) {
    if (timeZone === "UTC") this.#format = (epochMs) => minuteText(epochMs).slice(0, DAY_LETTERS);
    else {
      const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
      this.#format = (epochMs) => format.format(epochMs);
    }
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
