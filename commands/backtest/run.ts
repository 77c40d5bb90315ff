import { marketTime } from "../../src/chat/amounts.ts";
import * as arg from "../../src/chat/args.ts";
import * as exits from "../../src/chat/args-exits.ts";
import { enteringRule, leavingRule, strategyOrRules } from "../../src/chat/args-rule.ts";
import { size } from "../../src/chat/args-size.ts";
import { amount, anySymbol, exchangeId } from "../../src/chat/args-venue.ts";
import { backtestCard } from "../../src/chat/backtest-card.ts";
import { askedForTrial, asTried, createLine, madeForTrial } from "../../src/chat/backtest-wish.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { symbolOf } from "../../src/chat/known.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { card } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { backtestFigures, backtestPicture } from "../../src/reports/backtest-figures.ts";

const CAPITAL_DEFAULT = 10_000;
/** What is done sooner needs no word in between. */
const TOLD_AFTER_MS = 3_000;
/** Between two edits of the progress message. */
const TOLD_EVERY_MS = 3_000;

export default defineCommand({
  summary: "Tries a bot, a strategy or a rule on candles of the past: what it would have made, beside simply holding",
  role: "trader",
  args: {
    bot: arg.botName.describe("Which bot; it goes on with what it does").optional(),
    symbol: anySymbol.describe("What to try it on; its own symbol when not given").optional(),
    timeframe: arg.timeframe.describe("Candle length to try it with; its own when not given").optional(),
    strategy: strategyOrRules.describe("In place of a bot: the strategy that decides").optional(),
    params: arg.params.describe("Parameters of that strategy").optional(),
    enter: enteringRule.describe("In place of a bot: the rule by which it buys").optional(),
    exit: leavingRule.describe("With enter: the rule by which it sells, or none").optional(),
    stop: exits.stop.describe("Without a bot: its stop loss; what a new bot has when not given").optional(),
    take: exits.take.describe("Without a bot: its target; what a new bot has when not given").optional(),
    size: size.describe("Without a bot: how large an entry is; 10% when not given").optional(),
    from: arg.localDay.describe("First day (UTC); 30 days ago, or a recording's first, when not given").optional(),
    to: arg.localDay.describe("Last day (UTC); up to now, or a recording's end, when not given").optional(),
    capital: amount.describe("What the account begins with; 10,000 when not given").optional(),
    exchange: exchangeId.describe("Candles of which exchange; those of the desk's own market when not given").optional(),
  },
  asks: askedForTrial,
  async run({ args, bots, engine, accounts, backtests, strategies, caller, clock, progress, timeZone }) {
    const place = marketPlace(engine, accounts, args.exchange);
    const symbols = [...place.instruments.keys()].sort();
    const [bot, ...others] = bots;
    if (others.length > 0) throw new UserError(`bot: expected one bot, found ${bots.length}; name one of them.`);
    const own = bot && asTried(bot, args);
    const symbol = args.symbol === undefined ? own?.symbol : symbolOf(args.symbol, symbols);
    if (symbol === undefined) throw new UserError("symbol: expected what it is tried on, such as BTC/USDT; give one.");
    const tried = own ? { ...own, symbol } : madeForTrial(args, symbol, strategies);
    const wish = {
      bot: tried,
      market: place.key,
      fromMs: args.from === undefined ? undefined : dayMs(args.from),
      toMs: args.to === undefined ? undefined : dayMs(args.to) + DAY_MS,
      capital: args.capital?.value ?? decimal(CAPITAL_DEFAULT),
    };
    const title = `Backtest of ${tried.name} on ${symbol} ${tried.timeframe}`;
    const tell = (words: string, at?: string) => progress(card(`${title}: ${words}`).line(at).button("Cancel", "backtest cancel"));
    const done = new AbortController();
    void clock.sleep(TOLD_AFTER_MS, done.signal).then(() => (done.signal.aborted ? undefined : tell("reading candles")));
    let toldMs = clock.monotonicMs();
    const record = await backtests
      .run(wish, caller, ({ atMs, fromMs, toMs }) => {
        const nowMs = clock.monotonicMs();
        if (nowMs - toldMs < TOLD_EVERY_MS) return;
        toldMs = nowMs;
        done.abort();
        tell(`${Math.floor((100 * (atMs - fromMs)) / (toMs - fromMs))}%`, `At ${marketTime(atMs)}.`);
      })
      .finally(() => done.abort());
    const answer = backtestCard(record, backtestFigures(record.result, timeZone)).picture(backtestPicture(record));
    if (!bot) answer.button("Make a bot of it", createLine(tried));
    return answer.button("All backtests", "backtest list");
  },
});

function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
