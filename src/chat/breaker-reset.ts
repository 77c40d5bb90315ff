import type { BreakerName, OpenBreaker } from "../domain/breaker.ts";
import { UserError } from "../domain/errors.ts";
import { resetKey } from "../domain/fold-desk-risk.ts";
import { levelOf, type RiskScope } from "../domain/limits.ts";
import { oneOf } from "../domain/nearest.ts";
import { minuteText, spanText, wallMs } from "../domain/time.ts";
import type { AccountFacts } from "../ports/engine.ts";
import { APPROVAL_PCT, COOL_OFF_MS, RESET_ASKED_MAX_MS } from "../risk/breaker-defaults.ts";
import { BREAKER_RULES, numberText, REACTION_WORDS } from "../risk/breaker-rules.ts";
import { samePerson } from "./access.ts";
import { accountNameFor } from "./account-names.ts";
import type { Call, There } from "./command.ts";
import { scopeMeant, scopeText } from "./risk-scopes.ts";
import { type Card, card } from "./view.ts";

/** Lines that are told of open breakers: what is said stays one sentence. */
const LINES_MAX = 4;

export interface ResetWish {
  readonly breaker?: BreakerName | undefined;
  readonly on?: string | undefined;
  readonly typed?: string | undefined;
}

/** What is to be reset: an open breaker, or a drawdown that a limit looks at. */
export interface Resettable {
  readonly account: AccountFacts;
  readonly breaker: BreakerName;
  readonly scope: RiskScope;
  readonly open: OpenBreaker | undefined;
  /** As people read it: `the drawdown breaker of account main`. */
  readonly name: string;
}

/** The breaker that somebody means; throws UserError where none is open, or several are. */
export function resettable(call: Call<ResetWish>): Resettable {
  const { args, accounts, role, desk, caller, engine } = call;
  const breaker = args.breaker;
  if (breaker === undefined) throw new UserError("breaker: say which one is to be reset; `risk breakers` shows what is open.");
  const scope = args.on === undefined ? undefined : scopeMeant(call, args.on);
  const mine = accounts.filter(({ state }) => role === "admin" || samePerson(desk.state.links, state.owner, caller.user));
  const openIn = (account: AccountFacts): Resettable[] =>
    [...account.state.breakers.open.values()]
      .filter(
        (open) => open.breaker === breaker && (scope === undefined || open.scope === scope || scope === `account:${account.state.account}`),
      )
      .map((open) => ({ account, breaker, scope: open.scope, open, name: nameOf(call, open) }));
  const found = mine.flatMap(openIn);
  const [first] = found;
  if (first && found.length === 1) return first;
  if (first)
    throw new UserError(`${titleOf(breaker)} is open more than once: ${found.map((each) => each.name).join(", ")}. Say which one with on.`);
  const limited = breaker === "drawdown" && scope !== undefined && desk.state.limits.get(scope)?.drawdownPct !== undefined;
  const account = limited ? mine.find(({ state }) => concerns(state, scope)) : undefined;
  if (limited && account) return { account, breaker, scope, open: undefined, name: nameOf(call, { breaker, scope }) };
  const others = accounts.find((each) => openIn(each).length > 0);
  if (others)
    throw new UserError(`${others.state.account} belongs to ${others.state.owner}: only they or an admin can reset its breakers.`);
  const where = scope === undefined ? "" : ` of ${scopeText(scope, engine.bots())}`;
  throw new UserError(`The ${breaker} breaker${where} is not open; there is nothing to reset. \`risk breakers\` shows what is.`);
}

function concerns(state: AccountFacts["state"], scope: RiskScope): boolean {
  return scope === `account:${state.account}` || state.bots.has(scope.slice("bot:".length));
}

function titleOf(breaker: BreakerName): string {
  return `The ${breaker} breaker`;
}

function nameOf({ engine }: Call<ResetWish>, { breaker, scope }: Pick<OpenBreaker, "breaker" | "scope">): string {
  return `the ${breaker} breaker of ${scopeText(scope, engine.bots())}`;
}

/** Whether one person may not reset it at once: it halts the desk, or it is about a real loss. */
export function needsApproval({ account: { state }, open }: Resettable): boolean {
  if (!open) return false;
  if (open.reaction === "halt") return true;
  if (state.mode !== "live") return false;
  const isLoss = BREAKER_RULES[open.breaker].of === "results" && (open.reading ?? 0) >= APPROVAL_PCT;
  return open.reaction === "flatten" || isLoss;
}

