import type { IndicatorSpec } from "./signal.ts";

/** What a candle shows by itself. */
export const FIELDS = ["open", "high", "low", "close", "volume"] as const;
export type Field = (typeof FIELDS)[number];

/** One series of numbers on a feed, and how many of its newest ones are read. Equal keys are one series. */
export interface Series {
  readonly key: string;
  readonly source: Field | { readonly spec: IndicatorSpec; readonly line: string };
  readonly depth: number;
}

/** The deepest of each series. */
export function deepest(series: Iterable<Series>): Series[] {
  const found = new Map<string, Series>();
  for (const each of series) if (each.depth > (found.get(each.key)?.depth ?? 0)) found.set(each.key, each);
  return [...found.values()];
}
