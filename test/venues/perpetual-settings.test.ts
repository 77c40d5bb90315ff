import { expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { order, Rig, SYMBOL } from "./perpetual-rig.ts";

test("a symbol is prepared only where it differs, and a refusal is one sentence", async () => {
  const rig = new Rig();
  const { venue, stage } = rig;
  stage.account.positionMode = "long_short_mode";
  await venue.prepare(SYMBOL, 7);
  expect(rig.posts).toEqual(["POST /api/v1/account/set-position-mode", "POST /api/v1/account/set-leverage"]);
  expect(stage.account.leverage("BTC-USDT", "isolated")).toBe(7);
  await venue.prepare(SYMBOL, 7);
  expect(rig.posts.length).toBe(2);
  await expect(venue.prepare(SYMBOL, 126)).rejects.toThrow("BTC/USDT:USDT takes a leverage from 1 to 125 at Blofin, found 126");
  await venue.place(order({ kind: "limit", price: decimal(59_000) }));
  await expect(venue.prepare(SYMBOL, 8)).rejects.toThrow(/did not set the leverage of BTC\/USDT:USDT to 8.*\(code 110006\)$/);
});

test("leverage is read for each symbol, and never changed under an open position", async () => {
  const rig = new Rig();
  const { venue, stage } = rig;
  expect([...(await venue.leverages([SYMBOL]))]).toEqual([[SYMBOL, 3]]);
  await venue.place(order());
  rig.wire.sent.length = 0;
  await expect(venue.prepare(SYMBOL, 5)).rejects.toThrow(
    "BTC/USDT:USDT has an open position at Blofin with leverage 3, found 5 wished; the desk changes nothing under it: close it there first, or use leverage:3",
  );
  await venue.prepare(SYMBOL, 3);
  expect([rig.posts, stage.account.leverage("BTC-USDT", "isolated")]).toEqual([[], 3]);
});
