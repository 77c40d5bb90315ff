import { beforeEach, expect, test } from "vitest";
import type { SeenAnomaly } from "../../src/domain/anomaly.ts";
import { ADMIN, ChatDesk, textOf } from "../chat/door.ts";

const T0 = Date.UTC(2022, 6, 1, 12);
const VIEWER = "discord:viewer";

let desk: ChatDesk;

async function see(subject: SeenAnomaly["subject"], series: SeenAnomaly["series"], minute: number, isTold = true): Promise<void> {
  const numbers = { value: 2, usual: 0, spread: 0.1, limit: 1, samples: 900 };
  await desk.ledger.append([
    { type: "anomaly-seen", anomaly: { series, subject, ...numbers, marketMs: T0 + minute * 60_000, isTold, heldBack: 0 } },
  ]);
}

beforeEach(async () => {
  desk = await ChatDesk.open();
  await desk.type("bot create symbol:BTC/USDT strategy:ema-cross timeframe:15m name:dip");
});

test("says so when nothing was seen", async () => {
  expect((await desk.type("stats anomalies")).title).toBe("Nothing unusual was seen lately");
});

test("lists the newest first, with the numbers of the newest", async () => {
  await see({ kind: "symbol", symbol: "BTC/USDT", market: "m" }, "price", 0);
  await see({ kind: "symbol", symbol: "ETH/USDT", market: "m" }, "price", 1, false);
  const view = await desk.type("stats anomalies");
  expect(view.title).toBe("2 anomalies");
  expect(view.table?.rows).toEqual([
    ["2022-07-01 12:01", "Price", "ETH/USDT moved +2.00% within a minute", "no, like the one before"],
    ["2022-07-01 12:00", "Price", "BTC/USDT moved +2.00% within a minute", "yes"],
  ]);
  expect(textOf(view)).toContain("median of the last 900 minutes");
});

test("shows nobody the bots and accounts that they may not see", async () => {
  const dip = desk.engine.bot("dip")!.state.spec;
  await see({ kind: "symbol", symbol: "BTC/USDT", market: "m" }, "price", 0);
  await see({ kind: "bot", botId: dip.id }, "orders", 1);
  await see({ kind: "account", account: dip.account }, "fills", 2);
  expect(textOf(await desk.type("stats anomalies"))).toMatch(/dip made 2 orders/);
  await desk.type("bot create symbol:ETH/USDT strategy:ema-cross timeframe:15m name:other");
  const other = desk.engine.bot("other")!.state.spec;
  await desk.ledger.append([{ type: "access-granted", user: VIEWER, role: "viewer", scope: `bot:${other.id}`, by: ADMIN }]);
  const shown = await desk.type("stats anomalies", VIEWER);
  expect(shown.table?.rows.map(([, kind]) => kind)).toEqual(["Price"]);
  expect(textOf(shown)).not.toContain(ADMIN);
});
