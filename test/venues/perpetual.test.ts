import { expect, test } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import type { VenueOrder } from "../../src/ports/live-venue.ts";
import { order, Rig, refTo, SYMBOL, stop } from "./perpetual-rig.ts";

function shownOrder(found: VenueOrder) {
  const { clientOrderId, status, side } = found;
  return { clientOrderId, status, side, quantity: plain(found.quantity), filled: plain(found.filledQuantity) };
}

test("the symbols that trade are told with their rules in base", async () => {
  const { venue } = new Rig();
  const btc = (await venue.instruments()).get(SYMBOL)!;
  expect(plain(btc.lotSize)).toBe("0.0001");
  expect(plain(btc.quantityMin!)).toBe("0.0001");
  expect(plain(btc.marketQuantityMax!)).toBe("20");
  expect({ ...btc.contract, size: plain(btc.contract!.size) }).toEqual({ size: "0.001", settle: "USDT", leverageMax: 125 });
});

test("a halted symbol is not told, but a position in it still is", async () => {
  const { venue, stage } = new Rig();
  await venue.place(order());
  stage.exchange.halt("BTC-USDT");
  expect((await venue.instruments()).size).toBe(0);
  expect((await venue.positions()).held.map(({ quantity }) => plain(quantity))).toEqual(["0.01"]);
});

test("a symbol whose contract size is told in two ways that differ is not entered in, and still told, for what is held there", async () => {
  const { venue, wire } = new Rig();
  wire.spoil = (call, answer) =>
    call.path.endsWith("tickers") && answer.phase === "answered"
      ? { ...answer, body: { code: "0", msg: "", data: [{ instId: "BTC-USDT", vol24h: "1000", volCurrency24h: "10" }] } }
      : undefined;
  expect((await venue.instruments()).get(SYMBOL)?.entriesBarred).toMatch(/^the exchange tells the size of one contract in two ways/);
});

test("a market order is accepted, found, filled and has become a position", async () => {
  const { venue, stage } = new Rig();
  await venue.prepare(SYMBOL, 5);
  const placed = await venue.place(order());
  expect(placed.kind).toBe("accepted");
  const found = await venue.find(refTo(order()));
  expect(found.kind === "found" && shownOrder(found.order)).toEqual({
    clientOrderId: "sst0001",
    status: "filled",
    side: "buy",
    quantity: "0.01",
    filled: "0.01",
  });
  const { fills } = await venue.fills(SYMBOL, undefined, stage.nowMs - 1_000);
  expect(fills.map((fill) => [plain(fill.quantity), plain(fill.price), plain(fill.fee), fill.feeCurrency, fill.liquidity])).toEqual([
    ["0.01", "60000", "0.36", "USDT", "taker"],
  ]);
  expect(placed.kind === "accepted" && placed.venueOrderIds).toEqual([fills[0]!.venueOrderId]);
  const [position] = (await venue.positions()).held;
  expect({
    ...position,
    quantity: plain(position!.quantity),
    entryPrice: plain(position!.entryPrice),
    liquidationPrice: undefined,
  }).toEqual({
    symbol: SYMBOL,
    quantity: "0.01",
    entryPrice: "60000",
    liquidationPrice: undefined,
    leverage: 5,
    marginMode: "isolated",
  });
  expect(position!.liquidationPrice!.toNumber()).toBeCloseTo((60_000 * 0.8) / 0.996, 6);
});

test("balances add up to the exchange's own cash, whatever backs positions", async () => {
  const { venue, stage } = new Rig();
  await venue.place(order());
  const usdt = (await venue.balances()).get("USDT")!;
  expect(plain(usdt.free.plus(usdt.locked))).toBe(plain(stage.account.balance));
  expect(plain(usdt.locked)).toBe("200");
});

test("orders go out in the venue's own words", async () => {
  const { venue, wire } = new Rig();
  await venue.place(order({ kind: "limit-ioc", price: decimal(60_100), side: "buy" }));
  await venue.place(stop({ takePrice: decimal(63_000) }));
  const bodies = wire.sent.filter(({ name }) => name.startsWith("POST")).map(({ params }) => params);
  const shared = { instId: "BTC-USDT", marginMode: "isolated", positionSide: "net", size: "10" };
  expect(bodies).toEqual([
    { ...shared, side: "buy", clientOrderId: "sst0001", orderType: "ioc", price: "60100", reduceOnly: "false" },
    {
      ...shared,
      side: "sell",
      clientOrderId: "sststop1",
      slTriggerPrice: "58000",
      slOrderPrice: "-1",
      tpTriggerPrice: "63000",
      tpOrderPrice: "-1",
      reduceOnly: "true",
    },
  ]);
});

