import { afterEach, expect, test } from "vitest";
import { BacktestThreads } from "../../src/app/backtest-threads.ts";
import { DeskBacktests } from "../../src/app/backtests.ts";
import { UserError } from "../../src/domain/errors.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/time.ts";
import { openSimulated } from "../../src/feeds/simulated.ts";
import type { BacktestWish } from "../../src/ports/backtest.ts";
import type { Market } from "../../src/ports/market.ts";
import { systemClock } from "../../src/system/clock.ts";
import { by, wishFor } from "../kit/engine-rig.ts";
import { FakeLedger } from "../kit/fake-ledger.ts";

const market = openSimulated({ seed: 7 });
const WISH: BacktestWish = {
  bot: wishFor({ name: "dip" }),
  market: market.key,
  fromMs: undefined,
  toMs: undefined,
  capital: decimal(10_000),
};
const ended: DeskBacktests[] = [];

afterEach(() => {
  for (const each of ended.splice(0)) each.stop();
});

test("a run on its thread is kept under an id, with its progress told in market time", async () => {
  const { backtests, ledger } = open();
  const told: number[] = [];
  const record = await backtests.run(WISH, by("r1"), ({ atMs }) => void told.push(atMs));
  expect(record.id).toBe("t1");
  expect(record.result.minutes).toBe((2 * DAY_MS) / 60_000);
  expect(record.result.entries).toBeGreaterThan(0);
  expect(ledger.state.backtests.map(({ id, result }) => [id, plain(result.equity)])).toEqual([["t1", plain(record.result.equity)]]);
  expect(told).toEqual([market.startMs + DAY_MS, market.startMs + 2 * DAY_MS]);
});

test("the same wish gives the same money to the last digit", async () => {
  const { backtests } = open();
  const [first, second] = [await backtests.run(WISH, by("r1"), () => {}), await backtests.run(WISH, by("r2"), () => {})];
  expect(first.result).toEqual(second.result);
  expect([first.id, second.id]).toEqual(["t1", "t2"]);
});

test("a person runs one at a time, and a canceled one leaves nothing behind", async () => {
  const { backtests, ledger } = open(waiting(market));
  const running = backtests.run(WISH, by("r1"), () => {});
  const ends = expect(running).rejects.toThrow(new UserError("The backtest was canceled; nothing was kept."));
  await expect(backtests.run(WISH, by("r2"), () => {})).rejects.toThrow("One of your backtests runs already.");
  expect(backtests.cancel("discord:2")).toBe(false);
  expect(backtests.cancel("discord:1")).toBe(true);
  await ends;
  expect(ledger.state.backtests).toEqual([]);
});

test("two persons may, a third waits", async () => {
  const { backtests } = open(waiting(market));
  const ends = ["discord:1", "discord:2"].map((user) => expect(backtests.run(WISH, by("r", user), () => {})).rejects.toThrow("stopping"));
  await expect(backtests.run(WISH, by("r", "discord:3"), () => {})).rejects.toThrow("2 backtests run already.");
  backtests.stop();
  await Promise.all(ends);
});

test.each([
  ["no such market", { market: "other" }, "This desk does not read that market any more."],
  ["no such symbol", { bot: wishFor({ name: "dip", symbol: "NOPE/USDT" }) }, "There is no NOPE/USDT in this market."],
  ["days that have not come", { fromMs: market.startMs + 9 * DAY_MS }, "There is nothing to try between these days"],
  ["days before everything", { toMs: market.startMs - DAY_MS }, "There is nothing to try between these days"],
])("%s is refused in one sentence", async (_name, change, sentence) => {
  const { backtests } = open();
  await expect(backtests.run({ ...WISH, ...change }, by("r1"), () => {})).rejects.toThrow(sentence);
});

test("what the engine refuses is told as it would be in chat", async () => {
  const { backtests } = open();
  const bot = wishFor({ name: "dip", params: { fast: 9, slow: 3 } });
  await expect(backtests.run({ ...WISH, bot }, by("r1"), () => {})).rejects.toThrow("The parameters of ema-cross do not fit");
});

test("an exchange is asked for ninety days at most", async () => {
  const { backtests } = open({ ...waiting(market), pace: "live" });
  const wish = { ...WISH, fromMs: market.startMs - 100 * DAY_MS };
  await expect(backtests.run(wish, by("r1"), () => {})).rejects.toThrow("at most 90 days");
});

function open(of: Market = market) {
  const ledger = new FakeLedger();
  const backtests = new DeskBacktests({
    clock: systemClock(),
    does: new BacktestThreads(systemClock()).run,
    desk: ledger,
    timeZone: "UTC",
    breakers: {},
    limits: { dailyLossPct: 50, positionCapPct: 100 },
    marketOf: (key) => (key === market.key ? { market: of, atMs: market.startMs + 2 * DAY_MS + HOUR_MS / 120 } : undefined),
  });
  ended.push(backtests);
  return { backtests, ledger };
}

/** A market that never answers. */
function waiting(of: Market): Market {
  const never = () => new Promise<never>(() => {});
  const { key, label, pace, startMs, instruments, assumptions } = of;
  return {
    ...{ key, label, pace, startMs, instruments, assumptions },
    history: never,
    advance: never,
    prices: never,
    close: async () => {},
  };
}
