import { type BotRules, type BotSpec, OWN_RULES } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { baseOf } from "../domain/instrument.ts";
import type { BotFacts, NewBot } from "../ports/engine.ts";
import type { Strategy } from "../ports/strategy.ts";
import { RISK_PRESETS, type RiskLevel } from "../risk/presets.ts";
import type { Rule } from "../rules/plan.ts";
import { quoted } from "./arg-meta.ts";
import { type ExitWish, stop, take } from "./args-exits.ts";
import type { CapWish, SizeWish } from "./args-size.ts";
import { coinsOf } from "./coins.ts";
import type { Strategies } from "./command.ts";

/** A stop as it was typed. */
type StopWish = ExitWish & { readonly currency?: string };

/** Names that mean something else where a bot is named. */
const RESERVED: readonly string[] = ["all", "none"];
const NAME_MAX = 32;
/** How much of the equity an entry is where nothing is said. */
const SIZE_PCT = 10;

export interface NameWish {
  readonly name: string | undefined;
  readonly group: string | undefined;
  readonly symbols: readonly string[];
  readonly strategy: string;
}

/** Names for new bots: as wished, else made from strategy and base (`ema-btc`) and made unique. Several symbols share a group. Throws UserError when a wished name is taken. */
export function namesFor(
  wish: NameWish,
  bots: readonly BotFacts[],
): { readonly names: readonly string[]; readonly group: string | undefined } {
  const specs = bots.map(({ state }) => state.spec);
  const taken = new Set([...RESERVED, ...specs.flatMap(({ name, group }) => (group === undefined ? [name] : [name, group]))]);
  if (wish.group !== undefined) refuseGroup(wish.group, specs);
  if (wish.symbols.length === 1) {
    const name = wish.name ?? unique(`${shortName(wish.strategy)}-${baseOf(wish.symbols[0]!).toLowerCase()}`, taken);
    refuseTaken(name, taken);
    return { names: [name], group: wish.group };
  }
  const group = wish.group ?? wish.name ?? unique(shortName(wish.strategy), taken);
  refuseGroup(group, specs);
  const prefix = wish.name ?? group;
  const names = wish.symbols.map((symbol) => {
    const name = unique(`${prefix}-${baseOf(symbol).toLowerCase()}`, taken);
    taken.add(name);
    return name;
  });
  return { names, group };
}

function refuseTaken(name: string, taken: ReadonlySet<string>): void {
  if (RESERVED.includes(name)) throw new UserError(`name: ${quoted(name)} has a meaning of its own; choose another name.`);
  if (taken.has(name))
    throw new UserError(`name: ${quoted(name)} is taken by a bot or a group; choose another name, such as ${unique(name, taken)}.`);
}

function refuseGroup(group: string, specs: readonly BotSpec[]): void {
  if (RESERVED.includes(group)) throw new UserError(`group: ${quoted(group)} has a meaning of its own; choose another name.`);
  if (specs.some(({ name }) => name === group)) throw new UserError(`group: ${quoted(group)} is the name of a bot; choose another name.`);
}

function shortName(strategy: string): string {
  return strategy.split("-")[0] ?? strategy;
}

function unique(wished: string, taken: ReadonlySet<string>): string {
  const name = wished.slice(0, NAME_MAX);
  if (!taken.has(name)) return name;
  for (let count = 2; ; count++) {
    const numbered = `${name.slice(0, NAME_MAX - String(count).length - 1)}-${count}`;
    if (!taken.has(numbered)) return numbered;
  }
}

export interface StrategyWish {
  readonly strategy: string | undefined;
  readonly params: Readonly<Record<string, number>> | undefined;
  readonly enter: Rule | undefined;
  readonly exit: Rule | "none" | undefined;
}

/** What bot create asks for: a strategy, or the rules that stand for one. */
export function askedFor({ strategy, enter, exit }: Readonly<Record<string, string>>): readonly string[] {
  const byRules = strategy?.trim().toLowerCase() === OWN_RULES || (strategy === undefined && (enter ?? exit) !== undefined);
  return byRules ? ["enter", "exit"] : ["strategy"];
}

