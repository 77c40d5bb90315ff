import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { type Decimal, decimal, floorToStep, plain, ZERO } from "../../src/domain/money.ts";
import type { OrderReading, OrderRef, OrderRequest, PlaceOutcome, VenueFill } from "../../src/ports/live-venue.ts";
import { LOST_ORDERS, SPOILT_READS } from "./venue/faults.ts";
import type { VenueStage, VenueSubject } from "./venue/stage.ts";

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
    expect(await stage().venue.positions()).toEqual([]);
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
    expect((await venue.positions()).map(({ quantity }) => plain(quantity))).toEqual(
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
    const pair = await protectedEntry(stage(), true);
    expect((await stage().venue.openOrders(pair.symbol)).map(({ clientOrderId }) => clientOrderId)).toEqual([pair.clientOrderId]);
    move(stage(), stage().price * 1.06);
    expect(await reading(stage(), pair)).toMatchObject({ status: "filled" });
    expect(await stage().venue.openOrders(pair.symbol)).toEqual([]);
  });

  it.each(["with the venue's ids", "without them"] as const)("cancels a stop with its target %s", async (how) => {
    const pair = await protectedEntry(stage(), stage().venue.traits.holdsTarget);
    const found = await stage().venue.openOrders(pair.symbol);
    const venueOrderIds = how === "without them" ? [] : found[0]!.venueOrderIds;
    expect(await stage().venue.cancel({ ...ref(pair), venueOrderIds })).toMatchObject({ kind: "canceled" });
    expect(await stage().venue.openOrders(pair.symbol)).toEqual([]);
  });

  it("says of a stop whose trigger has passed that it would trigger", async () => {
    await place(stage(), stage().entry);
    const stop = stopOf(stage(), false);
    const late = { ...stop, stopPrice: at(stage(), stage().price * 1.02), stopLimitPrice: at(stage(), stage().price * 1.01) };
    expect(await stage().venue.place(late)).toMatchObject({ kind: "rejected", cause: "would-trigger" });
    expect(stage().booked(late.clientOrderId)).toBe(0);
  });
}

function placeFaultContract(stage: Stage, subject: VenueSubject): void {
  it.each([...LOST_ORDERS, ...subject.ambiguous])("is unknown when $name", async ({ fault, accepted }) => {
    const { faults, entry, venue } = stage();
    faults.next(subject.routes.place, fault);
    const outcome = await venue.place(entry);
    expect(outcome.kind).toBe("unknown");
    expectClean(stage(), outcome);
    expect(
      stage()
        .server.routes()
        .filter((route) => route === subject.routes.place),
    ).toHaveLength(1);
    expect([stage().booked(entry.clientOrderId), faults.left]).toEqual([accepted ? 1 : 0, 0]);
    stage().time.skip(200_000);
    expect((await venue.find(ref(entry))).kind).toBe(accepted ? "found" : "absent");
  });

  it.each(LOST_ORDERS)("is unknown for a protective order too when $name", async ({ fault, accepted }) => {
    await place(stage(), stage().entry);
    const stop = stopOf(stage(), stage().venue.traits.holdsTarget);
    stage().faults.next(subject.routes.protect, fault);
    expect((await stage().venue.place(stop)).kind).toBe("unknown");
    expect([stage().booked(stop.clientOrderId), stage().faults.left]).toEqual([accepted ? 1 : 0, 0]);
    stage().time.skip(200_000);
    expect((await stage().venue.find(ref(stop))).kind).toBe(accepted ? "found" : "absent");
  });

  it("is `not sent` when no connection can be opened", async () => {
    await stage().server.close();
    const outcome = await stage().venue.place(stage().entry);
    expect(outcome.kind).toBe("not-sent");
    expectClean(stage(), outcome);
  });

  it("is unknown when a copy of it is open already", async () => {
    const resting = limitOf(stage());
    await place(stage(), resting);
    expect((await stage().venue.place(resting)).kind).toBe("unknown");
    expect(stage().booked(resting.clientOrderId)).toBe(1);
  });

  it("is unknown when it arrives after we have stopped waiting, and is found then", async () => {
    stage().faults.next(subject.routes.place, { delayMs: 600 });
    expect((await stage().venue.place(stage().entry)).kind).toBe("unknown");
    await stage().time.clock.sleep(600);
    expect(await reading(stage(), stage().entry)).toMatchObject({ status: "filled" });
  });

  it.each(subject.rejections)("is rejected ($cause) for $name", async ({ request, cause }) => {
    const sent = request(stage());
    const outcome = await stage().venue.place(sent);
    expect(outcome).toMatchObject({ kind: "rejected", cause });
    expectClean(stage(), outcome);
    expect(stage().booked(sent.clientOrderId)).toBe(0);
  });
}

