import { beforeEach, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;

beforeEach(async () => {
  at = await VenueDesk.open();
});

test("limits the leverage of an account: lower at once, higher after a question and with a second factor where it is LIVE", async () => {
  await at.connect("perps", "live", "blofin");
  await at.connect("play", "demo", "blofin");
  await at.connect("main");
  expect(textOf(await at.type("risk show"))).toContain("perps (LIVE) takes a leverage of at most 3");
  expect((await at.type("risk set account:perps leverage:2")).title).toBe("perps (LIVE) takes a leverage of at most 2 now");
  const asked = await at.type("risk set account:perps leverage:5");
  expect(textOf(asked)).toContain("Let perps (LIVE) take a leverage of up to 5 instead of 2?");
  const waiting = await at.desk.press(asked, "Yes, risk set");
  expect(waiting.title).toContain("second factor");
  expect(at.engine.account("perps")?.venue?.leverageLimit).toBe(2);
  await at.desk.approve(waiting);
  expect((await at.desk.press(waiting, "Continue")).title).toBe("perps (LIVE) takes a leverage of at most 5 now");
  const demo = await at.type("risk set account:play leverage:10");
  expect((await at.desk.press(demo, "Yes, risk set")).title).toBe("play (DEMO) takes a leverage of at most 10 now");
  expect((await at.type("risk set account:main leverage:2")).title).toContain(
    "leverage: it exists on perpetual contracts, and main (LIVE) trades spot",
  );
  expect((await at.type("risk set leverage:2")).title).toContain("account: leverage is limited for one account");
  expect((await at.type("risk set")).title).toContain("Say what is to be set");
  expect((await at.type("risk set ceiling:5 account:main")).title).toContain("the ceiling holds over all live accounts together");
});

test("lowers the ceiling without a question and never raises it", async () => {
  expect((await at.type("risk set ceiling:50")).title).toContain("allows no live trading");
  at.exchanges.ceilingSetting = decimal(100);
  expect((await at.type("risk set ceiling:50")).title).toBe("The ceiling of live trading is 50.00 USDT now");
  expect((await at.type("risk set ceiling:50")).title).toContain("can only lower it below 50.00 USDT, found 50");
  expect((await at.type('risk set ceiling:"40 EUR"')).title).toContain("ceiling: it is counted in USDT, found EUR");
  expect(at.desk.ledger.state.ceiling?.toFixed()).toBe("50");
});
