import { UserError } from "../domain/errors.ts";
import { levelOf, type RiskScope } from "../domain/limits.ts";
import type { BotFacts } from "../ports/engine.ts";
import { samePerson } from "./access.ts";
import { quoted } from "./arg-meta.ts";
import type { Call } from "./command.ts";

type Asking = Pick<Call<unknown>, "accounts" | "engine" | "caller" | "role" | "desk">;

/** What somebody means by `bot:dip`, `account:main`, `account:paper` (their own), `symbol:BTC/USDT` or `all`. Throws UserError for what does not exist or is somebody else's. */
export function scopeMeant({ accounts, engine, caller, role, desk }: Asking, typed: string): RiskScope {
  const [kind = "", ...rest] = typed.split(":");
  const name = rest.join(":");
  switch (kind.toLowerCase()) {
    case "all":
      return "all";
    case "symbol":
      return `symbol:${name.toUpperCase().replace("-", "/")}`;
    case "bot": {
      const bot = engine.bot(name.toLowerCase());
      if (!bot) throw new UserError(`bot: there is no bot ${quoted(name)}; \`bot list\` shows what there is.`);
      return `bot:${bot.state.spec.id}`;
    }
    default: {
      const own = name === "paper" ? engine.accountOf(caller.user) : accounts.find(({ state }) => state.account === name);
      if (!own) throw new UserError(`account: there is no account ${quoted(name)}; \`account list\` shows what there is.`);
      if (role !== "admin" && !samePerson(desk.state.links, own.state.owner, caller.user))
        throw new UserError(`${own.state.account} belongs to ${own.state.owner}: only they or an admin can do this.`);
      return `account:${own.state.account}`;
    }
  }
}

/** A scope as people read it. */
export function scopeText(scope: RiskScope, bots: readonly BotFacts[]): string {
  if (scope === "all") return "the whole desk";
  if (levelOf(scope) !== "bot") return scope.replace(":", " ");
  const bot = bots.find(({ state }) => `bot:${state.spec.id}` === scope);
  return `bot ${bot?.state.spec.name ?? scope.slice("bot:".length)}`;
}

/** Whether real money is concerned by what holds for a scope. */
export function isLiveScope({ engine }: Pick<Asking, "engine">, scope: RiskScope): boolean {
  const accounts = engine.accounts().filter(({ state }) => state.mode === "live");
  if (levelOf(scope) === "account") return accounts.some(({ state }) => scope === `account:${state.account}`);
  if (levelOf(scope) === "bot") return accounts.some(({ state }) => state.bots.has(scope.slice("bot:".length)));
  return accounts.length > 0;
}
