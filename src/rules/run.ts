import type { Candle } from "../domain/candle.ts";
import type { Kernel } from "../domain/indicator.ts";
import { indicatorKey } from "../domain/signal.ts";
import { createKernel } from "../indicators/registry.ts";
import { type Condition, conditionOf, type HeldPosition, numberOf, type Reader } from "./evaluate.ts";
import { type Rule, type Series, seriesKey } from "./plan.ts";
import { Ring } from "./ring.ts";
import type { Tree } from "./tree.ts";

/** Rules over one feed, one closed candle at a time. What several of them read is computed once. */
export class RuleRun {
  readonly #kernels = new Map<string, Kernel>();
  readonly #rings = new Map<string, { readonly ring: Ring; readonly next: (candle: Candle) => number }>();
  readonly #conditions = new Map<Rule, Condition>();
  #seen = 0;

  constructor(rules: readonly Rule[]) {
    const deepest = new Map<string, Series>();
    for (const series of rules.flatMap((rule) => rule.series)) {
      if (series.depth > (deepest.get(series.key)?.depth ?? 0)) deepest.set(series.key, series);
    }
    for (const { key, source, depth } of deepest.values()) this.#rings.set(key, { ring: new Ring(depth), next: this.#next(source) });
    for (const rule of rules) this.#conditions.set(rule, conditionOf(rule.tree, this.#reader));
  }

  /** How many indicators are computed. */
  get kernels(): number {
    return this.#kernels.size;
  }

  push(candle: Candle): void {
    this.#seen += 1;
    for (const kernel of this.#kernels.values()) kernel.push(candle);
    for (const { ring, next } of this.#rings.values()) ring.push(next(candle));
  }

  /** Whether a rule is true at the newest candle. Never before its warm-up, and never by something undefined. */
  isTrue(rule: Rule, position?: HeldPosition): boolean {
    return this.#seen >= rule.warmup && this.#conditions.get(rule)?.(position) === true;
  }

  /** The newest value of a part of one of the rules that is a number; NaN while it is undefined. */
  value(part: Tree, position?: HeldPosition): number {
    return numberOf(part, this.#reader)(0, position);
  }

  /** The newest answer of a part of one of the rules that is a condition. */
  truth(part: Tree, position?: HeldPosition): boolean | undefined {
    return conditionOf(part, this.#reader)(position);
  }

  readonly #reader: Reader = (part) => {
    const ring = this.#rings.get(seriesKey(part))?.ring;
    return (back) => ring?.at(back) ?? Number.NaN;
  };

  #next(source: Series["source"]): (candle: Candle) => number {
    if (typeof source === "string") return (candle) => candle[source];
    const key = indicatorKey(source.spec);
    const kernel = this.#kernels.get(key) ?? createKernel(source.spec);
    this.#kernels.set(key, kernel);
    const line = kernel.lines.indexOf(source.line);
    return () => kernel.at(line);
  }
}
