import { UserError } from "../domain/errors.ts";
import { baseOf, splitSymbol } from "../domain/instrument.ts";
import { nearest, oneOf } from "../domain/nearest.ts";
import type { BotFacts, Engine } from "../ports/engine.ts";
import { quoted } from "./arg-meta.ts";

export const SCOPE_EXPECTED = "all, account:NAME, symbol:BTC/USDT or bot:NAME";
const SCOPE = /^(all|account:[\w:.-]{1,80}|bot:[a-z][a-z0-9-]{0,31}|symbol:[a-z0-9/:-]{3,40})$/i;
/** More guesses than so many help nobody. */
const MEANT_MAX = 4;

/** What may be limited or locked, as far as the person who asks may know it. */
interface Seen {
  readonly bots: readonly BotFacts[];
  readonly engine: Pick<Engine, "accounts" | "market">;
}

/** What a limit or a lock is about, as it was typed. Throws UserError, with what may be meant, for a bare name: it may be one of several kinds. */
export function scopeKnown(name: string, typed: string, seen: Seen): string {
  if (SCOPE.test(typed)) return typed;
  const close = scopesMeant(typed.toLowerCase(), seen).slice(0, MEANT_MAX);
  const end = close.length === 0 ? "." : `; did you mean ${oneOf(close)}?`;
  throw new UserError(`${name}: expected ${SCOPE_EXPECTED}, found ${quoted(typed)}${end}`);
}

/** Everything of that very name, else what is spelled nearly so. */
function scopesMeant(typed: string, { bots, engine }: Seen): readonly string[] {
  const names = bots.map(({ state }) => state.spec.name);
  const accounts = ["paper", ...engine.accounts().flatMap(({ state, venue }) => (venue ? [state.account] : []))];
  const { symbols } = engine.market();
  const whole = splitSymbol(typed.toUpperCase())?.symbol ?? typed.toUpperCase();
  const exact = [
    ...names.filter((each) => each === typed).map((each) => `bot:${each}`),
    ...accounts.filter((each) => each === typed).map((each) => `account:${each}`),
    ...symbols.filter((symbol) => symbol === whole || baseOf(symbol) === whole).map((symbol) => `symbol:${symbol}`),
  ];
  if (exact.length > 0) return exact;
  const [bot, account] = [nearest(typed, names), nearest(typed, accounts)];
  return [...(bot === undefined ? [] : [`bot:${bot}`]), ...(account === undefined ? [] : [`account:${account}`])];
}
