import { beforeEach, describe, expect, test } from "vitest";
import { minuteText } from "../../src/domain/time.ts";
import { ADMIN, type ChatDesk, textOf } from "../chat/door.ts";
import type { EngineRig } from "../kit/engine-rig.ts";
import { TRADER, tradedDesk } from "./traded-desk.ts";

let rig: EngineRig;
let desk: ChatDesk;

beforeEach(async () => {
  ({ rig, desk } = await tradedDesk());
});

const whatOf = async (line: string, user = ADMIN) => (await desk.type(line, user)).table?.rows.map((row) => row.slice(2).join(" | ")) ?? [];

describe("audit show", () => {
  test("shows requests, decisions, orders and fills, each alone where it is asked for", async () => {
    expect(await whatOf("audit show requests")).toEqual([
      "desk 4 | discord:1 | bot create name:mine symbol:btc strategy:ema-cross timeframe:1m start:yes -> mine is running",
    ]);
    const decisions = await whatOf("audit show decisions bot:dip");
    expect(decisions).toEqual([
      expect.stringMatching(/\| dip \| exit: sell .* BTC\/USDT as /),
      expect.stringMatching(/\| dip \| entry: buy /),
    ]);
    expect(await whatOf("audit show fills bot:dip")).toEqual([
      expect.stringMatching(/\| dip \| sell .* at /),
      expect.stringMatching(/\| dip \| buy .* at /),
    ]);
    expect((await whatOf("audit show fills bot:mine")).filter((row) => !row.includes("| mine |"))).toEqual([]);
    expect((await desk.type("audit show last:2")).table?.rows).toHaveLength(2);
  });

  test("shows beside the wall's time that of the market, a fill's own as its alert and the exports do", async () => {
    const { table } = await desk.type("audit show fills bot:dip");
    expect(table?.columns.map(({ name }) => name)).toEqual(["Time (UTC)", "Market", "Record", "Who", "What"]);
    const filledAt = rig.engine
      .accounts()
      .flatMap(({ state }) => [...state.bots.values()].flatMap(({ spec, held }) => (spec.name === "dip" ? held : [])));
    expect(table?.rows.map((row) => row[1]).toReversed()).toEqual(filledAt.map((ms) => minuteText(ms)));
    expect(table?.rows.map((row) => row[0])).not.toEqual(table?.rows.map((row) => row[1]));
  });

  test("shows the whole way of one order, in the order in which it went", async () => {
    const [entry = ""] = (await whatOf("audit show decisions")).slice(-1);
    const order = / as (\S+),/.exec(entry)?.[1] ?? "";
    const way = await whatOf(`audit show order:${order}`);
    expect(way[0]).toMatch(/entry: buy/);
    expect(way.at(-1)).toMatch(new RegExp(`buy .* by ${order}`));
    expect((await desk.type("audit show order:nothing")).title).toBe("No order nothing is in the records that you may see");
  });

  test("shows others only their own accounts and what they asked for", async () => {
    const text = textOf(await desk.type("audit show last:60", TRADER));
    expect(text).toContain("bot created: dip");
    expect(text).not.toContain("mine");
    await desk.type("bot stop dip", TRADER);
    expect(await whatOf("audit show requests", TRADER)).toEqual([expect.stringContaining("bot stop bot:dip")]);
  });

  test("says in one sentence what it does not know", async () => {
    expect((await desk.type("audit show bot:ghost")).title).toMatch(/^bot: there is no bot or group ghost that you may see/);
    expect((await desk.type("audit show since:2031-01-01")).title).toBe("No such records");
    expect((await desk.type("audit show what:lies")).title).toMatch(/^what: expected one of requests, decisions/);
  });
});

describe("audit verify", () => {
  test("says that all records follow from one another, and shows their heads", async () => {
    const view = await desk.type("audit verify");
    expect([view.tone, view.title]).toEqual(["good", expect.stringMatching(/^All \d+ records follow from one another$/)]);
    expect(view.table?.rows.map((row) => row[2])).toEqual(["all", "all", "all"]);
  });

  test("compares a head that somebody kept", async () => {
    const [row] = (await desk.type("audit verify")).table?.rows ?? [];
    const head = row?.[3] ?? "";
    await rig.move(2);
    expect((await desk.type(`audit verify head:${head}`)).lines[0]).toBe("The head that you named is the one that stands there.");
    const other = `${head.slice(0, -1)}${head.endsWith("A") ? "B" : "A"}`;
    const view = await desk.type(`audit verify head:${other}`);
    expect([view.tone, view.title]).toEqual(["bad", expect.stringMatching(/is another one than was noted$/)]);
  });

  test("refuses heads that are none, that are of others, and that are of nothing", async () => {
    expect((await desk.type("audit verify head:what")).title).toMatch(/^head: expected a head as `audit verify` shows it/);
    expect((await desk.type("audit verify head:desk@1:abcdefgh", TRADER)).title).toBe("head: you may see no records of desk.");
    expect((await desk.type("audit verify head:ghost@1:abcdefgh")).title).toBe("head: there are no records of ghost.");
  });

  test("verifies for others what they may see", async () => {
    expect((await desk.type("audit verify", TRADER)).table?.rows.map(([name]) => name)).toEqual([`paper:${TRADER}`]);
  });
});
