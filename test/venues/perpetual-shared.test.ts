import { expect, test } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { order, Rig } from "./perpetual-rig.ts";

test("an account with more orders than can be read has a ledger all the same, as far as its newest ones tell", async () => {
  const { venue, stage, wire } = new Rig();
  await venue.place(order());
  stage.exchange.liquidate(stage.account, "BTC-USDT", "isolated");
  let pages = 0;
  let oldest: object | undefined;
  wire.spoil = ({ path }, answer) => {
    if (path !== "/api/v1/trade/orders-history" || answer.phase !== "answered") return undefined;
    const { data, ...rest } = answer.body as { readonly data: readonly object[] };
    pages += 1;
    oldest ??= data.at(-1);
    const rows = Array.from({ length: 100 }, (_, index) => ({ ...oldest, orderId: String(9_000_000 - pages * 100 - index) }));
    return { ...answer, body: { ...rest, data: pages === 1 ? [...data, ...rows.slice(data.length)] : rows } };
  };
  const entries = await venue.ledger(stage.nowMs - 3_600_000);
  expect(entries.map(({ kind }) => kind).sort()).toEqual(["liquidation", "transfer"]);
  expect(pages).toBe(30);
});

test("what its owner holds of a contract on the other margin is not taken for what the desk holds there", async () => {
  const { venue, stage } = new Rig();
  const own = { instId: "BTC-USDT", type: "market", marginMode: "cross", reduceOnly: false, clientOrderId: "", brokerId: "" } as const;
  expect(stage.exchange.place(stage.account, { ...own, side: "sell", size: decimal(2) })).not.toHaveProperty("code");
  await venue.place(order());
  expect(stage.account.positions().map(({ marginMode, contracts }) => [marginMode, plain(contracts)])).toEqual([
    ["cross", "-2"],
    ["isolated", "10"],
  ]);
  expect((await venue.positions()).held.map(({ marginMode, quantity }) => [marginMode, plain(quantity)])).toEqual([["isolated", "0.01"]]);
});
