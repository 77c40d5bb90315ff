/** One line of a result. Times are kept in nanoseconds; a count, a share or a size has its unit instead. */
export interface Figure {
  readonly bench: string;
  readonly what: string;
  readonly value: number;
  readonly unit: "ns" | "count" | "MB" | "x";
  /** What a calibration step cost right before that bench. */
  readonly stepNs: number;
}

/** Collects what one bench found. */
export class Figures {
  readonly rows: Figure[] = [];
  readonly #bench: string;
  readonly #stepNs: number;

  constructor(bench: string, stepNs: number) {
    this.#bench = bench;
    this.#stepNs = stepNs;
  }

  time(what: string, milliseconds: number): void {
    this.#add(what, milliseconds * 1e6, "ns");
  }

  /** Half of the spans, in milliseconds, took no longer than the first row, and all but one in a hundred no longer than the second. */
  percentiles(what: string, spans: readonly number[]): void {
    this.time(`${what}, p50`, quantile(spans, 0.5));
    this.time(`${what}, p99`, quantile(spans, 0.99));
  }

  count(what: string, value: number): void {
    this.#add(what, value, "count");
  }

  megabytes(what: string, bytes: number): void {
    this.#add(what, bytes / 1e6, "MB");
  }

  /** How many times one thing is another. */
  ratio(what: string, value: number): void {
    this.#add(what, value, "x");
  }

  #add(what: string, value: number, unit: Figure["unit"]): void {
    this.rows.push({ bench: this.#bench, what, value, unit, stepNs: this.#stepNs });
  }
}

/** The value below which a share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The figures as a Markdown table: times as multiples of the calibration step, and as they were on this machine. */
export function tableOf(rows: readonly Figure[]): string {
  const lines = ["| bench | figure | in calibration steps | on this machine |", "|---|---|---:|---:|"];
  for (const { bench, what, value, unit, stepNs } of rows) {
    const steps = unit === "ns" ? rounded(value / stepNs) : "";
    lines.push(`| ${bench} | ${what} | ${steps} | ${shown(value, unit)} |`);
  }
  return lines.join("\n");
}

function shown(value: number, unit: Figure["unit"]): string {
  if (unit === "count") return rounded(value);
  if (unit !== "ns") return `${rounded(value)} ${unit}`;
  if (value < 1e4) return `${rounded(value)} ns`;
  if (value < 1e6) return `${rounded(value / 1e3)} us`;
  return `${rounded(value / 1e6)} ms`;
}

const DIGITS = 3;

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toLocaleString("en-US", { maximumSignificantDigits: DIGITS });
}
