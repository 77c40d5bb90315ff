import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { floorToStep, plain } from "../../src/domain/money.ts";
import { cancelFaultContract, placeFaultContract, readFaultContract } from "./venue/fault-contract.ts";
import type { VenueStage, VenueSubject } from "./venue/stage.ts";
import { at, expectClean, fillsOf, limitOf, move, place, protectedEntry, reading, ref, stopOf, sum } from "./venue/steps.ts";

type Stage = () => VenueStage;

/** The contract of LiveVenue, through the real ccxt over sockets against a simulated exchange. */
export function venueContract(subject: VenueSubject): void {
  describe(`the contract of a venue: ${subject.exchangeId}`, () => {
    const held: { stage?: VenueStage } = {};
    const stage: Stage = () => held.stage!;
    beforeEach(async () => {
      held.stage = await subject.open();
    });
    afterEach(() => held.stage?.close());

    describe("markets and money", () => marketContract(stage));
    describe("an order's life", () => orderContract(stage, subject));
    describe("protection", () => protectionContract(stage));
    describe("placing under faults", () => placeFaultContract(stage, subject));
    describe("canceling under faults", () => cancelFaultContract(stage, subject));
    describe("reading under faults", () => readFaultContract(stage, subject));
    describe("keys, clocks and limits", () => limitContract(stage, subject));
  });
}

function marketContract(stage: Stage): void {
  it("lists the symbol with its own exact rules and fees", async () => {
    const instrument = (await stage().venue.instruments()).get(stage().symbol)!;
    expect(instrument.tickSize.isGreaterThan(0) && instrument.lotSize.isGreaterThan(0)).toBe(true);
    expect(floorToStep(stage().entry.quantity, instrument.lotSize).isEqualTo(stage().entry.quantity)).toBe(true);
    expect(instrument.takerFeeBps).toBeGreaterThan(0);
    expect(instrument.contract !== undefined).toBe(stage().venue.traits.kind === "perpetual");
  });

  it("asks the exchange again when it is asked again", async () => {
    await stage().venue.instruments();
    const asked = stage().server.log.length;
    await stage().venue.instruments();
    expect(stage().server.log.length).toBeGreaterThan(asked);
  });

  it("tells balances that are not zero and no position before anything was done", async () => {
    const balances = await stage().venue.balances();
    expect(balances.get("USDT")?.free.isGreaterThan(0)).toBe(true);
    expect([...balances.values()].every(({ free, locked }) => free.plus(locked).isGreaterThan(0))).toBe(true);
    expect((await stage().venue.positions()).held).toEqual([]);
  });
}

