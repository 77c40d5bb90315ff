import { expect, test } from "vitest";
import { order, Rig, SYMBOL } from "./perpetual-rig.ts";

test("a position in a contract that was delisted before this process began is told as one that cannot be read, and its leverage is left out", async () => {
  const rig = new Rig();
  await rig.venue.place(order());
  rig.delist();
  const restarted = rig.restarted();
  expect(await restarted.positions()).toEqual({ held: [], unreadable: new Set([SYMBOL]) });
  expect(await restarted.leverages([SYMBOL])).toEqual(new Map());
  await expect(restarted.openOrders(SYMBOL)).rejects.toThrow("lists no perpetual contract BTC/USDT:USDT");
});

test("a position in a contract that was delisted since is still read in its size", async () => {
  const rig = new Rig();
  await rig.venue.place(order());
  rig.delist();
  await rig.venue.instruments();
  const { held, unreadable } = await rig.venue.positions();
  expect(await rig.venue.leverages([SYMBOL])).toEqual(new Map());
  expect([held.map(({ symbol }) => symbol), [...unreadable]]).toEqual([[SYMBOL], []]);
});
