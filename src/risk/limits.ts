import { type LimitName, type Limits, levelOf } from "../domain/limits.ts";
import { type Decimal, shown, ZERO } from "../domain/money.ts";
import { type EntryFacts, exposureText, type Level, LIMIT_RULES, type LimitCode, type LimitRule } from "./limit-rules.ts";
import { moneyText } from "./limit-words.ts";

export interface LimitDenial {
  readonly code: LimitCode;
  readonly because: string;
}

/** What a limit leaves, in quote. */
export interface LimitRoom {
  readonly code: LimitCode;
  readonly amount: Decimal;
  readonly name: string;
  readonly none: string;
}

export const LIMIT_NAMES = Object.keys(LIMIT_RULES).filter(isLimitName);

/** Whether there is a limit of this name. */
export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMIT_RULES, name);
}

/** The first limit that denies an entry, whatever its size. */
export function limitDenial(levels: readonly Level[], entry: EntryFacts): LimitDenial | undefined {
  for (const name of LIMIT_NAMES) {
    for (const level of levels) {
      const because = denialAt(name, level, entry);
      const { missing } = entry.counter;
      if (missing !== undefined) return { code: "conversion", because: `${missing} (limit of ${level.name})` };
      if (because !== undefined) return { code: codeAt(LIMIT_RULES[name], level), because: `${because} (limit of ${level.name})` };
    }
  }
  return undefined;
}

function codeAt({ code, codeElsewhere }: { readonly code: LimitCode; readonly codeElsewhere?: LimitCode }, { scope }: Level): LimitCode {
  return levelOf(scope) === "account" ? code : (codeElsewhere ?? code);
}

function denialAt<N extends LimitName>(name: N, level: Level, entry: EntryFacts): string | undefined {
  const limit = level.limits[name];
  if (limit === undefined) return undefined;
  const rule: LimitRule<N> = LIMIT_RULES[name];
  return rule.denies?.(limit, level, entry);
}

/** What limits leave of a size; what cannot be counted leaves nothing. `held`: what the position is worth already that is added to. */
export function limitRooms(levels: readonly Level[], entry: EntryFacts, held: Decimal = ZERO): LimitRoom[] {
  return (["position", "exposure"] as const).flatMap((name) =>
    levels.flatMap((level): LimitRoom[] => {
      const limit = level.limits[name];
      if (!limit) return [];
      const room = LIMIT_RULES[name].room?.(limit, level, entry);
      // What is held counts in the exposure already.
      const amount = name === "position" ? room?.minus(held) : room;
      const text = `the ${LIMIT_RULES[name].title.toLowerCase()} limit of ${level.name}, ${moneyText(limit)}`;
      const none =
        name === "position"
          ? text
          : `${level.facts.currency === limit.currency && level.facts.exposure ? shown(level.facts.exposure, 2) : exposureText(level.facts)} of ${moneyText(limit)} are open or being opened (limit of ${level.name})`;
      if (!amount) return [{ code: "conversion", amount: ZERO, name: text, none: entry.counter.missing ?? none }];
      return [{ code: name, amount, name: text, none }];
    }),
  );
}

/** Whether a set of limits allows more than another one: a limit less, or a looser one. Names them. */
export function loosened(before: Limits, after: Limits): LimitName[] {
  return LIMIT_NAMES.filter((name) => isLooser(name, before, after));
}

function isLooser<N extends LimitName>(name: N, before: Limits, after: Limits): boolean {
  const from = before[name];
  const to = after[name];
  if (from === undefined) return false;
  const rule: LimitRule<N> = LIMIT_RULES[name];
  return to === undefined || rule.looser(to, from);
}

/** Why limits contradict one another, as a sentence; undefined when they do not. */
export function contradiction(limits: Limits): string | undefined {
  const { position, exposure, allow, deny, session, orders } = limits;
  if (position && exposure && position.currency === exposure.currency && position.value.isGreaterThan(exposure.value))
    return `position: one position may be ${moneyText(position)}, which is more than the exposure of all together, ${moneyText(exposure)}; lower it or raise exposure`;
  const both = allow?.find((symbol) => deny?.includes(symbol));
  if (both !== undefined) return `allow: ${both} is on both lists, the allowed and the denied one; take it from one of them`;
  if (session && session.from === session.to) return "session: it begins and ends at the same time; give two different times";
  if (orders !== undefined && orders > ORDERS_MOST) return `orders: at most ${ORDERS_MOST} a minute are counted, found ${orders}`;
  return undefined;
}

/** As many orders a minute as the books remember. */
export const ORDERS_MOST = 1_000;

/** One limit of a level as people read it, with how much of it is used. */
export function limitLine(name: LimitName, level: Level, entry: EntryFacts): { title: string; limit: string; used: string } | undefined {
  return lineOf(name, level, entry);
}

function lineOf<N extends LimitName>(name: N, level: Level, entry: EntryFacts) {
  const limit = level.limits[name];
  if (limit === undefined) return undefined;
  const rule: LimitRule<N> = LIMIT_RULES[name];
  return { title: rule.title, limit: rule.text(limit), used: rule.used(limit, level, entry) ?? "-" };
}