function orderContract(stage: Stage, subject: VenueSubject): void {
  it("fills a market order at once and tells its fills under the venue's ids", async () => {
    const { entry, venue, symbol } = stage();
    const outcome = await place(stage(), entry);
    expect(outcome.venueOrderIds).toHaveLength(1);
    const fills = await fillsOf(stage());
    expect(plain(sum(fills.map(({ quantity }) => quantity)))).toBe(plain(entry.quantity));
    expect(fills.every(({ venueOrderId, side }) => venueOrderId === outcome.venueOrderIds[0] && side === "buy")).toBe(true);
    expect(fills.every(({ fee, feeCurrency }) => fee.isGreaterThan(0) && feeCurrency !== "")).toBe(true);
    const known = new Map(fills.map((fill) => [fill.fillId, plain(fill.quantity)]));
    for (const fill of outcome.fills) expect(known.get(fill.fillId)).toBe(plain(fill.quantity));
    expect(await reading(stage(), entry)).toMatchObject({ status: "filled", symbol, side: "buy" });
    expect((await venue.positions()).held.map(({ quantity }) => plain(quantity))).toEqual(
      venue.traits.kind === "perpetual" ? [plain(entry.quantity)] : [],
    );
  });

  it("sends of a market order its quantity and nothing that could be read as a price, an amount or somebody's broker", async () => {
    const { entry } = stage();
    await place(stage(), entry);
    const [sent] = stage().sent(subject.routes.place);
    expect(Object.keys(sent!).sort()).toEqual([...subject.marketParameters].sort());
    expect(JSON.stringify(sent)).toContain(entry.clientOrderId);
    expect(JSON.stringify(sent)).not.toMatch(/x-TKT|broker/i);
  });

  it("fills a bounded order within its bound and lets the rest expire", async () => {
    const { entry, price } = stage();
    await place(stage(), { ...entry, kind: "limit-ioc", price: at(stage(), price * 1.01) });
    expect(await reading(stage(), entry)).toMatchObject({ status: "filled" });
    const far = { ...entry, clientOrderId: `${entry.clientOrderId}2`, kind: "limit-ioc", price: at(stage(), price * 0.9) } as const;
    await place(stage(), far);
    const order = await reading(stage(), far);
    expect([["expired", "canceled"].includes(order.status), plain(order.filledQuantity)]).toEqual([true, "0"]);
    expect(await stage().venue.openOrders(entry.symbol)).toEqual([]);
  });

  it("rests a limit order until it is canceled, under our id and nobody else's", async () => {
    const resting = limitOf(stage());
    const { venueOrderIds } = await place(stage(), resting);
    const open = await stage().venue.openOrders(resting.symbol);
    expect(open.map(({ clientOrderId, venueOrderIds: ids, status }) => [clientOrderId, ids, status])).toEqual([
      [resting.clientOrderId, venueOrderIds, "open"],
    ]);
    expect(await stage().venue.cancel(ref(resting))).toMatchObject({ kind: "canceled" });
    expect(await stage().venue.openOrders(resting.symbol)).toEqual([]);
    expect(await reading(stage(), resting)).toMatchObject({ status: "canceled" });
    expect(await stage().venue.cancel(ref(resting))).toEqual({ kind: "gone" });
  });

  it("fills a resting order when the price comes to it, and says that it is gone when it is then canceled", async () => {
    const resting = limitOf(stage());
    await place(stage(), resting);
    move(stage(), stage().price * 0.98);
    expect(await reading(stage(), resting)).toMatchObject({ status: "filled" });
    expect(await stage().venue.cancel(ref(resting))).toEqual({ kind: "gone" });
    expect((await fillsOf(stage())).map(({ liquidity }) => liquidity)).toContain("maker");
  });

  it("says that an order is absent which nobody has sent", async () => {
    expect(await stage().venue.find(ref(stage().entry))).toEqual({ kind: "absent" });
    expect(await stage().venue.cancel(ref(stage().entry))).toEqual({ kind: "gone" });
  });

  it("leaves no fill out for who goes on from the cursor, and stays where it is when there is nothing new", async () => {
    const { entry, venue } = stage();
    await place(stage(), entry);
    stage().time.skip(90_000);
    const first = await venue.fills(entry.symbol, undefined, stage().time.venueNow() - 600_000);
    expect((await venue.fills(entry.symbol, first.cursor, 0)).cursor).toBe(first.cursor);
    await place(stage(), { ...entry, clientOrderId: `${entry.clientOrderId}2` });
    const second = await venue.fills(entry.symbol, first.cursor, 0);
    const all = new Map([...first.fills, ...second.fills].map((fill) => [fill.fillId, fill.quantity]));
    expect(plain(sum([...all.values()]))).toBe(plain(entry.quantity.times(2)));
    expect(second.fills.map(({ venueMs }) => venueMs)).toEqual(second.fills.map(({ venueMs }) => venueMs).sort());
  });
}

