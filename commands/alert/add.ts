import { refuseProgram } from "../../src/chat/api-tokens.ts";
import { timeframe } from "../../src/chat/args.ts";
import { watchedRuleText } from "../../src/chat/args-rule.ts";
import { anySymbol, exchangeId } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { symbolOf } from "../../src/chat/known.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { refuseAlert } from "../../src/chat/rule-alerts.ts";
import { card } from "../../src/chat/view.ts";
import { wordsOf } from "../../src/rules/words.ts";

export default defineCommand({
  summary: "Tells you here each time a rule becomes true at a closed candle",
  role: "viewer",
  partial: true,
  args: {
    symbol: anySymbol.describe("Which symbol"),
    timeframe: timeframe.describe("Candles that it is asked at"),
    rule: watchedRuleText.describe("The rule"),
    exchange: exchangeId.describe("Candles of which exchange; those of the desk's own market when not given").optional(),
  },
  async run({ args, engine, accounts, desk, place, caller, user, record }) {
    refuseProgram(user.id, "alert add");
    const market = marketPlace(engine, accounts, args.exchange);
    const symbol = symbolOf(args.symbol, [...market.instruments.keys()].sort());
    const { rule } = args;
    const wish = { by: caller.user, place: place.id, market: market.key, symbol, timeframe: args.timeframe, rule: rule.text };
    refuseAlert(desk.state, wish);
    const stand = await engine.alerts.stand(wish);
    record({ type: "alert-added", alert: { ...wish, ...stand } }, () => refuseAlert(desk.state, wish));
    return card(`You are told here when ${rule.text}`)
      .good()
      .line(
        `On ${symbol} ${args.timeframe}, in words: ${wordsOf(rule.tree)}.`,
        stand.isTrue
          ? "It is true now; it is told when it has been not true and becomes true again."
          : "It is not true now; it is told at the first closed candle at which it is.",
        `Market: ${market.label}.`,
      )
      .button("All alerts", "alert list");
  },
});