function cancelFaultContract(stage: Stage, subject: VenueSubject): void {
  it.each(LOST_ORDERS)("is unknown when $name, and reading tells", async ({ fault, accepted }) => {
    const resting = limitOf(stage());
    await place(stage(), resting);
    stage().faults.next(subject.routes.cancel, fault);
    const outcome = await stage().venue.cancel(ref(resting));
    expect(outcome.kind).toBe("unknown");
    expectClean(stage(), outcome);
    stage().time.skip(200_000);
    expect(await reading(stage(), resting)).toMatchObject({ status: accepted ? "canceled" : "open" });
    if (!accepted) expect(await stage().venue.cancel(ref(resting))).toMatchObject({ kind: "canceled" });
  });
}

function readFaultContract(stage: Stage, subject: VenueSubject): void {
  const rows = subject.reads.flatMap((read) => SPOILT_READS.map((spoilt) => ({ ...read, spoilt: spoilt.name, fault: spoilt.fault })));

  it.each(rows)("is no reading when the answer to $name $spoilt", async ({ route, ask, fault }) => {
    stage().faults.next(route, fault);
    const thrown: unknown = await ask(stage()).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(TransientError);
    expectClean(stage(), thrown instanceof Error ? thrown.message : thrown);
    expect(stage().faults.left).toBe(0);
    stage().time.skip(200_000);
    await expect(ask(stage())).resolves.toBeDefined();
  });

  it.each(SPOILT_READS)("proves nothing about an order when an answer $name", async ({ fault }) => {
    const { venue, entry } = stage();
    await place(stage(), entry);
    const before = stage().server.log.length;
    await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
    const routes = new Set(stage().server.routes().slice(before));
    for (const route of [...routes].filter((each) => !each.endsWith("/time"))) {
      stage().faults.next(route, fault);
      const found = await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
      expect([route, found.kind]).toEqual([route, "no-reading"]);
      expectClean(stage(), found);
      stage().faults.clear();
      stage().time.skip(200_000);
    }
  });

  it("does not see an order that a replica does not have yet", async () => {
    const { venue, entry } = stage();
    await place(stage(), entry);
    const before = stage().server.log.length;
    await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
    for (const route of new Set(stage().server.routes().slice(before))) stage().faults.next(route, { lagMs: 15_000 });
    expect((await venue.find(ref(entry))).kind).not.toBe("found");
    stage().time.skip(20_000);
    stage().faults.clear();
    expect((await venue.find(ref(entry))).kind).toBe("found");
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

async function place(stage: VenueStage, request: OrderRequest): Promise<Extract<PlaceOutcome, { kind: "accepted" }>> {
  const outcome = await stage.venue.place(request);
  if (outcome.kind !== "accepted") throw new Error(`expected an accepted order, found ${JSON.stringify(outcome)}`);
  return outcome;
}

async function reading(stage: VenueStage, request: OrderRequest): Promise<Extract<OrderReading, { kind: "found" }>["order"]> {
  const found = await stage.venue.find(ref(request));
  if (found.kind !== "found") throw new Error(`expected the order, found ${JSON.stringify(found)}`);
  return found.order;
}

/** All fills since the stage was opened. */
async function fillsOf({ venue, symbol, time }: VenueStage): Promise<VenueFill[]> {
  const { fills } = await venue.fills(symbol, undefined, time.venueNow() - 3_600_000);
  return [...fills];
}

function ref({ clientOrderId, symbol, kind }: OrderRequest): OrderRef {
  return { clientOrderId, symbol, kind, venueOrderIds: [] };
}

function limitOf(stage: VenueStage): OrderRequest {
  return { ...stage.entry, kind: "limit", price: at(stage, stage.price * 0.99) };
}

/** A stop 5 % below and, where asked for, a target 5 % above, for a bit less than what the entry bought: its fee may have been taken from it. */
function stopOf(stage: VenueStage, withTarget: boolean): OrderRequest {
  const { entry, price } = stage;
  return {
    clientOrderId: `${entry.clientOrderId}p`,
    symbol: entry.symbol,
    side: "sell",
    kind: "protection",
    quantity: entry.quantity.dividedBy(2),
    stopPrice: at(stage, price * 0.95),
    stopLimitPrice: at(stage, price * 0.94),
    ...(withTarget ? { takePrice: at(stage, price * 1.05) } : {}),
    reduces: true,
  };
}

async function protectedEntry(stage: VenueStage, withTarget: boolean): Promise<OrderRequest> {
  await place(stage, stage.entry);
  const stop = stopOf(stage, withTarget);
  await place(stage, stop);
  return stop;
}

function move(stage: VenueStage, price: number): void {
  stage.setPrice(price);
  stage.time.skip(3_000);
}

function at(_stage: VenueStage, price: number): Decimal {
  return decimal(price.toFixed(1));
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), ZERO);
}

/** No text may hold a key, a signature or an address. */
function expectClean(stage: VenueStage, what: unknown): void {
  const text = typeof what === "string" ? what : JSON.stringify(what);
  for (const leak of [...stage.canaries, "signature=", "127.0.0.1", "http:"]) expect(text).not.toContain(leak);
  expect(text).not.toMatch(/[0-9a-f]{64}/);
}