function protectionContract(stage: Stage): void {
  it("rests a stop under our id, and fills it when the price falls to it", async () => {
    const stop = await protectedEntry(stage(), false);
    const [open] = await stage().venue.openOrders(stop.symbol);
    expect([open?.clientOrderId, open?.status, open?.side]).toEqual([stop.clientOrderId, "open", "sell"]);
    expect(plain(open!.stopPrice!)).toBe(plain(stop.stopPrice!));
    move(stage(), stage().price * 0.948);
    expect(await reading(stage(), stop)).toMatchObject({ status: "filled" });
    expect(await stage().venue.openOrders(stop.symbol)).toEqual([]);
    expect((await fillsOf(stage())).map(({ side }) => side)).toContain("sell");
  });

  it("cancels a stop that is known by our id only", async () => {
    const stop = await protectedEntry(stage(), false);
    expect(await stage().venue.cancel(ref(stop))).toMatchObject({ kind: "canceled" });
    expect(await stage().venue.openOrders(stop.symbol)).toEqual([]);
    expect(await reading(stage(), stop)).toMatchObject({ status: "canceled" });
  });

  it("holds a target beside the stop where it says so, and ends both together", async (context) => {
    if (!stage().venue.traits.holdsTarget) return context.skip();
    const held = await protectedEntry(stage(), true);
    expect((await stage().venue.openOrders(held.symbol)).map(({ clientOrderId }) => clientOrderId)).toEqual([held.clientOrderId]);
    move(stage(), stage().price * 1.06);
    expect(await reading(stage(), held)).toMatchObject({ status: "filled" });
    expect(await stage().venue.openOrders(held.symbol)).toEqual([]);
  });

  it.each(["with the venue's ids", "without them"] as const)("cancels a stop with its target %s", async (how) => {
    const held = await protectedEntry(stage(), stage().venue.traits.holdsTarget);
    const found = await stage().venue.openOrders(held.symbol);
    const venueOrderIds = how === "without them" ? [] : found[0]!.venueOrderIds;
    expect(await stage().venue.cancel({ ...ref(held), venueOrderIds })).toMatchObject({ kind: "canceled" });
    expect(await stage().venue.openOrders(held.symbol)).toEqual([]);
  });

  it("says of a stop whose trigger has passed that it would trigger", async () => {
    await place(stage(), stage().entry);
    const stop = stopOf(stage(), false);
    const late = { ...stop, stopPrice: at(stage(), stage().price * 1.02), stopLimitPrice: at(stage(), stage().price * 1.01) };
    expect(await stage().venue.place(late)).toMatchObject({ kind: "rejected", cause: "would-trigger" });
    expect(stage().booked(late.clientOrderId)).toBe(0);
  });
}

function limitContract(stage: Stage, subject: VenueSubject): void {
  it("reads what a sound key may do", async () => {
    const facts = await stage().venue.checkKey();
    expect([facts.withdraw, facts.transfer].every((right) => right !== true)).toBe(true);
  });

  it("says in one sentence that a key is dead, and rejects orders for it", async () => {
    stage().revokeKey();
    const thrown: unknown = await stage()
      .venue.checkKey()
      .catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(UserError);
    expectClean(stage(), thrown instanceof Error ? thrown.message : thrown);
    expect(await stage().venue.place(stage().entry)).toMatchObject({ kind: "rejected", cause: "key" });
  });

  it("measures a clock that is 90 s off, and signs with it", async () => {
    stage().time.skew(90_000);
    await stage().venue.syncClock();
    const { offsetMs, uncertaintyMs } = stage().venue.clock()!;
    expect(Math.abs(offsetMs - 90_000)).toBeLessThanOrEqual(uncertaintyMs + 1_100);
    await place(stage(), stage().entry);
  });

  it("rejects an order when the clocks came apart meanwhile, and measures by itself", async () => {
    await stage().venue.openOrders(stage().symbol);
    stage().time.skew(-90_000);
    expect(await stage().venue.place(stage().entry)).toMatchObject({ kind: "rejected", cause: "clock" });
    expect(stage().booked(stage().entry.clientOrderId)).toBe(0);
    await place(stage(), stage().entry);
  });

  it("places nothing while the exchange is closed", async () => {
    await stage().venue.openOrders(stage().symbol);
    stage().closeForMaintenance();
    const { kind } = await stage().venue.place(stage().entry);
    expect(["unknown", "rejected"]).toContain(kind);
    expect(stage().booked(stage().entry.clientOrderId)).toBe(0);
  });

  it.each(subject.limits)("obeys $name: nothing is sent until it has passed", async ({ fault, retryAfterMs }) => {
    stage().faults.next(subject.routes.place, fault);
    const { entry, venue, server } = stage();
    expect(await venue.place(entry)).toMatchObject({ kind: "rejected", cause: "limit" });
    const asked = server.log.length;
    stage().time.skip(retryAfterMs - 1_000);
    expect(await venue.place(entry)).toMatchObject({ kind: "not-sent" });
    await expect(venue.balances()).rejects.toThrow(TransientError);
    expect(server.log).toHaveLength(asked);
    stage().time.skip(1_000);
    await place(stage(), entry);
  });
}