test("a limit-ioc order that cannot trade has expired and is not resting", async () => {
  const { venue } = new Rig();
  const request = order({ kind: "limit-ioc", price: decimal(59_000) });
  expect((await venue.place(request)).kind).toBe("accepted");
  const found = await venue.find(refTo(request));
  expect(found.kind === "found" && shownOrder(found.order)).toMatchObject({ status: "expired", filled: "0" });
  expect(await venue.openOrders(SYMBOL)).toEqual([]);
});

test("a stop rests, triggers, and is then found with the order that it became and that its fills name", async () => {
  const { venue, stage } = new Rig();
  await venue.place(order());
  const placed = await venue.place(stop());
  const ids = placed.kind === "accepted" ? placed.venueOrderIds : [];
  expect((await venue.openOrders(SYMBOL)).map((each) => [each.clientOrderId, each.venueOrderIds, plain(each.stopPrice!)])).toEqual([
    ["sststop1", ids, "58000"],
  ]);
  stage.tape.write(1, 60_000, 60_000, 57_000, 57_500);
  stage.pass(120_000);
  const found = await venue.find(refTo(stop(), ids));
  expect(found.kind === "found" && shownOrder(found.order)).toMatchObject({ clientOrderId: "sststop1", status: "filled", filled: "0.01" });
  const { fills } = await venue.fills(SYMBOL, undefined, stage.nowMs - 3_600_000);
  expect(found.kind === "found" && found.order.venueOrderIds).toEqual([...ids, fills.at(-1)!.venueOrderId]);
  expect(fills.at(-1)!.price.isLessThanOrEqualTo(58_000)).toBe(true);
  expect((await venue.positions()).held).toEqual([]);
});

test("the order behind a fill is found by the venue's own id alone, ours or not, and never another one", async () => {
  const { venue, stage } = new Rig();
  const entry = await venue.place(order());
  await venue.place(stop());
  stage.tape.write(1, 60_000, 60_000, 57_000, 57_500);
  stage.pass(120_000);
  const { fills } = await venue.fills(SYMBOL, undefined, stage.nowMs - 3_600_000);
  const stranger = (venueOrderId: string) =>
    ({ clientOrderId: "", symbol: SYMBOL, kind: "market", venueOrderIds: [venueOrderId] }) as const;
  const told = [];
  for (const { venueOrderId } of fills) {
    const found = await venue.find(stranger(venueOrderId));
    told.push(found.kind === "found" && [found.order.clientOrderId, found.order.venueOrderIds, found.order.side]);
  }
  const [bought, sold] = fills.map(({ venueOrderId }) => venueOrderId);
  expect(entry).toMatchObject({ venueOrderIds: [bought] });
  expect(told).toEqual([
    [order().clientOrderId, [bought], "buy"],
    ["", [sold], "sell"],
  ]);
  expect((await venue.find(stranger("999"))).kind).toBe("absent");
});

test("a target closes a short position from above", async () => {
  const { venue, stage } = new Rig();
  await venue.place(order({ side: "sell" }));
  await venue.place(stop({ side: "buy", stopPrice: decimal(62_000), takePrice: decimal(58_000) }));
  stage.tape.write(1, 60_000, 60_500, 57_900, 59_000);
  stage.pass(120_000);
  expect((await venue.positions()).held).toEqual([]);
  // 1,000 less 0.36 for the entry, plus 21 from 60,000 to 57,900, less 0.35 for the exit.
  expect(plain(stage.account.balance.decimalPlaces(2))).toBe("1020.29");
});

test("a canceled order is canceled, and one that is not there is gone", async () => {
  const { venue } = new Rig();
  const resting = order({ kind: "limit", price: decimal(59_000) });
  await venue.place(resting);
  expect(await venue.cancel(refTo(resting))).toEqual({ kind: "canceled" });
  expect(await venue.cancel(refTo(resting))).toEqual({ kind: "gone" });
  await venue.place(order({ clientOrderId: "sst0002" }));
  const placed = await venue.place(stop());
  const ref = refTo(stop(), placed.kind === "accepted" ? placed.venueOrderIds : []);
  expect(await venue.cancel(ref)).toEqual({ kind: "canceled" });
  expect(await venue.cancel(ref)).toEqual({ kind: "gone" });
  const found = await venue.find(ref);
  expect(found.kind === "found" && shownOrder(found.order)).toMatchObject({ status: "canceled", filled: "0" });
});

test("an order that was never placed is absent after a round over every id space and the fills", async () => {
  const { venue, wire } = new Rig();
  await venue.instruments();
  wire.sent.length = 0;
  expect(await venue.find(refTo(order()))).toEqual({ kind: "absent" });
  const paths = wire.sent.map(({ name }) => name.replace("GET /api/v1/trade/", ""));
  for (const place of ["order-detail", "orders-pending", "orders-history", "fills-history", "orders-tpsl-pending", "orders-tpsl-history"])
    expect(paths).toContain(place);
  expect(paths).toContain("orders-algo-pending");
  expect(paths).toContain("orders-algo-history");
  expect(await venue.find(refTo(stop()))).toEqual({ kind: "absent" });
});

