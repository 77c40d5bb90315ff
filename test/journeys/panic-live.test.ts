import { describe, expect, it } from "vitest";
import { PRICES } from "../kit/desk-exchange.ts";
import { connect, hold, type LiveStage, setLiveStage } from "../kit/desk-live.ts";
import { cleanUpAfterEach, PLATFORMS, type PlatformName } from "../kit/desk-stage.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";

cleanUpAfterEach();

const ACKNOWLEDGED_WITHIN_MS = 1_000;
/** After the outage or the ban, and after the fence of an order whose answer was lost. */
const ENDS_WITHIN_S = 60;
const BAN_S = 120;
const CANCEL_LIST = "DELETE /api/v3/orderList";
const ORDER = "POST /api/v3/order";
/** Where the stops of 2% rest, below what was paid with the fee. */
const STOPS = { btc: "49053.95", eth: "1962.15" };

/** A live account that holds BTC and ETH, each with its stop and its target at the exchange. */
async function holding(platform: PlatformName): Promise<LiveStage> {
  const tape = new WrittenTape().flat("BTCUSDT", PRICES.BTCUSDT).flat("ETHUSDT", PRICES.ETHUSDT);
  const stage = await setLiveStage(platform, { tape });
  await connect(stage, "real", "live");
  for (const coin of ["btc", "eth"]) await hold(stage, "real", coin);
  stage.exchange.forget();
  return stage;
}

/** Panics, and is answered at once. */
async function panics({ person }: LiveStage): Promise<void> {
  const begun = performance.now();
  const answer = await person.run("panic reason:fire");
  expect(performance.now() - begun).toBeLessThan(ACKNOWLEDGED_WITHIN_MS);
  expect(answer).toMatch(
    /^Panic entries are denied .*Selling 2 positions hand-btc \(LIVE\) 0\.00038961 BTC hand-eth \(LIVE\) 0\.00994005 ETH/,
  );
}

/** Lets time pass until the panic has ended; then nothing is held, nothing rests and each coin was sold once. */
async function ends(stage: LiveStage): Promise<void> {
  const { person, exchange } = stage;
  for (let second = 0; second < ENDS_WITHIN_S && person.alerts(/^Panic finished/).length === 0; second += 1) await stage.pass();
  expect(await person.nextAlert(/^Panic finished/)).toContain("verified flat");
  const account = exchange.account("live");
  expect(account.orders.filter(({ open }) => open)).toEqual([]);
  const sold = account.trades
    .filter(({ order }) => order.draft.side === "SELL")
    .map(({ order }) => `${order.symbol} ${order.draft.quantity}`);
  expect(sold.sort()).toEqual(["BTCUSDT 0.00038", "ETHUSDT 0.00994"]);
  expect(await person.run("position list")).toContain("No open positions");
}

function routes({ exchange }: LiveStage, route: string): number {
  return exchange.server.routes().filter((each) => each === route).length;
}

describe("a panic", () => {
  it.each(PLATFORMS)(
    "in an outage is acknowledged at once in %s, gives up no stop, says what to press, and ends after it",
    async (platform) => {
      const stage = await holding(platform);
      const { person, exchange } = stage;
      exchange.weather = { id: "E18", lost: "before-bytes" };
      // What was read of a stop just before the outage counts for two seconds.
      await stage.pass(3);
      await panics(stage);
      await stage.pass(18);
      const stalled = await person.nextAlert(/^Panic not everything/);
      for (const [coin, stop] of Object.entries(STOPS)) {
        const [order] = exchange.account("live").orders.filter(({ draft }) => draft.stopPrice?.toFixed() === stop);
        expect(stalled).toMatch(
          new RegExp(
            `hand-${coin} .*its stop rests at the exchange at ${stop} \\(order ${order?.orderId}\\)\\. By hand, in the exchange's own app cancel that order and sell`,
          ),
        );
      }
      expect(stalled).toContain("In the app of Binance.com Trade, Spot, the symbol, Sell, Market");
      expect(routes(stage, CANCEL_LIST)).toBe(0);
      expect(exchange.account("live").orders.filter(({ open }) => open)).toHaveLength(4);

      exchange.weather = undefined;
      await ends(stage);
    },
  );

  it("during a ban asks the exchange nothing more until it is over, and ends then", async () => {
    const stage = await holding("terminal");
    const { exchange, person } = stage;
    const untilMs = exchange.clock.wall() + BAN_S * 1_000;
    exchange.live.door.limits.ban("local", untilMs);
    await panics(stage);
    await stage.pass(2);
    expect(await person.nextAlert(/^Binance\.com sends this machine away/)).toContain("Nothing is sent there until 2026-01-05 20:00 UTC");
    const told = exchange.server.log.length;
    while (exchange.clock.wall() < untilMs - 2_000) await stage.pass(1);
    expect(exchange.server.log.slice(told)).toEqual([]);
    expect(exchange.live.door.limits.knocksWhileBanned).toBe(1);
    expect(person.alerts(/^Panic not everything/)).toHaveLength(1);
    expect(exchange.account("live").orders.filter(({ open }) => open)).toHaveLength(4);
    await ends(stage);
  });

  it("whose sale was answered by nobody finds it and does not sell again", async () => {
    const stage = await holding("terminal");
    const { exchange, person } = stage;
    exchange.faults.next(ORDER, { answer: "lost" });
    await panics(stage);
    await ends(stage);
    expect(exchange.faults.left).toBe(0);
    for (const coin of Object.keys(STOPS)) expect(person.alerts(new RegExp(`^Panic hand-${coin} \\(LIVE\\) sold`))).toHaveLength(1);
    expect(routes(stage, ORDER)).toBe(2);
  });

  it("whose sale never arrived proves that, and sells once", async () => {
    const stage = await holding("terminal");
    const { exchange, person } = stage;
    exchange.faults.next(ORDER, { lost: "on-the-way" });
    await panics(stage);
    await ends(stage);
    expect(exchange.faults.left).toBe(0);
    expect(await person.nextAlert(/^The unanswered order of hand-\w+ \(LIVE\) never arrived/)).toContain("nothing was executed");
    expect(routes(stage, ORDER)).toBe(3);
  });
});
