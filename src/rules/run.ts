import type { Candle } from "../domain/candle.ts";
import type { Kernel } from "../domain/indicator.ts";
import { deepest, type Series } from "../domain/series.ts";
import { indicatorKey } from "../domain/signal.ts";
import { createKernel } from "../indicators/registry.ts";
import { type Condition, conditionOf, type HeldPosition, type Moment, numberOf } from "./evaluate.ts";
import type { Rule } from "./plan.ts";
import { Ring } from "./ring.ts";
import type { Tree } from "./tree.ts";

/** Rules over one feed, one closed candle at a time. What several of them read is computed once. */
export class RuleRun {
  readonly #kernels = new Map<string, Kernel>();
  readonly #rings = new Map<string, { readonly ring: Ring; readonly next: (candle: Candle) => number }>();
  readonly #conditions = new Map<Rule, Condition>();
  #seen = 0;

  constructor(rules: readonly Rule[]) {
    for (const { key, source, depth } of deepest(rules.flatMap(({ series }) => series)))
      this.#rings.set(key, { ring: new Ring(depth), next: this.#next(source) });
    for (const rule of rules) this.#conditions.set(rule, conditionOf(rule.tree));
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
    return this.#seen >= rule.warmup && this.#conditions.get(rule)?.(this.#moment(position)) === true;
  }

  /** The newest value of a part of one of the rules that is a number; NaN while it is undefined. */
  value(part: Tree, position?: HeldPosition): number {
    return numberOf(part)(0, this.#moment(position));
  }

  /** The newest answer of a part of one of the rules that is a condition. */
  truth(part: Tree, position?: HeldPosition): boolean | undefined {
    return conditionOf(part)(this.#moment(position));
  }

  #moment(position: HeldPosition | undefined): Moment {
    return { at: (key, back) => this.#rings.get(key)?.ring.at(back) ?? Number.NaN, once: (_, judge) => judge(), position };
  }

  #next(source: Series["source"]): (candle: Candle) => number {
    if (typeof source === "string") return (candle) => candle[source];
    const key = indicatorKey(source.spec);
    const kernel = this.#kernels.get(key) ?? createKernel(source.spec);
    this.#kernels.set(key, kernel);
    const line = kernel.lines.indexOf(source.line);
    return () => kernel.at(line);
  }
}
