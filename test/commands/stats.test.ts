import { beforeEach, describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { ADMIN, textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

/** From the fake clock's start back to where the fakes' market stands: exchanges follow the wall's calendar. */
const TO_MARKET_MS = Date.UTC(2021, 4, 19, 12, 0) - Date.UTC(2026, 0, 1);

let at: VenueDesk;

beforeEach(async () => {
  at = await VenueDesk.open();
  await at.connect("main", "live");
  await at.connect("play", "demo");
  at.exchanges.ceilingSetting = decimal(100);
  await at.promoted("dip", "main");
  await at.engine.promoteBot("dip", "play", undefined, { requestId: "demo", user: ADMIN });
  at.engine.fill("dip-live", "buy", "0.0005", "40000");
  at.engine.fill("dip-demo", "buy", "0.0005", "38000");
  at.engine.fill("dip", "buy", "0.1", "30000");
  at.engine.fill("dip", "sell", "0.1", "40000");
});

describe("Results of several modes", () => {
  test("are never one number: stats today sums each apart, LIVE first", async () => {
    at.desk.clock.stepWall(TO_MARKET_MS);
    const view = await at.type("stats today");
    expect(view.title).toBe("2021-05-19: LIVE -0.02 USDT realized, 0.00 USDT unrealized");
    expect(view.lines.slice(0, 3)).toEqual([
      "DEMO (test money): -0.02 USDT realized, +1.00 USDT unrealized.",
      "Paper: +993.00 USDT realized, 0.00 USDT unrealized.",
      "Paper prices: simulated market (invented prices), 2021-05-19 12:00 UTC (market).",
    ]);
    expect(view.table?.rows).toEqual([
      ["dip-live (LIVE)", "-0.02", "0.00", "0.02", "1"],
      ["all (LIVE)", "-0.02", "0.00", "0.02", "1"],
      ["dip-demo (DEMO)", "-0.02", "+1.00", "0.02", "1"],
      ["all (DEMO)", "-0.02", "+1.00", "0.02", "1"],
      ["dip", "+993.00", "0.00", "7.00", "2"],
      ["all paper", "+993.00", "0.00", "7.00", "2"],
    ]);
  });

  test("are of today at an exchange, whatever day a market of invented prices has", async () => {
    const view = await at.type("stats today");
    expect(view.title).toBe("2026-01-01: LIVE 0.00 USDT realized, 0.00 USDT unrealized");
    expect(view.lines).toContain("Paper, 2021-05-19 (market): +993.00 USDT realized, 0.00 USDT unrealized.");
  });

  test("name their currency in every cell where there are several", async () => {
    at.engine.prices.set("ETH/BTC", decimal("0.05"));
    await at.type("bot create name:cross symbol:eth/btc strategy:ema-cross timeframe:1m");
    const view = await at.type("stats today");
    expect(view.table?.rows.map(([name, realized]) => `${name} ${realized}`)).toEqual([
      "dip-live (LIVE) 0.00 USDT",
      "all (LIVE) 0.00 USDT",
      "dip-demo (DEMO) 0.00 USDT",
      "all (DEMO) 0.00 USDT",
      "cross 0.00 BTC",
      "all paper in BTC 0.00 BTC",
      "dip +993.00 USDT",
      "all paper in USDT +993.00 USDT",
    ]);
  });

  test("are never one number by day either", async () => {
    at.desk.clock.stepWall(TO_MARKET_MS);
    const view = await at.type("stats daily 2");
    expect(view.title).toBe("The last 2 days, in USDT");
    expect(view.table?.rows.map((row) => row.slice(0, 3))).toEqual([
      ["LIVE", "2021-05-19", "-0.02"],
      ["LIVE", "2021-05-18", "0.00"],
      ["DEMO", "2021-05-19", "-0.02"],
      ["DEMO", "2021-05-18", "0.00"],
      ["paper", "2021-05-19", "+993.00"],
      ["paper", "2021-05-18", "0.00"],
    ]);
    expect(view.lines.slice(0, 3)).toEqual([
      "LIVE (real money): -0.02 USDT realized, 1 fill.",
      "DEMO (test money): -0.02 USDT realized, 1 fill.",
      "Paper: +993.00 USDT realized, 2 fills.",
    ]);
  });

  test("keep a deleted bot's day in the sum of its own mode", async () => {
    at.desk.clock.stepWall(TO_MARKET_MS);
    await at.type("bot stop dip");
    await at.desk.press(await at.type("bot delete dip"), "Yes, bot delete");
    const view = await at.type("stats today");
    expect(view.table?.rows.at(-1)).toEqual(["all paper", "+993.00", "0.00", "7.00", "2"]);
    expect(view.lines).toContain("The rows of all count deleted bots too.");
    expect((await at.type("stats daily 1")).table?.rows.at(-1)?.slice(0, 3)).toEqual(["paper", "2021-05-19", "+993.00"]);
  });
});

test("the books of an account at an exchange speak of what bots claim", async () => {
  const text = textOf(await at.type("stats today"));
  expect(text).toContain(
    "Books of main (LIVE): cash 229.98 = start 250 + entries -20.02 USDT\nBTC: bots claim 0.0005 of 0.0005\nThe books add up.",
  );
});

test("stats fees tells what each kind of money paid, by month and symbol, and what made liquidity", async () => {
  const view = await at.type("stats fees");
  expect(view.title).toBe("Fees and funding, in USDT");
  expect(view.table?.columns.map(({ name }) => name)).toEqual(["Money", "Month", "Symbol", "Maker", "Taker", "Fees", "Funding", "Fills"]);
  expect(view.table?.rows).toEqual([
    ["LIVE", "2021-05", "BTC/USDT", "0.00", "0.02", "0.02", "-", "1"],
    ["DEMO", "2021-05", "BTC/USDT", "0.00", "0.02", "0.02", "-", "1"],
    ["paper", "2021-05", "BTC/USDT", "0.00", "7.00", "7.00", "-", "2"],
  ]);
  expect(view.lines).toContain("Paper: fees 7.00 USDT.");
  expect((await at.type("stats fees since:2021-05-20")).lines).toContain("Nothing was paid yet.");
});

describe("The realized curve", () => {
  test("is of the money that most is at stake with, and says the drawdown of the figures beside it", async () => {
    at.engine.fill("dip-live", "sell", "0.0005", "44000");
    at.engine.fill("dip-live", "buy", "0.0005", "44000");
    const { picture, lines } = await at.type("stats performance");
    expect(picture?.name).toBe("live-realized-equity");
    expect(picture?.alt).toContain("LIVE, realized, ");
    const [, share] = /max drawdown [\d.]+ USDT \(([\d.]+)%\)/.exec(lines.find((line) => line.startsWith("LIVE")) ?? "") ?? [];
    expect(share).toBeDefined();
    expect(picture?.alt).toContain(`deepest drawdown ${share === "0.00" ? "" : "-"}${share}%`);
  });

  test("is of paper while nothing was traded at an exchange in the time that is shown", async () => {
    at.desk.clock.stepWall(40 * 24 * 3_600_000);
    const [weekly, monthly] = [await at.type("stats weekly weeks:1"), await at.type("stats monthly months:1")];
    for (const { picture } of [weekly, monthly])
      expect(picture?.alt).toMatch(/^Paper, realized, 2021-05-19 11:45 to 12:00 UTC: equity from 10,000\.00 to 10,993\.00 USDT/);
  });

  test("begins at nothing where paper began with other coins, too, and says why no figure is in percent of its start", async () => {
    const paper = at.engine.accounts().find(({ state }) => state.mode === "paper");
    paper?.state.startBalances.set("BTC", decimal("0.5"));
    at.desk.clock.stepWall(40 * 24 * 3_600_000);
    const { lines } = await at.type("stats performance");
    const line = lines.find((each) => each.startsWith("Paper: "));
    expect(line).toMatch(/max drawdown [\d.,]+ USDT, /);
    expect(lines).toContain(
      "Paper began with BTC beside USDT, and the books do not know what that was worth: the curve in USDT begins at nothing, and what is counted in percent of the start balance is left out.",
    );
    expect((await at.type("stats weekly weeks:1")).picture?.alt).toContain("Realized results after fees");
  });

  test("is not drawn from nothing", async () => {
    expect((await at.type("stats performance since:2030-01-01")).picture).toBeUndefined();
  });
});
