import type { BotState } from "../domain/books.ts";
import { type BotSpec, OWN_RULES, type Protection } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { priceOnTick } from "../domain/instrument.ts";
import { type Decimal, decimal, toJson } from "../domain/money.ts";
import { isProtective } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import type { BotChange } from "../ports/bot-changes.ts";
import { aboveLeverageLimit } from "../risk/leverage.ts";
import { isStopped } from "../risk/sizing.ts";
import type { Account } from "./account.ts";
import { buildsUp, planOf } from "./building.ts";
import { BY_HAND } from "./hand-bots.ts";
import { LiveAccount } from "./live/account.ts";
import { specOf } from "./new-bot.ts";
import { refuseBeyond } from "./plan-facts.ts";

/** The checked spec that a change leads to. Throws UserError with one sentence for the first thing that cannot be. */
export function changedSpec(account: Account, spec: BotSpec, change: BotChange): BotSpec {
  if (spec.strategy === BY_HAND)
    throw new UserError(
      `${spec.name} holds what was entered by hand and decides nothing: there is nothing to set. \`position close\` closes it.`,
    );
  const { sizeMax: cap, ...changed } = change;
  const { sizeMax: capBefore, rules: rulesBefore, ...kept } = { ...spec, protection: withoutOwnStop(account, spec) };
  const sizeMax = cap === "none" ? undefined : (cap ?? capBefore);
  const strategy = change.strategy ?? spec.strategy;
  // Another strategy begins with its own defaults.
  const params = change.params ?? (strategy === spec.strategy ? spec.params : {});
  const rules = strategy === OWN_RULES ? (change.rules ?? rulesBefore) : undefined;
  const wish = { ...kept, ...changed, strategy, params, ...(rules && { rules }), ...(sizeMax && { sizeMax }) };
  const instruments = account instanceof LiveAccount ? account.rules : account.services.market.instruments;
  const identity = { id: spec.id, owner: spec.owner, account: spec.account, currency: account.state.currency };
  const after = { ...specOf(wish, identity, { instruments }, (symbol) => priceAt(account, symbol)), mode: spec.mode };
  refuseBeyond(account, after);
  if (spec.mode !== "paper") refuseUnreal(account, after);
  return after;
}

/** The exits less the stop that followed from its plan, which follows anew from the changed one. */
function withoutOwnStop(account: Account, spec: BotSpec): Protection {
  const { stopPrice, ...rest } = spec.protection;
  const own = planOf(spec)?.stopPrice;
  const instrument = account.services.market.instruments.get(spec.symbol);
  if (own === undefined || !instrument || !stopPrice?.isEqualTo(priceOnTick(instrument, decimal(own), "sell"))) return spec.protection;
  return rest;
}

function priceAt({ priceOf }: Account, symbol: string): Decimal | undefined {
  const price = priceOf(symbol);
  return price === undefined ? undefined : decimal(price);
}

/** What real positions need beyond paper ones. */
function refuseUnreal({ state }: Account, { protection, leverage }: BotSpec): void {
  if (!isStopped(protection)) throw new UserError("stop: a real position needs one from its first moment; give a stop.");
  const limited = aboveLeverageLimit(state, leverage);
  if (limited !== undefined) throw new UserError(`leverage: ${limited}.`);
}

/** Why a change has to wait, in one sentence; undefined when it may be made now. To be asked in the account's queue, where nothing moves meanwhile. */
export function waitingFor({ state }: Account, bot: BotState, after: BotSpec): string | undefined {
  const { spec, status, position } = bot;
  const differs = (name: keyof BotSpec) => !isEqual(spec[name], after[name]);
  const decider = DECIDERS.filter(differs);
  const runs = status === "running" || status === "stopping";
  if (runs && (decider.length > 0 || differs("leverage")))
    return `${spec.name} runs, and ${decider[0] ?? "leverage"} is set while it is stopped: \`bot stop ${spec.name}\` first; what it holds keeps its stop.`;
  const builds = [spec, after].some(({ strategy }) => buildsUp(strategy));
  const levels = [...LEVELS, ...(builds ? PLANS : [])].filter(differs);
  if (levels.length === 0) return undefined;
  const works = [...state.orders.values()].some((order) => order.botId === spec.id && !isProtective(order));
  if (isFlat(position) && !works && bot.exit === undefined) return undefined;
  const what =
    levels[0] === "strategy" || levels[0] === "params"
      ? "the entries of its plan"
      : levels[0] === "leverage"
        ? "its leverage"
        : "its stop and targets";
  return `${spec.name} holds a position or is about to, and ${what} stand since it was opened: set them once it is flat, or \`position close ${spec.name}\`.`;
}

/** What decides when a bot acts. */
const DECIDERS = ["strategy", "rules", "params", "timeframe"] as const satisfies readonly (keyof BotSpec)[];
/** What an open position was opened with. */
const LEVELS = ["protection", "leverage"] as const satisfies readonly (keyof BotSpec)[];
/** What one that is built of several entries goes on by. */
const PLANS = ["strategy", "params"] as const satisfies readonly (keyof BotSpec)[];

/** Whether a bot decides otherwise than before. */
export function decidesOtherwise(before: BotSpec, after: BotSpec): boolean {
  return DECIDERS.some((name) => !isEqual(before[name], after[name]));
}

/** Specs are plain facts: equal texts are equal specs, whatever the order in which somebody named their parts. */
export function isEqual(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(toJson(value ?? null))));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const parts = Object.entries(value).map(([name, each]) => [name, sorted(each)] as const);
  return Object.fromEntries(parts.sort(([one], [other]) => (one < other ? -1 : 1)));
}
