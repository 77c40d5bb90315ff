import type { BreakerName } from "../../src/domain/breaker.ts";

/**
 * The same bot without breakers, with those that hold where nobody set any, and without them on a smaller size: on one that falls as deep as the breakers did, and on
 * half of it.
 */
export const VARIANTS = ["none", "breakers", "smaller", "half"] as const;
export type Variant = (typeof VARIANTS)[number];

export interface Trip {
  readonly breaker: BreakerName;
  readonly atMs: number;
}

/** What the equity was, as a part of the capital: 1 at the beginning. */
export interface Worth {
  readonly atMs: number;
  readonly worth: number;
}

/** What became of one bot. */
export interface Outcome {
  readonly sizePct: number;
  readonly resultPct: number;
  readonly drawdownPct: number;
  readonly entries: number;
  readonly trips: readonly Trip[];
  readonly curve: readonly Worth[];
}

/** One strategy on one symbol, once for each variant. */
export interface Row {
  readonly symbol: string;
  readonly strategy: string;
  readonly timeframe: string;
  readonly outcomes: Readonly<Record<Variant, Outcome>>;
}

/**
 * The size at which the deepest fall would have been that of the breakers, if falls grew with sizes. Never more than the size itself: where breakers did not make
 * the fall smaller, there is nothing to trade smaller for.
 */
export function smallerSizePct(sizePct: number, fallPct: number, fallWithBreakersPct: number): number {
  if (!(fallPct > 0)) return sizePct;
  const share = Math.min(1, fallWithBreakersPct / fallPct);
  return Number((sizePct * share).toFixed(2));
}

/** The average worth of all curves at so many instants; between two points a curve stays where it was. */
export function averageCurve(curves: readonly (readonly Worth[])[], fromMs: number, toMs: number, count: number): readonly Worth[] {
  const next = curves.map(() => 0);
  return Array.from({ length: count }, (_, step) => {
    const atMs = fromMs + ((toMs - fromMs) * step) / (count - 1);
    let sum = 0;
    for (const [index, curve] of curves.entries()) {
      while (next[index]! < curve.length && curve[next[index]!]!.atMs <= atMs) next[index]! += 1;
      sum += curve[next[index]! - 1]?.worth ?? 1;
    }
    return { atMs, worth: sum / curves.length };
  });
}

/** How many breakers of each name opened, the most frequent first. */
export function tripCounts(trips: readonly Trip[]): readonly (readonly [BreakerName, number])[] {
  const counts = new Map<BreakerName, number>();
  for (const { breaker } of trips) counts.set(breaker, (counts.get(breaker) ?? 0) + 1);
  return [...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
}

export function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  if (ordered.length === 0) return Number.NaN;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}

/** Results that differ by less are told as equal, in percentage points. */
export const EQUAL_PCT = 0.01;

export interface Tally {
  readonly better: number;
  readonly worse: number;
  readonly equal: number;
}

/** In how many rows the breakers came out above another variant. */
export function tally(rows: readonly Row[], against: Exclude<Variant, "breakers">, of: "resultPct" | "drawdownPct"): Tally {
  const found = { better: 0, worse: 0, equal: 0 };
  for (const { outcomes } of rows) {
    const apart = outcomes.breakers[of] - outcomes[against][of];
    const gain = of === "drawdownPct" ? -apart : apart;
    if (Math.abs(gain) < EQUAL_PCT) found.equal += 1;
    else if (gain > 0) found.better += 1;
    else found.worse += 1;
  }
  return found;
}
