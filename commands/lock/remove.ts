import { scopeWords } from "../../src/chat/args-limits.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { isLiveScope, scopeMeant, scopeText } from "../../src/chat/risk-scopes.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Lets a locked bot, symbol, account or all enter again",
  role: "trader",
  factor: true,
  factorUnless: (call) => !isLiveScope(call, lockedScope(call)),
  args: { on: scopeWords.describe("What was locked: all, account:NAME, symbol:BTC/USDT or bot:NAME") },
  danger: (call) => `Let ${scopeText(lockedScope(call), call.engine.bots())} enter again?`,
  run(call) {
    const scope = lockedScope(call);
    call.record({ type: "entries-unlocked", scope, by: call.caller.user }, () => call.desk.state.locks.get(scope));
    return card(`Entries of ${scopeText(scope, call.engine.bots())} are no longer locked`).good();
  },
});

function lockedScope(call: Call<{ readonly on: string }>) {
  const scope = scopeMeant(call, call.args.on);
  if (!call.desk.state.locks.has(scope))
    throw new UserError(`Entries of ${scopeText(scope, call.engine.bots())} are not locked. \`lock list\` shows what is.`);
  return scope;
}
