import { accountNameFor } from "../../src/chat/account-names.ts";
import { feeDigits, resultDigits, resultText } from "../../src/chat/amounts.ts";
import { marketLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import { NO_RESULT } from "../../src/domain/books.ts";
import { marked } from "../../src/domain/bot.ts";
import { ZERO } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import { booksText } from "../../src/reports/books-text.ts";
import { addResults, booksOf, dayReader, resultOfDay } from "../../src/reports/statistics.ts";

export default defineCommand({
  summary: "Shows today's result by bot, and the books to the last digit",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ visible, accounts, engine, timeZone, caller }) {
    const { atMs } = engine.market();
    const day = dayReader(timeZone);
    let total = NO_RESULT;
    let unrealizedTotal = ZERO;
    const rows = visible.map(({ state, unrealized }) => {
      const result = resultOfDay(state, atMs, day);
      total = addResults(total, result);
      const open = isFlat(state.position) ? ZERO : unrealized;
      unrealizedTotal = unrealizedTotal.plus(open ?? ZERO);
      return [
        marked(state.spec.name, state.spec.mode),
        resultDigits(result.realized),
        open === undefined ? "?" : resultDigits(open),
        feeDigits(result.fees),
        String(result.fills),
      ];
    });
    const deleted = accounts.flatMap(({ state }) => [...state.bots.values()].filter((bot) => bot.deleted));
    for (const bot of deleted) total = addResults(total, resultOfDay(bot, atMs, day));
    const currency = accounts[0]?.state.currency ?? "USDT";
    rows.push(["all", resultDigits(total.realized), resultDigits(unrealizedTotal), feeDigits(total.fees), String(total.fills)]);
    const answer = card(
      `${day(atMs)}: ${resultText(total.realized, currency)} realized, ${resultText(unrealizedTotal, currency)} unrealized`,
    )
      .table(["Bot", right("Realized"), right("Unrealized"), right("Fees"), right("Fills")], rows)
      .tableFirst()
      .line(
        deleted.length === 0 ? undefined : "The last row counts deleted bots too.",
        marketLine(engine),
        `The day is that of ${timeZone}.`,
      );
    for (const { state } of accounts) answer.line(...booksText(accountNameFor(state, caller.user), booksOf(state)));
    return accounts.every(({ state }) => booksOf(state).addsUp) ? answer : answer.warning();
  },
});
