import type { Candle } from "../domain/candle.ts";
import { decimal } from "../domain/money.ts";
import { kindOf } from "../rules/check.ts";
import { INDICATORS_MAX, RULE_LENGTH_MAX } from "../rules/limits.ts";
import type { Rule } from "../rules/plan.ts";
import { digits, print } from "../rules/print.ts";
import { RuleRun } from "../rules/run.ts";
import { partsOf, type Tree } from "../rules/tree.ts";
import { wordsOf } from "../rules/words.ts";
import { percentText, priceText } from "./amounts.ts";
import { type Card, card, right } from "./view.ts";

const DECIMALS = 2;
const SMALL_DIGITS = 4;

/** What a rule says, reads and costs. */
export function ruleCard(rule: Rule): Card {
  const words = wordsOf(rule.tree);
  const reads = [...new Set([...partsOf(rule.tree)].filter(isRead).map((part) => print(unshifted(part))))];
  const candles = rule.warmup === 1 ? "1 closed candle" : `${rule.warmup} closed candles`;
  return card(rule.text)
    .line(`In words: ${words}.`)
    .line(rule.readsPosition ? "It asks about a position: while none is held, that part is undefined and makes nothing true." : undefined)
    .fields({
      Reads: reads.join(", "),
      "Warm-up": `${candles}; before that it is not true`,
      Size: `${rule.text.length} of ${RULE_LENGTH_MAX} characters, ${rule.specs.length} of ${INDICATORS_MAX} indicators`,
    });
}

function isRead(part: Tree): boolean {
  return part.kind === "field" || part.kind === "indicator" || part.kind === "fact";
}

function unshifted(part: Tree): Tree {
  return "back" in part ? { ...part, back: 0 } : part;
}

/** How a rule fared on candles without a position. */
export interface RuleTrial {
  /** Candles at which it could be judged, at most as many as were asked for. */
  readonly judged: number;
  readonly trueOn: number;
  /** Each comparison with its numbers at the newest candle. */
  readonly rows: readonly (readonly [term: string, now: string, holds: string])[];
}

/** Runs a rule over candles and counts on how many of the newest `count` it was true. */
export function tried(rule: Rule, candles: readonly Candle[], count: number): RuleTrial {
  const run = new RuleRun([rule]);
  const from = Math.max(rule.warmup - 1, candles.length - count);
  let trueOn = 0;
  for (const [index, candle] of candles.entries()) {
    run.push(candle);
    if (index >= from && run.isTrue(rule)) trueOn += 1;
  }
  const rows = [...partsOf(rule.tree)].flatMap((part) => {
    if (part.kind !== "compare" && part.kind !== "cross") return [];
    const sides = [part.left, part.right].map((side) => numberText(side, run.value(side)));
    return [[print(part), sides.join(" and "), answerText(run.truth(part))] as const];
  });
  return { judged: Math.max(0, candles.length - from), trueOn, rows };
}

/** Adds to a card what each comparison of a rule reads now and whether it holds. */
export function trialTable(answer: Card, { rows }: RuleTrial): Card {
  return answer.table(["Term", right("Both sides now"), "Holds"], rows);
}

function answerText(truth: boolean | undefined): string {
  return truth === undefined ? "undefined" : truth ? "yes" : "no";
}

function numberText(side: Tree, value: number): string {
  if (Number.isNaN(value)) return "undefined";
  const kind = kindOf(side);
  if (kind === "price") return priceText(decimal(value));
  if (kind === "percent") return percentText(value * 100);
  return digits(Math.abs(value) >= 1 ? Number(value.toFixed(DECIMALS)) : Number(value.toPrecision(SMALL_DIGITS)));
}
