import { beforeEach, describe, expect, test } from "vitest";
import { type Decimal, decimal, plain } from "../../src/domain/money.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk } from "../chat/door.ts";
import type { EngineRig } from "../kit/engine-rig.ts";
import { BTC, TRADER, tradedDesk } from "./traded-desk.ts";

const GUEST = "telegram:8";

let rig: EngineRig;
let desk: ChatDesk;

beforeEach(async () => {
  ({ rig, desk } = await tradedDesk());
});

type Row = Readonly<Record<string, string>>;

/** The rows of a file of JSON; none where there is no file. */
const rowsIn = ({ file }: View): readonly Row[] => (file === undefined ? [] : (JSON.parse(file.text) as Row[]));
const rowsOf = async (line: string, user = ADMIN) => rowsIn(await desk.type(`stats export format:json ${line}`, user));
const sumOf = (rows: readonly Row[], column: string): Decimal => rows.reduce((sum, row) => sum.plus(row[column] || "0"), decimal(0));

describe("stats export", () => {
  test("hands over every fill with exact digits and times in UTC, oldest first", async () => {
    const view = await desk.type("stats export bot:dip");
    expect([view.title, view.file?.name, view.file?.contentType]).toEqual(["2 fills", "fills.csv", "text/csv"]);
    const [columns = "", ...lines] = view.file!.text.trimEnd().split("\n");
    expect(columns).toMatch(
      /^time_utc,bot,mode,account,symbol,side,quantity,price,value,fee,fee_currency,liquidity,realized,result,currency,purpose,/,
    );
    expect(lines.map((line) => line.split(",")[5])).toEqual(["buy", "sell"]);
    const rows = await rowsOf("bot:dip");
    const booked = await rig.eventsOf(TRADER, "order-filled");
    expect(rows.map(({ time_utc, quantity, price, fee, order }) => [time_utc, quantity, price, fee, order])).toEqual(
      booked.map(({ fill }) => [
        new Date(fill.marketMs).toISOString(),
        plain(fill.quantity),
        plain(fill.price),
        plain(fill.fee),
        fill.clientOrderId,
      ]),
    );
    expect(rows[0]?.time_utc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("has daily results that add up to those of the fills", async () => {
    const [day, ...others] = await rowsOf("daily bot:dip");
    const fills = await rowsOf("bot:dip");
    expect(others).toEqual([]);
    expect(day).toMatchObject({ bot: "dip", mode: "paper", symbol: BTC, currency: "USDT", fills: "2", closes: "1" });
    // The fee of a buy is paid at once and is in no result of a closing fill but that of its day.
    const bought = sumOf(
      fills.filter(({ side }) => side === "buy"),
      "fee",
    );
    expect(day?.realized).toBe(plain(sumOf(fills, "realized").minus(fills[0]?.fee_currency === "USDT" ? bought : 0)));
  });

  test("tells of each sale what the trade made, which adds up to what its closed positions made", async () => {
    const fills = await rowsOf("bot:dip");
    const [day] = await rowsOf("daily bot:dip");
    expect(fills[0]?.result).toBe("");
    expect(plain(sumOf(fills, "result"))).toBe(day?.realized);
  });

  test("has only the bots that the person may see, and the accounts of none but theirs", async () => {
    expect(new Set((await rowsOf("")).map(({ bot }) => bot))).toEqual(new Set(["mine", "dip"]));
    await rig.desk.append([{ type: "access-granted", user: GUEST, role: "viewer", scope: "bot:mine", by: ADMIN }]);
    for (const what of ["fills", "daily"]) {
      const rows = await rowsOf(what, GUEST);
      expect(new Set(rows.map(({ bot, account }) => `${bot} ${account}`))).toEqual(new Set(["mine "]));
    }
    expect((await desk.type("stats export bot:dip", GUEST)).title).toMatch(/^bot: there is no bot or group dip that you may see/);
  });

  test("keeps what a deleted bot did for whoever sees its account", async () => {
    await desk.type("bot stop dip close:yes");
    const asked = await desk.type("bot delete dip");
    await desk.press(asked, asked.buttons[0]!.label);
    expect(rig.engine.bots().map(({ state }) => state.spec.name)).not.toContain("dip");
    expect(await rowsOf("bot:dip")).toHaveLength(2);
    expect((await rowsOf("daily")).filter(({ bot }) => bot === "dip")).toHaveLength(1);
  });

  test("has the newest of too many, and says how many are left out", async () => {
    const many = await ChatDesk.open();
    await many.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
    const { account, state } = many.engine.bot("dip")!;
    const [event] = await rig.eventsOf(TRADER, "order-filled");
    for (let sequence = 1; sequence <= 5_003; sequence += 1) {
      const fill = { ...event!.fill, fillId: `f${sequence}` };
      const recorded = {
        sequence,
        wallMs: wallMs(sequence),
        marketMs: marketMs(sequence),
        requestId: undefined,
        event: { ...event!, botId: state.spec.id, fill },
      };
      many.engine.audit.records.push({ account, recorded });
    }
    const view = await many.type("stats export format:json");
    expect([view.title, view.lines[1]]).toEqual(["5000 fills", expect.stringMatching(/^3 older ones are left out/)]);
    const ids = rowsIn(view).map(({ fill }) => fill);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([5_000, "f4", "f5003"]);
  });

  test("counts the days that were asked for, and says in one sentence what it cannot do", async () => {
    const day = (await rowsOf("daily"))[0]?.day ?? "";
    expect(await rowsOf(`since:${day} until:${day}`)).toHaveLength((await rowsOf("")).length);
    for (const what of ["fills", "daily"]) {
      const view = await desk.type(`stats export ${what} since:2031-01-01`);
      expect([view.title, view.file]).toEqual([what === "fills" ? "No fills to hand over" : "No results to hand over", undefined]);
      expect(await rowsOf(`${what} until:2001-01-01`)).toEqual([]);
    }
    expect((await desk.type("stats export since:2021-05-20 until:2021-05-19")).title).toMatch(/^until: expected a day that is not before/);
    expect((await desk.type("stats export what:lies")).title).toMatch(/^what: expected one of fills, daily/);
    expect((await desk.type("stats export format:xlsx")).title).toMatch(/^format: expected one of csv, json/);
  });
});
