import type { Series } from "../domain/series.ts";
import { type IndicatorSpec, indicatorKey } from "../domain/signal.ts";
import { createKernel } from "../indicators/registry.ts";
import { check } from "./check.ts";
import { parse } from "./parser.ts";
import { print } from "./print.ts";
import { seriesKey, specOf } from "./series.ts";
import { partsOf, type Tree } from "./tree.ts";

/** A rule that was read and checked, with what it needs. */
export interface Rule {
  readonly tree: Tree;
  /** Its canonical text. */
  readonly text: string;
  /** The indicators that it reads, each once: a feed computes them for all rules and bots. */
  readonly specs: readonly IndicatorSpec[];
  readonly series: readonly Series[];
  /** Closed candles after which it can be true at all. */
  readonly warmup: number;
  /** Whether it asks about a position: without one that part is undefined. */
  readonly readsPosition: boolean;
}

/** Reads, checks and plans a rule. Throws RuleError, one sentence that points at a column. */
export function ruleOf(text: string): Rule {
  const tree = parse(text);
  check(tree);
  const series = seriesOf(tree);
  const specs = new Map<string, IndicatorSpec>();
  let warmup = 1;
  for (const each of series) {
    if (typeof each.source !== "string") specs.set(indicatorKey(each.source.spec), each.source.spec);
    warmup = Math.max(warmup, candlesFor(each));
  }
  const readsPosition = [...partsOf(tree)].some(({ kind }) => kind === "fact");
  return { tree, text: print(tree), specs: [...specs.values()], series, warmup, readsPosition };
}

/** Closed candles after which a series has all of its numbers. */
export function candlesFor({ source, depth }: Series): number {
  return (typeof source === "string" ? 1 : createKernel(source.spec).warmup) + depth - 1;
}

function seriesOf(tree: Tree): readonly Series[] {
  const found = new Map<string, Series>();
  const need = (key: string, source: Series["source"], depth: number) =>
    found.set(key, { key, source, depth: Math.max(depth, found.get(key)?.depth ?? 0) });
  const visit = (part: Tree, before: number): void => {
    // A crossing compares with the candle before, so everything in it is needed one candle further back.
    const deeper = part.kind === "cross" ? before + 1 : before;
    if (part.kind === "field") need(part.name, part.name, part.back + before + 1);
    if (part.kind === "indicator") need(seriesKey(part), { spec: specOf(part), line: part.line }, part.back + before + 1);
    // The result of a position is reckoned from the close.
    if (part.kind === "fact" && part.name === "pnl_pct") need("close", "close", before + 1);
    if (part.kind === "score") for (const term of part.terms) visit(term, deeper);
    if ("of" in part) visit(part.of, deeper);
    if ("left" in part) {
      visit(part.left, deeper);
      visit(part.right, deeper);
    }
  };
  visit(tree, 0);
  return [...found.values()];
}