/** How a breaker is closed, with the line to type for each that is open; for who names none and no paused account either. */
export function closingText({ accounts, bots }: There): string {
  const names = new Map(bots.map(({ state: { spec } }): [string, string] => [`bot:${spec.id}`, `bot:${spec.name}`]));
  const open = accounts.flatMap(({ state }) => [...state.breakers.open.values()]);
  const lines = open.flatMap(({ breaker, scope }) => {
    const where = levelOf(scope) === "bot" ? names.get(scope) : scope;
    return where === undefined ? [] : [`\`risk reset breaker:${breaker} on:${where}\``];
  });
  const told = [...new Set(lines)];
  if (told.length === 0) return "An open breaker is closed by `risk reset breaker:NAME on:SCOPE`; none is open now.";
  const more = told.length > LINES_MAX ? "; `risk breakers` shows the others" : "";
  return `An open breaker is closed by ${oneOf(told.slice(0, LINES_MAX))}${more}.`;
}

/** What is typed by who resets alone. */
export function phraseOf({ breaker }: Pick<Resettable, "breaker">): string {
  return `RESET ${breaker}`;
}

/** What stands in the way of a reset that takes two: nothing, that it was not asked for yet, or a sentence. */
export function approval(call: Call<ResetWish>, wanted: Resettable): "ask" | { readonly reason: string } {
  const { caller, clock, desk, args } = call;
  if (!wanted.open || !needsApproval(wanted)) return { reason: `by ${caller.user}` };
  const asked = desk.state.resets.get(resetKey(wanted.account.state.account, wanted));
  const nowMs = clock.wall();
  if (!asked || asked.sinceMs !== wanted.open.sinceMs || nowMs - asked.atMs > RESET_ASKED_MAX_MS) return "ask";
  if (!samePerson(desk.state.links, asked.by, caller.user)) return { reason: `asked for by ${asked.by}, approved by ${caller.user}` };
  const left = asked.atMs + COOL_OFF_MS - nowMs;
  const phrase = phraseOf(wanted);
  if (left > 0)
    throw new UserError(
      `You asked for this at ${minuteText(asked.atMs)} UTC. Somebody else with the right to may approve it at once by the same command; you alone may in ${spanText(left)}, with typed:"${phrase}".`,
    );
  if (args.typed !== phrase)
    throw new UserError(
      `typed: to reset ${wanted.name} alone, add typed:"${phrase}", exactly so${args.typed === undefined ? "" : "; found something else"}.`,
    );
  return { reason: `asked for by ${asked.by} at ${minuteText(asked.atMs)} UTC, and confirmed alone after the wait` };
}

/** Asked before it runs, with the numbers. */
export function resetQuestion(call: Call<ResetWish>): string | undefined {
  const wanted = resettable(call);
  if (approval(call, wanted) === "ask") return undefined;
  const { open, name } = wanted;
  const after = wanted.breaker === "drawdown" ? " Drawdown counts from now on." : "";
  if (!open) return `Reset ${name}?${after}`;
  return `Reset ${name}? It has been open since ${minuteText(open.sinceMs)} UTC, because ${open.reason}. Bots may enter again after this.${after}`;
}

/** Resets, or writes down that somebody wants it. */
export async function resetOrAsk(call: Call<ResetWish>): Promise<Card> {
  const wanted = resettable(call);
  const { account, breaker, scope, open, name } = wanted;
  const answer = approval(call, wanted);
  const of = accountNameFor(account.state, call.caller.user);
  if (answer === "ask" && open) {
    const asked = {
      account: account.state.account,
      breaker,
      scope,
      sinceMs: open.sinceMs,
      atMs: wallMs(call.clock.wall()),
      by: call.caller.user,
    };
    call.record({ type: "reset-asked", ...asked });
    const reading = open.reading === undefined ? open.reason : `${open.reason} (it read ${numberText(breaker, open.reading)})`;
    return card(`Resetting ${name} takes a second person`)
      .warning()
      .line(
        `It ${REACTION_WORDS[open.reaction]} in ${of}, because ${reading}.`,
        "Somebody else with the right to approves it by sending the same command within a day.",
        `You alone may do it in ${spanText(COOL_OFF_MS)}, with typed:"${phraseOf(wanted)}".`,
      );
  }
  if (answer === "ask") throw new UserError(`The ${breaker} breaker is not open; there is nothing to reset.`);
  const opening = { breaker, scope, ...(open && { sinceMs: open.sinceMs }) };
  await call.engine.breakers.reset(account.state.account, opening, answer.reason, call.caller);
  return card(`${titleOf(breaker)} of ${scopeText(scope, call.engine.bots())} is closed`)
    .good()
    .line(
      breaker === "drawdown" ? "Drawdown counts from now on: this is the new peak." : undefined,
      breaker === "daily-loss" ? "What the rest of the day may lose counts from now on." : undefined,
      levelOf(scope) === "symbol" ? "It opens again by itself when the market gives it a reason." : undefined,
    )
    .button("Breakers", "risk breakers");
}
