import { type IndicatorSpec, indicatorKey } from "../domain/signal.ts";
import { functionNamed } from "./functions.ts";
import type { SeriesTree, Tree } from "./tree.ts";

/** The declaration of an indicator that a rule names. */
export function specOf({ name, params }: Extract<Tree, { kind: "indicator" }>): IndicatorSpec {
  const names = functionNamed(name)?.params ?? [];
  return { name, params: Object.fromEntries(names.map((param, index) => [param.name, params[index]!])) };
}

/** What a part is read from, whatever its history. */
export function seriesKey(tree: SeriesTree): string {
  return tree.kind === "field" ? tree.name : `${indicatorKey(specOf(tree))}.${tree.line}`;
}
