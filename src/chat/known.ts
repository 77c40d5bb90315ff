import { UserError } from "../domain/errors.ts";
import type { Role } from "../domain/events.ts";
import { baseOf, splitSymbol } from "../domain/instrument.ts";
import { meant, oneOf } from "../domain/nearest.ts";
import type { AccountFacts, BotFacts, DeskLedger, Engine } from "../ports/engine.ts";
import { type Asker, atLeast, type People, rolesOn, visibleAccounts } from "./access.ts";
import type { Argument } from "./arg-info.ts";
import { quoted, type Source } from "./arg-meta.ts";
import type { Strategies } from "./command.ts";
import { alertsOf } from "./rule-alerts.ts";
import { scopeKnown } from "./scopes-known.ts";

/** What exists, as far as the person who asks may know it. */
export interface Sight {
  readonly bots: readonly BotFacts[];
  readonly accounts: () => readonly AccountFacts[];
  readonly engine: Engine;
  readonly strategies: Strategies;
  readonly paths: readonly string[];
  /** Ids of the alerts that the person made. */
  readonly alerts: readonly string[];
}

export interface SightWish {
  readonly asker: Asker;
  readonly need: Role;
  readonly paths: readonly string[];
  /** All bots of the desk. */
  readonly all: readonly BotFacts[];
}

/** What a person may know to exist who uses a command with that role. */
export function sightOf(
  { engine, strategies, desk }: { readonly engine: Engine; readonly strategies: Strategies; readonly desk: DeskLedger },
  people: People,
  { asker, need, paths, all }: SightWish,
): Sight {
  const roleOf = rolesOn(people, asker);
  const bots = all.filter(({ state }) => atLeast(roleOf(state.spec), need));
  const alerts = alertsOf(desk.state, asker.user).map(({ id }) => id);
  const accounts = () => visibleAccounts(people, asker, engine.accounts());
  return { bots, accounts, engine, strategies, paths, alerts };
}

const LISTED_MAX = 12;

/** The values that an argument may have now: its own choices, or what exists. */
export function offersOf({ meta }: Argument, sight: Sight): readonly string[] {
  return [...(meta.source === undefined ? [] : valuesOf(meta.source, sight)), ...(meta.choices ?? [])];
}

function valuesOf(source: Source, { bots, accounts, engine, strategies, paths, alerts }: Sight): readonly string[] {
  const names = bots.map(({ state }) => state.spec.name);
  const groups = [...new Set(bots.map(({ state }) => state.spec.group).filter((group) => group !== undefined))].sort();
  switch (source) {
    case "bots":
      return [...names, ...groups.filter((group) => !names.includes(group)), ...(names.length > 1 ? ["all"] : [])];
    case "symbols":
    case "any-symbol":
      return engine.market().symbols;
    case "strategies":
      return strategies.strategyNames();
    case "scopes":
      return names.map((name) => `bot:${name}`);
    case "accounts":
      return accounts().flatMap(({ state, venue }) => (venue ? [state.account] : []));
    case "entries":
      return bots.flatMap(({ orders }) => orders.filter(({ purpose }) => purpose === "entry").map(({ clientOrderId }) => clientOrderId));
    case "commands":
      return paths;
    case "alerts":
      return alerts;
    case "grants":
      return ["desk", "here", ...names.map((name) => `bot:${name}`), ...groups.map((group) => `group:${group}`)];
  }
}

/** Why an argument cannot be asked for: there is nothing that it could name. Undefined where there is. */
export function nothingToName(argument: Argument, sight: Sight): string | undefined {
  if (argument.meta.source !== "accounts" || offersOf(argument, sight).length > 0) return undefined;
  return `${argument.name}: there is no account at an exchange yet; \`account connect\` makes one.`;
}

/** A parsed value as this desk knows it: `btc` becomes `BTC/USDT`. Throws UserError when there is no such thing. */
export function resolveKnown({ meta, name }: Argument, value: unknown, sight: Sight): unknown {
  if (meta.source === "symbols") {
    const { symbols } = sight.engine.market();
    if (Array.isArray(value)) return [...new Set(value.map((each) => symbolOf(String(each), symbols)))];
    return typeof value === "string" ? symbolOf(value, symbols) : value;
  }
  if (meta.source === "scopes" && typeof value === "string") return scopeKnown(name, value, sight);
  const names = meta.source === "strategies" ? [...sight.strategies.strategyNames(), ...(meta.choices ?? [])] : undefined;
  if (names && typeof value === "string" && !names.includes(value)) {
    throw new UserError(`${name}: there is no strategy ${quoted(value)}${meant(value, names)} There are ${names.join(", ")}.`);
  }
  return value;
}

/** The symbol of a market that was typed, as `btc` for `BTC/USDT`. Throws UserError when it has no such one. */
export function symbolOf(typed: string, symbols: readonly string[]): string {
  const whole = splitSymbol(typed)?.symbol ?? typed;
  if (symbols.includes(whole)) return whole;
  if (symbols.length === 0)
    throw new UserError("symbol: the market has not said yet what trades on it. Try again in a moment; `system health` says why.");
  const ofBase = symbols.filter((symbol) => baseOf(symbol) === typed || symbol.split(":")[0] === whole);
  if (ofBase.length === 1) return ofBase[0]!;
  if (ofBase.length > 1) throw new UserError(`symbol: ${quoted(typed)} may be ${oneOf(ofBase.slice(0, LISTED_MAX))}: say which.`);
  const listed = symbols.slice(0, LISTED_MAX).join(", ");
  const more = symbols.length > LISTED_MAX ? ` and ${symbols.length - LISTED_MAX} more` : "";
  throw new UserError(`symbol: this market has no ${quoted(typed)}${meant(whole, symbols)} It has ${listed}${more}.`);
}
