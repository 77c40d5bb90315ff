import * as arg from "../../src/chat/args.ts";
import * as exits from "../../src/chat/args-exits.ts";
import { enteringRule, leavingRule, strategyOrRules } from "../../src/chat/args-rule.ts";
import * as sizes from "../../src/chat/args-size.ts";
import { leverage } from "../../src/chat/args-venue.ts";
import { botButtons, botCard, forEach, haltLine, outcomeCard } from "../../src/chat/bot-cards.ts";
import { defineCommand } from "../../src/chat/command.ts";
import {
  askedFor,
  deciderOf,
  namesFor,
  protectionWarning,
  refuseCurrency,
  refuseUntraded,
  sizeOf,
  stopAndTake,
} from "../../src/chat/new-bot.ts";
import { unfitSizeLine } from "../../src/chat/unfit-size.ts";

export default defineCommand({
  summary: "Makes a bot (several symbols make a group); asks for what is missing",
  role: "trader",
  args: {
    symbol: arg.symbols.describe("What to trade; a list makes one bot for each, in a group"),
    strategy: strategyOrRules.describe("Which strategy decides; or rules, for enter and exit of your own").optional(),
    timeframe: arg.timeframe.describe("Candle length that it decides on"),
    name: arg.newName.describe("Name of the bot; made up when not given").optional(),
    group: arg.newName.describe("Group that it belongs to").optional(),
    size: sizes.size
      .describe(
        "How large an entry is: 10%, 100 USDT, risk 1% (lost at the stop) or vol 1% (moved by an average candle); 10% when not given",
      )
      .optional(),
    max: sizes.sizeMax.describe("The most that one position may be: a share of equity or an amount").optional(),
    risk_level: sizes.riskLevel.describe("A named size instead: the answer shows its numbers").optional(),
    stop: exits.stop
      .describe(
        "Stop loss: percent below the entry, a multiple of the ATR, a price, or none; 2% when not given, dca and grid have their own",
      )
      .optional(),
    take: exits.take
      .describe(
        "Take profit above the entry, whole or in parts (50% at 2%, rest at 4%), or none; 4% when not given, dca and grid have their own",
      )
      .optional(),
    trailing: exits.trailing
      .describe("Trailing stop below the highest price, at once or after a gain (1% after 2%), or none")
      .prefault("none"),
    breakeven: exits.breakeven.describe("Gain after which the stop moves to the entry plus fees, or none").prefault("none"),
    max_hold: exits.holdMax.describe("Longest time in a position, in candles (48) or as a span (2h), or none").prefault("none"),
    params: arg.params.describe("Parameters of the strategy").optional(),
    enter: enteringRule.describe("In place of a strategy: the rule by which it buys").optional(),
    exit: leavingRule.describe("In place of a strategy: the rule by which it sells, or none").optional(),
    leverage: leverage.describe("On perpetual contracts: how many times its margin a position is worth").optional(),
    margin: arg
      .choice(["isolated", "cross"])
      .describe("On perpetual contracts: isolated, so that a loss ends at its own margin")
      .optional(),
    direction: arg.choice(["long", "short", "both"]).describe("long: strategies buy first").optional(),
    advice: arg
      .choice(["off", "advise", "veto"])
      .describe("The AI service: off, advise (it is told only) or veto (it may keep the bot out or cut an entry)")
      .optional(),
    start: arg.flag.describe("Start it at once").prefault("no"),
  },
  asks: askedFor,
  async run({ args, engine, desk, strategies, callerFor }) {
    const { symbol: symbols, timeframe } = args;
    const decider = deciderOf(
      { strategy: args.strategy, params: args.params, enter: args.enter, exit: args.exit },
      strategies.strategyNamed,
    );
    refuseUntraded(args);
    const size = sizeOf(args, symbols);
    refuseCurrency("stop", args.stop?.currency, symbols);
    const { names, group } = namesFor({ name: args.name, group: args.group, symbols, strategy: decider.strategy }, engine.bots());
    const protection = exits.exitsFrom([...stopAndTake(args, decider.strategy, strategies), args.trailing, args.breakeven, args.max_hold]);
    const isNameMadeUp = args.name === undefined && symbols.length === 1;
    const wishes = names.map((name, index) => ({
      name,
      ...(isNameMadeUp && { isNameMadeUp }),
      group,
      symbol: symbols[index]!,
      timeframe,
      ...decider,
      ...size,
      protection,
      ...(args.advice === undefined || args.advice === "off" ? {} : { advice: args.advice }),
      ...(args.leverage === undefined && args.margin === undefined ? {} : { leverage: args.leverage ?? 1 }),
    }));
    const given = new Map<string, string>();
    const outcomes = await forEach(
      wishes,
      ({ name }) => given.get(name) ?? name,
      async (wish) => {
        const { name } = (await engine.createBot(wish, callerFor(`create ${wish.name}`))).state.spec;
        given.set(wish.name, name);
        if (!args.start) return `created on ${wish.symbol}`;
        await engine.startBot(name, callerFor(`start ${name}`));
        return `running on ${wish.symbol}`;
      },
    );
    const halted = args.start ? haltLine(desk.state.halt) : undefined;
    const made = engine.bot(outcomes[0]?.name ?? "")?.state.spec.protection ?? protection;
    const warning = protectionWarning({ protection: made });
    const looks = await Promise.all(outcomes.filter(({ done, name }) => done && engine.bot(name)).map(({ name }) => engine.look(name)));
    const unfit = looks.map(unfitSizeLine).filter((line) => line !== undefined);
    const [only] = outcomes;
    const [look] = looks;
    if (outcomes.length === 1 && only && look) {
      const made = botCard(look, engine, `${only.name} is ${args.start ? "running" : "created"}`).line(...unfit, warning, halted);
      return unfit.length === 0 ? made.good() : made.warning();
    }
    const answer = outcomeCard(args.start ? "Started" : "Created", outcomes).line(...unfit, `Group: ${group}.`, warning, halted);
    if (unfit.length > 0) answer.warning();
    const first = group === undefined ? undefined : engine.bot(names[0]!);
    if (first && !args.start) answer.button("Start all", `bot start ${group}`, "primary");
    return group === undefined && first ? botButtons(first, answer) : answer.button("Show", `bot show ${group}`);
  },
});
