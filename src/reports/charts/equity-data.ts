import { type Decimal, toDouble } from "../../domain/money.ts";

/** What an account or a bot was worth at an instant. */
export interface EquityAt {
  readonly atMs: number;
  readonly equity: Decimal;
}

export interface EquityChart {
  /** What the curve is of, such as `dip on BTC/USDT`. */
  readonly title: string;
  readonly currency: string;
  /** What the curve counts, in a few words that stand below it. */
  readonly note: string;
  /** Ascending; at least one. A curve that begins above nothing is told in percent, every other one in money. */
  readonly points: readonly EquityAt[];
  /** Whether the curve stands still between two points, as realized results do. */
  readonly isStepped?: boolean;
  /** The deepest fall as a share of its peak, where more readings are known than these points. */
  readonly drawdown?: Decimal;
  /** What to compare with, such as buy and hold, over the same time. */
  readonly compared?: { readonly name: string; readonly points: readonly EquityAt[] };
}

export interface Spot {
  readonly atMs: number;
  readonly value: number;
}

/** Equity as points of a curve; doubles are exact enough to draw. */
export function spotsOf(points: readonly EquityAt[]): readonly Spot[] {
  return points.map(({ atMs, equity }) => ({ atMs, value: toDouble(equity) }));
}

/** How far below its highest value so far a curve is, never above zero: in percent of that value, or in money. */
export function fallsOf(curve: readonly Spot[], isPercent: boolean): readonly Spot[] {
  let peak = Number.NEGATIVE_INFINITY;
  return curve.map(({ atMs, value }) => {
    peak = Math.max(peak, value);
    return { atMs, value: isPercent ? (value / peak - 1) * 100 : value - peak };
  });
}

/** At most four spots for each of so many parts of the time: the first, the lowest, the highest and the last, so that no spike is lost. */
export function thinned(curve: readonly Spot[], parts: number): readonly Spot[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (!first || !last || curve.length <= parts) return curve;
  const partMs = (last.atMs - first.atMs) / parts || 1;
  const groups = Map.groupBy(curve, ({ atMs }) => Math.floor((atMs - first.atMs) / partMs));
  return [...groups.values()].flatMap((group) => {
    const low = group.reduce((found, each) => (each.value < found.value ? each : found));
    const high = group.reduce((found, each) => (each.value > found.value ? each : found));
    const kept = new Set([group[0]!, low, high, group.at(-1)!]);
    return group.filter((each) => kept.has(each));
  });
}

/** The value at so many instants that lie equally far apart, the first and the last included. */
export function sampled(curve: readonly Spot[], count: number): readonly number[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (!first || !last || last.atMs === first.atMs) return curve.map(({ value }) => value);
  let index = 0;
  return Array.from({ length: count }, (_, step) => {
    const atMs = first.atMs + ((last.atMs - first.atMs) * step) / (count - 1);
    while (index + 1 < curve.length && curve[index + 1]!.atMs <= atMs) index += 1;
    return curve[index]!.value;
  });
}
