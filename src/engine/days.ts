const QUARTER_MS = 900_000;

/** The calendar of the books' time zone. Asking it is slow, so one answer serves all accounts for the quarter of an hour in which it cannot change. */
export class Days {
  readonly #format: Intl.DateTimeFormat;
  #quarter: number | undefined;
  #day = "";

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  }

  /** The day of an instant, as `2021-05-19`. */
  of(epochMs: number): string {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#day = this.#format.format(epochMs);
    }
    return this.#day;
  }
}
