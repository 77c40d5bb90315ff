import type { OpenBreaker } from "../domain/breaker.ts";
import { levelOf } from "../domain/limits.ts";
import { minuteText } from "../domain/time.ts";
import type { BotFacts } from "../ports/engine.ts";
import type { BreakerFacts } from "../ports/risk-facts.ts";
import { numberText, settingText } from "../risk/breaker-rules.ts";
import { scopeText } from "./risk-scopes.ts";

/** Rows that a card may have: of breakers that are asked of each bot, the nearest to opening stand for the rest. */
const ROWS_MAX = 40;

/** What a person may see, the open breakers in sentences, and every other one as a row with its reading and what opens it. `names` are the accounts that they may see. */
export function shownBreakers(
  facts: readonly BreakerFacts[],
  names: ReadonlyMap<string, string>,
  visible: readonly BotFacts[],
): { readonly open: string[]; readonly closed: string[][]; readonly notes: string[] } {
  const seen = facts.filter(({ account, scope }) => {
    if (levelOf(scope) === "bot") return visible.some(({ state }) => scope === `bot:${state.spec.id}`);
    return names.has(account);
  });
  const where = ({ account, scope }: BreakerFacts) => {
    const name = names.get(account) ?? account;
    if (scope === `account:${account}`) return name;
    return `${scopeText(scope, visible)}${levelOf(scope) === "bot" ? "" : ` in ${name}`}`;
  };
  const open = seen.flatMap((each) =>
    each.open
      ? [
          `The ${each.breaker} breaker of ${where(each)} is open since ${minuteText(each.open.sinceMs)} UTC, until ${endOf(each.open)}: ${each.open.reason}.`,
        ]
      : [],
  );
  const closed = seen.filter(({ open: isOpen, setting }) => !isOpen && setting);
  const nearest = closed.toSorted((a, b) => nearness(b) - nearness(a)).slice(0, ROWS_MAX);
  const left = closed.length - nearest.length;
  return {
    open,
    closed: nearest.map((each) => [each.breaker, where(each), ...readingOf(each)]),
    notes: [
      ...(left > 0 ? [`${left} more are further from opening.`] : []),
      "Of the market (volatility, gap, stale, diverging): they open for a symbol, in the minute in which it happens.",
    ],
  };
}

function readingOf({ breaker, setting, reading }: BreakerFacts): string[] {
  return [reading === undefined ? "-" : numberText(breaker, reading), setting ? settingText(breaker, setting) : "-"];
}

function nearness({ reading, setting }: BreakerFacts): number {
  return reading === undefined || !setting ? -1 : reading / setting.at;
}

function endOf({ untilMs, day, probing }: OpenBreaker): string {
  if (probing) return "half-open: it is being tried";
  if (day !== undefined) return "the local day ends";
  return untilMs === undefined ? "somebody resets it" : `${minuteText(untilMs)} UTC`;
}
