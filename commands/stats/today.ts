import { accountNameFor } from "../../src/chat/account-names.ts";
import { feeDigits, feeText, resultDigits, resultText } from "../../src/chat/amounts.ts";
import { pricesLine } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import { modeMark, modeWords, oneCurrency, sumName } from "../../src/chat/mode-words.ts";
import { card, right } from "../../src/chat/view.ts";
import type { BotState } from "../../src/domain/books.ts";
import { type Mode, marked } from "../../src/domain/bot.ts";
import { type Decimal, ZERO } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import { addResults, NO_RESULT, type Result } from "../../src/domain/result.ts";
import { booksOf } from "../../src/reports/books.ts";
import { booksText } from "../../src/reports/books-text.ts";
import { inAll, type SumsOf } from "../../src/reports/in-all.ts";
import { deletedBots, type ResultGroup, resultGroups } from "../../src/reports/result-groups.ts";
import { dayReader, reachedBy, resultOfDay } from "../../src/reports/statistics.ts";

/** A bot's day. */
interface Line {
  readonly mode: Mode;
  readonly symbol: string;
  /** Undefined for a deleted bot, which counts and is not shown. */
  readonly name: string | undefined;
  readonly result: Result;
  /** Undefined while its price is missing. */
  readonly unrealized: Decimal | undefined;
}

export default defineCommand({
  summary: "Shows today's result by bot, and the books to the last digit",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {},
  run({ visible, accounts, engine, clock, timeZone, caller }) {
    const day = dayReader(timeZone);
    const today = reachedBy(clock, engine);
    const dayOf = (mode: Mode) => day(today[mode]);
    const lineOf = (bot: Readonly<BotState>, name: string | undefined, unrealized: Decimal | undefined): Line => {
      const { mode, symbol } = bot.spec;
      return { mode, symbol, name, result: resultOfDay(bot, today[mode], day), unrealized: isFlat(bot.position) ? ZERO : unrealized };
    };
    const shown = visible.map(({ state, unrealized }) => lineOf(state, marked(state.spec.name, state.spec.mode), unrealized));
    const books = accounts.map(({ state }) => state);
    const gone = deletedBots(books)
      .map((bot) => lineOf(bot, undefined, ZERO))
      .filter(({ result }) => result.fills > 0);
    const groups = resultGroups([...shown, ...gone], books);
    const [first, ...others] = groups;
    const heading = first && `${dayOf(first.mode)}: ${modeMark(first.mode)}${sumText(first)}`;
    const answer = card(heading ?? "")
      .table(
        ["Bot", right("Realized"), right("Unrealized"), right("Fees"), right("Fills")],
        groups.flatMap((group) => rowsOf(group, groups)),
      )
      .tableFirst();
    for (const group of others) {
      const elsewhen = first && dayOf(group.mode) !== dayOf(first.mode) ? `, ${dayOf(group.mode)} (market)` : "";
      answer.line(`${modeWords(group.mode)}${elsewhen}: ${sumText(group)}.`);
    }
    answer.line(...inAllLines(inAll(groups.map(sumsOf), engine.rates)));
    answer.line(
      gone.length === 0
        ? undefined
        : others.length === 0
          ? "The last row counts deleted bots too."
          : "The rows of all count deleted bots too.",
      pricesLine(
        engine,
        groups.map(({ mode }) => mode),
      ),
      `The day is that of ${timeZone}.`,
    );
    for (const { state } of accounts) answer.line(...booksText(accountNameFor(state, caller.user), booksOf(state)));
    return accounts.every(({ state }) => booksOf(state).addsUp) ? answer : answer.warning();
  },
});

function sumOf({ bots }: ResultGroup<Line>) {
  return {
    result: bots.reduce((sum, { result }) => addResults(sum, result), NO_RESULT),
    unrealized: bots.reduce((sum, { unrealized }) => sum.plus(unrealized ?? ZERO), ZERO),
  };
}

function sumsOf(group: ResultGroup<Line>): SumsOf {
  const { result, unrealized } = sumOf(group);
  return { mode: group.mode, currency: group.currency, realized: result.realized, unrealized, fees: result.fees };
}

function sumText(group: ResultGroup<Line>): string {
  const { result, unrealized } = sumOf(group);
  return `${resultText(result.realized, group.currency)} realized, ${resultText(unrealized, group.currency)} unrealized`;
}

/** A group's bots and their sum. Cells name their currency where the table has several. */
function rowsOf(group: ResultGroup<Line>, groups: readonly ResultGroup<Line>[]): readonly string[][] {
  const isOnly = oneCurrency(groups);
  const money = (value: Decimal) => (isOnly ? resultDigits(value) : resultText(value, group.currency));
  const fee = (value: Decimal) => (isOnly ? feeDigits(value) : feeText(value, group.currency));
  const rowOf = (name: string, { realized, fees, fills }: Result, unrealized: Decimal | undefined) => {
    return [name, money(realized), unrealized === undefined ? "?" : money(unrealized), fee(fees), String(fills)];
  };
  const sum = sumOf(group);
  const rows = group.bots.flatMap(({ name, result, unrealized }) => (name === undefined ? [] : [rowOf(name, result, unrealized)]));
  return [...rows, rowOf(sumName(group, groups), sum.result, sum.unrealized)];
}