/** What decides for new bots. Throws UserError where a strategy and rules are given, or parameters that nothing takes. */
export function deciderOf(
  { strategy, params, enter, exit }: StrategyWish,
  strategyNamed: (name: string) => Strategy,
): { readonly strategy: string; readonly params: Readonly<Record<string, number>>; readonly rules?: BotRules } {
  if (strategy !== undefined && strategy !== OWN_RULES) {
    if (enter ?? exit)
      throw new UserError(
        `${enter ? "enter" : "exit"}: a bot follows a strategy or rules of its own, found both; leave out strategy, or leave out enter and exit.`,
      );
    return { strategy, params: paramsFor(strategyNamed(strategy), params ?? {}) };
  }
  if (!enter) throw new UserError("enter: expected a rule by which the bot buys; give one.");
  if (params && Object.keys(params).length > 0)
    throw new UserError("params: rules of its own take no parameters; write the numbers into enter and exit.");
  return { strategy: OWN_RULES, params: {}, rules: { enter: enter.text, exit: exit === "none" ? undefined : exit?.text } };
}

/** A strategy's parameters with its defaults. Throws UserError in one sentence when they cannot be used. */
export function paramsFor(strategy: Strategy, given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const parsed = strategy.params.safeParse(given);
  if (parsed.success) return parsed.data as Record<string, number>;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new UserError(
    `params: ${where === "" ? "" : `${where} `}${issue?.message ?? "not understood"}. \`strategy show ${strategy.name}\` explains them.`,
  );
}

/** The size of a new bot and its cap: as wished, else those of a risk level, else a tenth of the equity. Throws UserError for what cannot be meant. */
export function sizeOf(
  wish: {
    readonly size?: SizeWish | undefined;
    readonly max?: CapWish | undefined;
    readonly risk_level?: RiskLevel | undefined;
  },
  symbols: readonly string[],
): Pick<NewBot, "sizing" | "sizeMax"> {
  const { size, max, risk_level: level } = wish;
  if (size && level !== undefined)
    throw new UserError(`size: risk_level ${level} is a size of its own, found another one with it; give one of the two.`);
  for (const [name, given] of Object.entries({ size, max })) refuseCurrency(name, given?.currency, symbols);
  const preset = level && RISK_PRESETS[level];
  const sizing = size?.sizing ?? preset?.sizing ?? { kind: "equity-percent", pct: SIZE_PCT };
  const sizeMax = max?.sizing ?? preset?.sizeMax;
  return sizeMax ? { sizing, sizeMax } : { sizing };
}

/** Refuses an amount or a price in a currency that the symbol is not quoted in. */
export function refuseCurrency(name: string, currency: string | undefined, symbols: readonly string[]): void {
  const other = currency === undefined ? undefined : symbols.find((symbol) => coinsOf(symbol).quote !== currency);
  if (other === undefined) return;
  const { quote } = coinsOf(other);
  throw new UserError(`${name}: ${other} is traded in ${quote}, found ${currency}; give the ${name} in ${quote} or in percent.`);
}

/** Refuses what strategies and accounts here do not do, rather than do something else. Throws UserError. */
export function refuseUntraded({
  margin,
  direction,
}: {
  readonly margin?: "isolated" | "cross" | undefined;
  readonly direction?: "long" | "short" | "both" | undefined;
}): void {
  if (margin === "cross")
    throw new UserError(
      "margin: the desk trades with isolated margin only, found cross: a loss then ends at the margin of its own position, and where it would be liquidated is known before. Use margin:isolated.",
    );
  if (direction === "short" || direction === "both")
    throw new UserError(
      `direction: bots go long only, found ${direction}: strategies decide when to buy and when to sell again. \`order enter side:sell\` sells a perpetual contract short by hand, with its stop.`,
    );
}

/** Stop and target of a new bot where nothing else was said. */
const EXITS_PRESET = { stop: "2%", take: "4%" };

/** The stop and the target that were wished, else those of the strategy, else of every new bot. */
export function stopAndTake(
  given: { readonly stop?: StopWish | undefined; readonly take?: ExitWish | undefined },
  strategy: string,
  { strategyNames, strategyNamed }: Strategies,
): readonly [StopWish, ExitWish] {
  const preset = (strategyNames().includes(strategy) ? strategyNamed(strategy).exits : undefined) ?? EXITS_PRESET;
  return [given.stop ?? stop.parse(preset.stop), given.take ?? take.parse(preset.take)];
}

/** What a wish for a new bot is missing to be safe, to be said out loud. */
export function protectionWarning({ protection }: Pick<NewBot, "protection">): string | undefined {
  const { stopPct, stopAtr, stopPrice, trailingPct } = protection;
  const hasStop = [stopPct, stopAtr, stopPrice, trailingPct].some((each) => each !== undefined);
  return hasStop ? undefined : "This bot has no stop: a falling price is not limited.";
}
