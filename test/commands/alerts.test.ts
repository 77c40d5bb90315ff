import { beforeEach, describe, expect, test } from "vitest";
import { ALERTS_PER_PERSON_MAX } from "../../src/chat/rule-alerts.ts";
import { marketMs } from "../../src/domain/time.ts";
import { ADMIN, ChatDesk, HERE, textOf } from "../chat/door.ts";

const VIEWER = "discord:viewer";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

describe("alert add", () => {
  test("keeps a rule in its canonical text with the place where it was typed, and says how it stands", async () => {
    const view = await desk.type('alert add symbol:btc timeframe:5m rule:"RSI(14)<30"');
    expect(view.title).toBe("You are told here when rsi(14) < 30");
    expect(textOf(view)).toContain("On BTC/USDT 5m, in words: the RSI over 14 candles is below 30.");
    expect(textOf(view)).toContain("It is not true now");
    expect([...desk.ledger.state.alerts.values()]).toEqual([
      {
        id: "a1",
        by: ADMIN,
        place: HERE.id,
        market: "fake",
        symbol: "BTC/USDT",
        timeframe: "5m",
        rule: "rsi(14) < 30",
        isTrue: false,
        atMs: expect.any(Number),
      },
    ]);
    expect(desk.ledger.state.channels.get(HERE.id)).toMatchObject({ place: HERE.id });
  });

  test.each([
    [
      'alert add symbol:btc timeframe:5m rule:"pnl_pct > 1%"',
      "rule: column 1: expected nothing about a position, for an alert holds none, found pnl_pct",
    ],
    ['alert add symbol:btc timeframe:5m rule:"rsi(14) > 100"', "rule: column 9: expected a rule that can be true"],
    ['alert add symbol:btc timeframe:5m rule:"close >"', "rule: column 8: expected a value"],
    [`alert add symbol:btc timeframe:5m rule:"${"(".repeat(600)}"`, "rule: column 501: expected a rule of at most 500 characters"],
    ['alert add symbol:nope timeframe:5m rule:"close > 1"', 'this market has no "NOPE"'],
    ['alert add symbol:btc timeframe:7m rule:"close > 1"', "expected one of 1m"],
    ['alert add symbol:btc timeframe:5m rule:"close > 1" exchange:kraken', "This desk reads no prices of"],
    ["alert add symbol:btc timeframe:5m", "Of what? (a rule, such as rsi(14) < 30)"],
  ])("refuses %s in one sentence, and keeps nothing", async (line, sentence) => {
    expect(textOf(await desk.type(line))).toContain(sentence);
    expect(desk.ledger.state.alerts.size).toBe(0);
  });

  test("is made once where the same is asked for twice at once, and the other one is told so", async () => {
    const gate = Promise.withResolvers<void>();
    desk.ledger.slow = gate.promise;
    const line = 'alert add symbol:btc timeframe:5m rule:"close > 1"';
    const told = Promise.all([desk.type(line), desk.type(line)]);
    gate.resolve();
    expect((await told).map(({ title }) => title)).toEqual(["You are told here when close > 1", "Alert a1 tells that here already."]);
    expect(desk.ledger.state.alerts.size).toBe(1);
  });

  test("refuses the same twice at one place, and more than a person may have", async () => {
    await desk.type('alert add symbol:btc timeframe:5m rule:"close > 1"');
    expect(textOf(await desk.type('alert add symbol:btc timeframe:5m rule:"close>1"'))).toContain("Alert a1 tells that here already.");
    for (let count = 2; count <= ALERTS_PER_PERSON_MAX; count += 1)
      await desk.type(`alert add symbol:btc timeframe:5m rule:"close > ${count}"`);
    const refused = textOf(await desk.type('alert add symbol:btc timeframe:5m rule:"close > 99"'));
    expect(refused).toContain(`You have ${ALERTS_PER_PERSON_MAX} alerts and the desk ${ALERTS_PER_PERSON_MAX}; the most are`);
    expect(desk.ledger.state.alerts.size).toBe(ALERTS_PER_PERSON_MAX);
  });

  test("completes the rule as it is typed", async () => {
    const offered = await desk.door.complete("alert add", "rule", "close > em", ADMIN, {});
    expect(offered.map(({ value }) => value)).toEqual(["close > ema"]);
  });
});

describe("alert list and remove", () => {
  beforeEach(async () => {
    await desk.grant(VIEWER, "viewer");
    await desk.type('alert add symbol:btc timeframe:5m rule:"close > 1"');
    await desk.type('alert add symbol:eth timeframe:1h rule:"close > 2"', VIEWER);
  });

  test("show a person their own, and an operator all", async () => {
    expect((await desk.type("alert list", VIEWER)).table?.rows).toEqual([["a2", "ETH/USDT 1h", "close > 2", "not true", "here, not yet"]]);
    expect((await desk.type("alert list")).table?.rows.map(([id, , , , , by]) => [id, by])).toEqual([
      ["a1", ADMIN],
      ["a2", VIEWER],
    ]);
  });

  test("end one's own, nobody else's, and an operator anybody's", async () => {
    expect(textOf(await desk.type("alert remove a1", VIEWER))).toContain("There is no alert a1 of yours.");
    expect(textOf(await desk.type("alert remove a9", VIEWER))).toContain("There is no alert a9 of yours.");
    expect((await desk.door.complete("alert remove", "alert", "", VIEWER, {})).map(({ value }) => value)).toEqual(["a2"]);
    expect((await desk.type("alert remove a2", VIEWER)).title).toBe("Alert a2 is removed");
    expect((await desk.type("alert remove a1")).title).toBe("Alert a1 is removed");
    expect(textOf(await desk.type("alert list"))).toContain("No alerts");
    await desk.type('alert add symbol:btc timeframe:5m rule:"close > 1"');
    expect([...desk.ledger.state.alerts.keys()]).toEqual(["a3"]);
  });

  test("say when it was told last, and which are not asked", async () => {
    const fired = { place: HERE.id, symbol: "BTC/USDT", timeframe: "5m", rule: "close > 1" } as const;
    const closedMs = marketMs(Date.UTC(2021, 4, 19, 13));
    await desk.ledger.append([{ type: "alert-fired", id: "a1", closedMs, reason: "close 2 > 1", close: 2, alert: fired }]);
    await desk.ledger.append([
      { type: "alert-added", alert: { ...fired, by: ADMIN, market: "exchange:gone", isTrue: false, atMs: closedMs } },
    ]);
    const view = await desk.type("alert list");
    expect(view.table?.rows[0]).toEqual(["a1", "BTC/USDT 5m", "close > 1", "true", "here, 2021-05-19 13:00 UTC (market)", ADMIN]);
    expect(view.table?.rows[2]?.[3]).toBe("not asked");
    expect(textOf(view)).toContain("Not asked: a3.");
  });

  test("end with the channel that they are told in", async () => {
    await desk.type("channel unsubscribe");
    expect(desk.ledger.state.alerts.size).toBe(0);
  });
});
