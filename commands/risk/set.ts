import { moneyText, quantityDigits } from "../../src/chat/amounts.ts";
import { amount } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";

export default defineCommand({
  summary: "Lowers the most that live accounts may hold at risk; it can never be raised from chat",
  role: "trader",
  args: { ceiling: amount.describe("The new ceiling, below the one in force") },
  async run({ args, engine, caller }) {
    const now = engine.ceiling();
    if (!now)
      throw new UserError(
        "This process allows no live trading, so there is no ceiling to lower. LIVE_CEILING in its settings would allow some.",
      );
    const { value, currency = now.currency } = args.ceiling;
    if (currency !== now.currency)
      throw new UserError(`ceiling: it is counted in ${now.currency}, found ${currency}; give it in ${now.currency}.`);
    if (!value.isLessThan(now.limit))
      throw new UserError(
        `ceiling: chat can only lower it below ${moneyText(now.limit, now.currency)}, found ${quantityDigits(value)}. Raising it takes LIVE_CEILING and a restart.`,
      );
    const { limit, atRisk, currency: unit } = await engine.lowerCeiling(value, caller);
    const isOver = atRisk.isGreaterThan(limit);
    const answer = card(`The ceiling of live trading is ${moneyText(limit, unit)} now`).line(
      `${moneyText(atRisk, unit)} are at risk.`,
      isOver ? "That is more than the ceiling: nothing new is opened, and what is held is not sold by this." : undefined,
    );
    return isOver ? answer.warning() : answer.good();
  },
});
