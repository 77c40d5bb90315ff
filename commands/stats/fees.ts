import { feeDigits, feeText, quantityText, resultDigits, resultText } from "../../src/chat/amounts.ts";
import { localDay } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { inAllLines } from "../../src/chat/in-all.ts";
import { modeMark, modeWords, oneCurrency } from "../../src/chat/mode-words.ts";
import { card, right } from "../../src/chat/view.ts";
import type { Rates } from "../../src/domain/conversion.ts";
import { isPerpetual } from "../../src/domain/position.ts";
import { type FeeGroup, feeGroups, hasFunding } from "../../src/reports/fee-groups.ts";
import { inAll } from "../../src/reports/in-all.ts";

export default defineCommand({
  summary: "Shows fees and funding by month and symbol, what made liquidity and what took it",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { since: localDay.describe("First day that counts; everything unless given").optional() },
  run({ args, visible, accounts, engine, timeZone }) {
    const groups = feeGroups(
      visible.map(({ state }) => state),
      accounts.map(({ state }) => state),
      { timeZone, since: args.since },
    );
    const isOnly = oneCurrency(groups);
    const since = args.since === undefined ? "" : ` since ${args.since}`;
    const [first] = groups;
    const answer = card(`Fees and funding${since}${isOnly && first ? `, in ${first.currency}` : ""}`);
    const rows = groups.flatMap((group) => rowsOf(group, isOnly));
    if (rows.length === 0) return answer.line("Nothing was paid yet.");
    return answer
      .table(["Money", "Month", "Symbol", ...["Maker", "Taker", "Fees", "Funding", "Fills"].map(right)], rows)
      .tableFirst()
      .line(...groups.map(sumText), ...inAllLines(feesInAll(groups, engine.rates)))
      .line(
        "Funding is what was received less what was paid, as the exchange told it; a dash where there is none.",
        groups.some(hasFunding) ? "It is told for whole accounts, and only of those that you may see." : undefined,
        `Months are those of ${timeZone}.`,
      );
  },
});

function rowsOf(group: FeeGroup, isOnly: boolean): readonly string[][] {
  const { mode, currency, rows } = group;
  return rows.map(({ month, symbol, fills, fees, makerFees, funding }) => {
    const paid = (value: typeof fees) => (isOnly ? feeDigits(value) : feeText(value, currency));
    const made = isOnly ? resultDigits(funding) : resultText(funding, currency);
    const held = funding.isZero() && !isPerpetual(symbol) ? "-" : made;
    return [modeMark(mode).trim() || "paper", month, symbol, paid(makerFees), paid(fees.minus(makerFees)), paid(fees), held, String(fills)];
  });
}

function feesInAll(groups: readonly FeeGroup[], rates: Rates) {
  return inAll(
    groups.map(({ mode, currency, sum: { fees } }) => ({ mode, currency, fees })),
    rates,
  );
}

function sumText(group: FeeGroup): string {
  const { mode, currency, sum } = group;
  const coins = [...sum.otherFees].map(([coin, fee]) => quantityText(fee, coin));
  const beside = coins.length === 0 ? "" : `, and in other coins ${coins.join(", ")}, which no result counts`;
  const funding = hasFunding(group) ? `, funding ${resultText(sum.funding, currency)}` : "";
  return `${modeWords(mode)}: fees ${feeText(sum.fees, currency)}${beside}${funding}.`;
}
