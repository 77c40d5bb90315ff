import { UserError } from "../domain/errors.ts";
import type { LimitMoney, LimitName, Limits, Session } from "../domain/limits.ts";
import { levelOf, type RiskScope } from "../domain/limits.ts";
import { LIMIT_RULES, type LimitRule } from "../risk/limit-rules.ts";
import { contradiction, isLimitName, loosened } from "../risk/limits.ts";
import type { None } from "./args-limits.ts";
import type { Call } from "./command.ts";
import { isLiveScope, scopeMeant, scopeText } from "./risk-scopes.ts";
import { type Card, card } from "./view.ts";

/** Limits as they are typed, by the names that people type. */
export interface LimitWish {
  readonly on?: string | undefined;
  readonly account?: string | undefined;
  readonly leverage?: number | undefined;
  readonly position?: LimitMoney | None | undefined;
  readonly exposure?: LimitMoney | None | undefined;
  readonly positions?: number | None | undefined;
  readonly orders?: number | None | undefined;
  readonly entries?: number | None | undefined;
  readonly daily_loss?: number | None | undefined;
  readonly drawdown?: number | None | undefined;
  readonly losses?: number | None | undefined;
  readonly cool_down?: number | None | undefined;
  readonly session?: Session | None | undefined;
  readonly allow?: readonly string[] | None | undefined;
  readonly deny?: readonly string[] | None | undefined;
  readonly spread?: number | None | undefined;
  readonly volume?: LimitMoney | None | undefined;
}

/** Names that are typed otherwise than they are kept. */
const TYPED: Readonly<Record<string, LimitName>> = {
  daily_loss: "dailyLossPct",
  drawdown: "drawdownPct",
  cool_down: "coolDownMs",
  spread: "spreadBps",
};

interface Changed {
  readonly scope: RiskScope;
  readonly before: Limits;
  readonly after: Limits;
}

/** Whether anything is wished that this desk keeps as a limit of a level. */
export function wishesLimits(wish: LimitWish): boolean {
  return wish.on !== undefined || Object.keys(changesOf(wish)).some((name) => name !== "leverage");
}

/** The limits before and after a wish. Throws UserError for what contradicts itself or does not exist at that level. */
export function changed(call: Call<LimitWish>): Changed {
  const { args, desk } = call;
  if (args.on !== undefined && args.account !== undefined) throw new UserError("on: an account is named beside it; give one of the two.");
  const scope = scopeMeant(call, args.on ?? (args.account === undefined ? "all" : `account:${args.account}`));
  const level = levelOf(scope);
  const before = desk.state.limits.get(scope) ?? {};
  const kept = new Map<string, unknown>(Object.entries(before));
  const changes = Object.entries(changesOf(args));
  if (changes.length === 0) throw new UserError('Say which limit is to be set, as in position:"500 USDT" or daily_loss:3%.');
  for (const [name, value] of changes) {
    if (isLimitName(name) && !LIMIT_RULES[name].levels.some((each) => each === level))
      throw new UserError(
        `${typedName(name)}: it is limited for ${LIMIT_RULES[name].levels.map((each) => (each === "fleet" ? "all" : each)).join(", ")}, found ${scopeText(scope, call.engine.bots())}; choose one of these with on.`,
      );
    if (name === "leverage" && level === "account")
      throw new UserError("leverage: for an account it is set alone, as in risk set account:main leverage:3.");
    if (value === "none") kept.delete(name);
    else kept.set(name, value);
  }
  const after: Limits = Object.fromEntries(kept);
  const wrong = contradiction(after);
  if (wrong !== undefined) throw new UserError(`${wrong}.`);
  return { scope, before, after };
}

/** What is asked before limits are loosened; nothing where they are only tightened. */
export function looserQuestion(call: Call<LimitWish>): string | undefined {
  const { scope, before, after } = changed(call);
  const names = loosened(before, after);
  if (names.length === 0) return undefined;
  const what = names.map((name) => LIMIT_RULES[name].title.toLowerCase()).join(", ");
  return `Allow more than now on ${scopeText(scope, call.engine.bots())}: ${what}? Bots may then enter where they are denied now.`;
}

/** Whether a looser limit concerns real money. */
export function loosensLive(call: Call<LimitWish>): boolean {
  const { scope, before, after } = changed(call);
  return loosened(before, after).length > 0 && isLiveScope(call, scope);
}

/** Records the limits of a scope as they were wished. Throws UserError where the wish cannot be set. */
export function setLimits(call: Call<LimitWish>): Card {
  const { scope, after } = changed(call);
  const { limits } = call.desk.state;
  call.record({ type: "limits-set", scope, limits: after, by: call.caller.user }, () => limits.get(scope));
  const held = Object.keys(after)
    .filter(isLimitName)
    .map((name) => limitText(name, after));
  return card(`Limits of ${scopeText(scope, call.engine.bots())} are set`)
    .good()
    .line(
      held.length === 0 ? "Nothing is limited there any more." : `What holds there: ${held.join("; ")}.`,
      "Positions and their exits are not touched; only entries are denied or made smaller.",
    )
    .button("Show", "risk show");
}

/** `daily loss 5%`. */
function limitText<N extends LimitName>(name: N, limits: Limits): string {
  const limit = limits[name];
  const rule: LimitRule<N> = LIMIT_RULES[name];
  return `${rule.title.toLowerCase()} ${limit === undefined ? "none" : rule.text(limit)}`;
}

function changesOf(wish: LimitWish): Readonly<Record<string, unknown>> {
  const { on: _on, account: _account, ...limits } = wish;
  const found = Object.entries(limits).map(([name, value]) => [TYPED[name] ?? name, value] as const);
  return Object.fromEntries(found.filter(([name, value]) => isLimitName(name) && value !== undefined));
}

function typedName(name: LimitName): string {
  return Object.entries(TYPED).find(([, kept]) => kept === name)?.[0] ?? name;
}
