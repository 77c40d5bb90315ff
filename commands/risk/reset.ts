import { accountHeld } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { quoted } from "../../src/chat/arg-meta.ts";
import { note } from "../../src/chat/args.ts";
import { scopeWords } from "../../src/chat/args-limits.ts";
import { accountName } from "../../src/chat/args-venue.ts";
import { approval, closingText, type ResetWish, resetOrAsk, resetQuestion, resettable } from "../../src/chat/breaker-reset.ts";
import { breakerName } from "../../src/chat/breaker-wish.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { pauseWords } from "../../src/chat/venue-reasons.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

interface Wish extends ResetWish {
  readonly account?: string | undefined;
}

export default defineCommand({
  summary: "Closes an open breaker, or lets a paused account enter again, once what stopped it is cured",
  role: "trader",
  factor: true,
  factorUnless: (call) => {
    if (call.args.breaker === undefined) return call.engine.account(call.args.account ?? "")?.venue?.environment === "demo";
    const wanted = resettable(call);
    return wanted.account.state.mode !== "live" || approval(call, wanted) === "ask";
  },
  args: {
    account: accountName.describe("Which paused account").optional(),
    breaker: breakerName.describe("Which open breaker").optional(),
    on: scopeWords.describe("Where it is open, if it is in several places: all, account:NAME, symbol:BTC/USDT or bot:NAME").optional(),
    typed: note.describe("What it takes to reset one alone that wants a second person").optional(),
  },
  asks: (given) => (given.breaker === undefined ? ["account"] : []),
  otherwise: closingText,
  danger(call) {
    if (call.args.breaker !== undefined) return resetQuestion(call);
    const { paused, name } = pausedOf(call);
    const { why, todo } = pauseWords(paused.code);
    return `${name} is paused because ${why} (${paused.reason}). ${todo} After this its bots may open positions again.`;
  },
  async run(call) {
    if (call.args.breaker !== undefined) return resetOrAsk(call);
    const { name, account } = pausedOf(call);
    await call.engine.resumeAccount(account, call.caller);
    return card(`${name} may enter again`).good().button("Test it", `account test ${account}`);
  },
});

function pausedOf(call: Call<Wish>) {
  const account = call.args.account ?? "";
  refuseBot(call, account);
  const { state } = accountHeld(call, account);
  const name = accountNameFor(state, call.caller.user);
  const { paused } = state.venue;
  if (!paused) throw new UserError(`${name} is not paused; there is nothing to reset.`);
  return { paused, name, account };
}

/** Says how a bot's breaker is reset to who names a bot where an account is expected. */
function refuseBot({ accounts, visible }: Call<Wish>, name: string): void {
  const bot = visible.find(({ state }) => state.spec.name === name);
  if (!bot || accounts.some(({ state }) => state.account === name)) return;
  const open = accounts.flatMap(({ state }) => [...state.breakers.open.values()]).find(({ scope }) => scope === `bot:${bot.state.spec.id}`);
  throw new UserError(
    open
      ? `account: ${quoted(name)} is a bot. Its open breaker is reset by \`risk reset breaker:${open.breaker} on:bot:${name}\`.`
      : `account: ${quoted(name)} is a bot, and no breaker of on:bot:${name} is open. \`risk breakers\` shows what is.`,
  );
}
