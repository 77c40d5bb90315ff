import { marketTime } from "../../src/chat/amounts.ts";
import * as arg from "../../src/chat/args.ts";
import { amount, anySymbol, exchangeId } from "../../src/chat/args-venue.ts";
import { backtestCard } from "../../src/chat/backtest-card.ts";
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
  summary: "Tries a bot on candles of the past: what it would have made, beside simply holding",
  role: "trader",
  args: {
    bot: arg.botName.describe("Which bot; it goes on with what it does"),
    symbol: anySymbol.describe("Another symbol than its own").optional(),
    timeframe: arg.timeframe.describe("Another candle length than its own").optional(),
    from: arg.localDay.describe("First day (UTC); 30 days ago, or a recording's first, when not given").optional(),
    to: arg.localDay.describe("Last day (UTC); up to now, or a recording's end, when not given").optional(),
    capital: amount.describe("What the account begins with; 10,000 when not given").optional(),
    exchange: exchangeId.describe("Candles of which exchange; those of the desk's own market when not given").optional(),
  },
  async run({ args, bots, engine, accounts, backtests, caller, clock, progress, timeZone }) {
    const [bot, ...others] = bots;
    if (!bot || others.length > 0) throw new UserError(`bot: expected one bot, found ${bots.length}; name one of them.`);
    const place = marketPlace(engine, accounts, args.exchange);
    const { id: _id, owner: _owner, account: _account, mode: _mode, ...tried } = bot.state.spec;
    const symbol = args.symbol === undefined ? tried.symbol : symbolOf(args.symbol, [...place.instruments.keys()].sort());
    const wish = {
      bot: { ...tried, symbol, timeframe: args.timeframe ?? tried.timeframe },
      market: place.key,
      fromMs: args.from === undefined ? undefined : dayMs(args.from),
      toMs: args.to === undefined ? undefined : dayMs(args.to) + DAY_MS,
      capital: args.capital?.value ?? decimal(CAPITAL_DEFAULT),
    };
    const title = `Backtest of ${tried.name} on ${symbol} ${wish.bot.timeframe}`;
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
    return backtestCard(record, backtestFigures(record.result, timeZone))
      .picture(backtestPicture(record))
      .button("All backtests", "backtest list");
  },
});

function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