test("a fill that no list of orders explains yet makes a round no reading", async () => {
  const { venue, wire } = new Rig();
  await venue.place(order());
  wire.spoil = (call, answer) =>
    /order-detail|orders-(pending|history)$/.test(call.path) && answer.phase === "answered"
      ? { ...answer, body: { code: "0", msg: "success", data: call.path.endsWith("detail") ? null : [] } }
      : undefined;
  expect(await venue.find(refTo(order()))).toMatchObject({ kind: "no-reading" });
});

test("a reader behind in time does not show an order that was just placed", async () => {
  const { venue, wire, stage } = new Rig();
  await venue.instruments();
  stage.pass(20_000);
  const resting = order({ kind: "limit", price: decimal(59_000) });
  await venue.place(resting);
  stage.pass(5_000);
  wire.lagMs = 10_000;
  expect(await venue.find(refTo(resting))).toEqual({ kind: "absent" });
  stage.pass(6_000);
  expect((await venue.find(refTo(resting))).kind).toBe("found");
});

test("fills are paged whole and in order, and an unchanged cursor says that nothing is new", async () => {
  const { venue, stage } = new Rig({ limits: false }, {});
  stage.exchange.pieces = 90;
  const since = stage.nowMs;
  for (const id of ["a", "b", "c"]) await venue.place(order({ clientOrderId: `many_${id}`, quantity: decimal("0.009") }));
  const first = await venue.fills(SYMBOL, undefined, since);
  expect(first.fills.length).toBe(270);
  expect(new Set(first.fills.map(({ fillId }) => fillId)).size).toBe(270);
  expect(first.fills.map(({ fillId }) => Number(fillId))).toEqual(first.fills.map(({ fillId }) => Number(fillId)).sort((a, b) => a - b));
  expect((await venue.fills(SYMBOL, first.cursor, since)).cursor).toBe(first.cursor);
  stage.pass(1_000);
  await venue.place(order({ clientOrderId: "later", quantity: decimal("0.0001") }));
  const next = await venue.fills(SYMBOL, first.cursor, since);
  expect(next.cursor).not.toBe(first.cursor);
  expect(plain(next.fills.at(-1)!.quantity)).toBe("0.0001");
});

test("funding, transfers, a liquidation and a deleveraging are told in the ledger", async () => {
  const { venue, stage } = new Rig();
  await venue.place(order());
  stage.pass(7 * 3_600_000);
  stage.exchange.transfer(stage.account, decimal("-50"));
  stage.exchange.deleverage(stage.account, "BTC-USDT", "isolated", decimal(4));
  stage.exchange.liquidate(stage.account, "BTC-USDT", "isolated");
  const entries = await venue.ledger(stage.nowMs - 8 * 3_600_000);
  expect(entries.map(({ kind, amount }) => [kind, plain(amount)])).toEqual([
    ["transfer", "1000"],
    ["funding", "-0.06"],
    ["deleveraging", "0"],
    ["liquidation", "0"],
    ["transfer", "-50"],
  ]);
  const { fills } = await venue.fills(SYMBOL, undefined, 0);
  expect(fills.slice(-2).map(({ venueOrderId }) => `order:${venueOrderId}`)).toEqual(entries.slice(2, 4).map(({ entryId }) => entryId));
  expect((await venue.positions()).held).toEqual([]);
});

test("a quantity that is no whole number of lots, an unknown symbol and a wrong id are never sent", async () => {
  const rig = new Rig();
  for (const request of [
    order({ quantity: decimal("0.00015") }),
    order({ symbol: "XYZ/USDT:USDT" }),
    order({ clientOrderId: "a-b" }),
    order({ kind: "limit" }),
    stop({ stopPrice: decimal(0) }),
  ])
    expect((await rig.venue.place(request)).kind).toBe("not-sent");
  expect(rig.posts).toEqual([]);
});

test("all open orders are told at once, in as many requests as those of one symbol, whatever kind they are", async () => {
  const { venue, stage, wire } = new Rig();
  await venue.place(order());
  await venue.place(stop());
  await venue.place(order({ clientOrderId: "sst0002", kind: "limit", price: decimal(50_000) }));
  const one = await venue.openOrders(SYMBOL);
  expect(one.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(["sst0002", "sststop1"]);
  wire.sent.length = 0;
  expect(await venue.allOpenOrders?.()).toEqual(one);
  expect(wire.sent.map(({ name, params }) => [name, params])).toEqual([
    ["GET /api/v1/trade/orders-pending", { limit: "100" }],
    ["GET /api/v1/trade/orders-tpsl-pending", { limit: "100" }],
    ["GET /api/v1/trade/orders-algo-pending", { limit: "100", orderType: "trigger" }],
  ]);
  expect(stage.account.tpsl.live()).toHaveLength(1);
});
