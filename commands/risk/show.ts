import { stateText } from "../../src/chat/account-cards.ts";
import { accountTitle } from "../../src/chat/account-names.ts";
import { moneyText, resultText } from "../../src/chat/amounts.ts";
import { shownName } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { atRiskText } from "../../src/chat/in-all.ts";
import { scopeText } from "../../src/chat/risk-scopes.ts";
import { card, right } from "../../src/chat/view.ts";
import { levelOf } from "../../src/domain/limits.ts";
import type { AccountFacts, BotFacts, Engine } from "../../src/ports/engine.ts";

/** Bots that are asked about at once. */
const LOOKED_AT_MAX = 50;

export default defineCommand({
  summary: "Shows every limit and how much of it is used, the live ceiling, and what would be denied now",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  async run({ accounts, engine, desk, caller, visible, limits }) {
    const ceiling = engine.ceiling();
    const { halt } = desk.state;
    return card("Risk")
      .fields({
        "Live ceiling": ceiling ? moneyText(ceiling.limit, ceiling.currency) : "none: this process allows no live trading",
        "Live at risk": ceiling && atRiskText(ceiling),
        Desk: halt ? (halt.panic ? "panic: entries are denied" : "halted: entries are denied") : "entries are allowed",
      })
      .table(
        ["Account", "State", right("Equity"), right("Today")],
        accounts.map((account) => [
          accountTitle(account.state, caller.user),
          mayEnter(account),
          account.equity === undefined ? "?" : moneyText(account.equity, account.state.currency),
          todayOf(account),
        ]),
      )
      .line(
        `One position may be ${limits.positionCapPct}% of its account's equity at most (the setting POSITION_CAP).`,
        `An account that has lost ${limits.dailyLossPct}% in a day enters nothing for the rest of it (the setting DAILY_LOSS_LIMIT, as the \`daily-loss\` breaker).`,
      )
      .line(...accounts.map((account) => leverageText(account, caller.user)))
      .line(...limitLines(engine, accounts, visible))
      .line(...(await deniedLines(engine, visible)))
      .line("`risk set ceiling:...` lowers the ceiling. `risk reset account:...` ends a pause.");
  },
});

/** Limits that the caller may see, with what is used of each. */
function limitLines(engine: Engine, accounts: readonly AccountFacts[], visible: readonly BotFacts[]): string[] {
  const seen = engine.limits().filter(({ scope }) => {
    if (levelOf(scope) === "account") return accounts.some(({ state }) => scope === `account:${state.account}`);
    return levelOf(scope) !== "bot" || visible.some(({ state }) => scope === `bot:${state.spec.id}`);
  });
  return seen.map(({ scope, mode, currency, name, limit, used }) => {
    const level = levelOf(scope);
    const money = level === "fleet" || level === "symbol" ? ` (${mode} in ${currency})` : "";
    return `${scopeText(scope, visible)}${money}: ${name.toLowerCase()} ${limit}, used ${used}.`;
  });
}

/** Bots that run, hold nothing and could not enter at this moment. */
async function deniedLines(engine: Engine, visible: readonly BotFacts[]): Promise<string[]> {
  const running = visible.filter(({ state }) => state.status === "running").slice(0, LOOKED_AT_MAX);
  const answers = await Promise.all(running.map(async (bot) => ({ bot, now: await engine.entryNow(bot.state.spec.name) })));
  return answers.flatMap(({ bot, now }) => {
    return now && !now.allowed ? [`An entry of ${shownName(bot)} would be denied now (${now.code}): ${now.because}.`] : [];
  });
}

function leverageText({ state, venue }: AccountFacts, user: string): string | undefined {
  if (venue?.leverageLimit === undefined) return undefined;
  return `${accountTitle(state, user)} takes a leverage of at most ${venue.leverageLimit} (\`risk set account:... leverage:...\`).`;
}

function mayEnter({ state, troubles }: AccountFacts): string {
  if (state.venue.paused) return stateText({ state, troubles });
  const open = [...state.breakers.open.values()].map(({ breaker }) => breaker);
  if (open.length > 0)
    return `${open.length === 1 ? "a breaker is" : `${open.length} breakers are`} open (${[...new Set(open)].join(", ")})`;
  return troubles.length === 0 ? "may enter" : stateText({ state, troubles });
}

function todayOf({ state, equity }: AccountFacts): string {
  return state.day === undefined || equity === undefined ? "-" : resultText(equity.minus(state.day.equity), state.currency);
}
