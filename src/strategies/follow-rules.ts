import type { BotRules } from "../domain/bot.ts";
import { deepest, type Series } from "../domain/series.ts";
import { enter, exit, hold, type IndicatorSpec } from "../domain/signal.ts";
import type { DecideInput, Decider, Past, Term } from "../ports/strategy.ts";
import { type Condition, conditionOf, type Moment } from "../rules/evaluate.ts";
import { candlesFor, type Rule, ruleOf } from "../rules/plan.ts";
import { print } from "../rules/print.ts";
import { specOf } from "../rules/series.ts";
import { becauseOf, numbersOf, termsOf } from "../rules/terms.ts";
import { partsOf, type Tree } from "../rules/tree.ts";
import { watchedRule } from "../rules/use.ts";
import { apart, rounded } from "./define.ts";

/** Longest reason that a decision gives: it stands in events and alerts. */
const REASON_MAX = 300;

/** A rule ready to be asked at slots. */
interface Judge {
  readonly rule: Rule;
  isTrue(moment: Moment, past: Past): boolean;
}

/**
 * What two rules decide, read and compiled once. It buys when the first is true and the second is not, and sells when the second is true; what
 * follows from the slot alone is found once for all bots on the feed. Throws RuleError where a rule cannot be read.
 */
export function followRules({ enter: entering, exit: leaving }: BotRules): Decider {
  const buy = judgeOf(ruleOf(entering));
  const sell = leaving === undefined ? undefined : judgeOf(ruleOf(leaving));
  const rules = [buy.rule, ...(sell ? [sell.rule] : [])];
  return {
    indicators: Object.fromEntries(rules.flatMap(({ tree }) => namedSpecs(tree))),
    series: deepest(rules.flatMap(({ series }) => series)),
    decide(input) {
      const moment = momentOf(input);
      const sells = sell?.isTrue(moment, input.past) ?? false;
      if (input.position.flat) return !sells && buy.isTrue(moment, input.past) ? enter("long", reasonOf(buy, moment)) : hold;
      return sell && sells ? exit(reasonOf(sell, moment)) : hold;
    },
    explain(input) {
      const moment = momentOf(input);
      const terms = [...termsOn("enter", buy, moment), ...(sell ? termsOn("exit", sell, moment) : [])];
      const said = (name: string, judge: Judge) =>
        `${name} is ${judge.isTrue(moment, input.past) ? "true" : "not true"}: ${reasonOf(judge, moment)}`;
      const sells = sell?.isTrue(moment, input.past) ?? false;
      if (!input.position.flat) return { because: sell ? said("exit", sell) : "it has no rule to exit", terms };
      return { because: sell && sells ? `nothing is bought while ${said("exit", sell)}` : said("enter", buy), terms };
    },
  };
}

/** A rule that is asked of the candles alone. */
export interface Asked {
  readonly reads: { readonly specs: readonly IndicatorSpec[]; readonly series: readonly Series[] };
  isTrue(past: Past): boolean;
  /** Why it is as it is, with its numbers. */
  because(past: Past): string;
}

/** Reads and compiles a rule that is asked without a position. Throws RuleError where it cannot be read. */
export function askRule(text: string): Asked {
  const judge = judgeOf(watchedRule(text));
  const moment = (past: Past): Moment => ({
    at: (key, back) => past.at(key, back),
    once: (name, asked) => past.once(name, asked),
    position: undefined,
  });
  return {
    reads: { specs: judge.rule.specs, series: judge.rule.series },
    isTrue: (past) => judge.isTrue(moment(past), past),
    because: (past) => reasonOf(judge, moment(past)),
  };
}

function momentOf({ past, position }: DecideInput): Moment {
  const { entryPrice, barsHeld } = position;
  return {
    at: (key, back) => past.at(key, back),
    once: (name, judge) => past.once(name, judge),
    position: entryPrice === undefined ? undefined : { entryPrice, barsHeld },
  };
}

function judgeOf(rule: Rule): Judge {
  const condition = remembered(rule.tree);
  const needs = rule.series.map((series): [string, number] => [series.key, candlesFor(series)]);
  const isWarm = (past: Past) => past.once(`warm: ${rule.text}`, () => needs.every(([key, candles]) => past.seen(key) >= candles)) === true;
  return { rule, isTrue: (moment, past) => isWarm(past) && condition(moment) === true };
}

/** What asks about no position is answered once per slot, under its text, for all rules on the feed that say the same. */
function remembered(tree: Tree): Condition {
  const inner = conditionOf(tree, remembered);
  if (readsPosition(tree)) return inner;
  const text = print(tree);
  return (moment) => moment.once(text, () => inner(moment));
}

function readsPosition(tree: Tree): boolean {
  return [...partsOf(tree)].some(({ kind }) => kind === "fact");
}

/** Each indicator under the name that people type, as `rsi(14)`. */
function namedSpecs(tree: Tree): [string, IndicatorSpec][] {
  return [...partsOf(tree)].flatMap((part): [string, IndicatorSpec][] =>
    part.kind === "indicator" ? [[print({ ...part, back: 0, line: "value" }), specOf(part)]] : [],
  );
}

function reasonOf({ rule }: Judge, moment: Moment): string {
  const reason = becauseOf(rule.tree, moment, writeBoth);
  return reason.length > REASON_MAX ? `${reason.slice(0, REASON_MAX - 3)}...` : reason;
}

function termsOn(side: Term["side"], { rule }: Judge, moment: Moment): Term[] {
  return termsOf(rule.tree).map((term) => {
    const [left, right] = numbersOf(term, moment, writeBoth);
    return { side, text: print(term), numbers: `${left} and ${right}`, holds: conditionOf(term)(moment) };
  });
}

function writeBoth(left: number, right: number): readonly [string, string] {
  return Number.isNaN(left) || Number.isNaN(right) ? [rounded(left), rounded(right)] : apart(left, right);
}
