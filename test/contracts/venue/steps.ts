import { expect } from "vitest";
import { type Decimal, decimal, ZERO } from "../../../src/domain/money.ts";
import type { OrderReading, OrderRef, OrderRequest, PlaceOutcome, VenueFill } from "../../../src/ports/live-venue.ts";
import type { VenueStage } from "./stage.ts";

export async function place(stage: VenueStage, request: OrderRequest): Promise<Extract<PlaceOutcome, { kind: "accepted" }>> {
  const outcome = await stage.venue.place(request);
  if (outcome.kind !== "accepted") throw new Error(`expected an accepted order, found ${JSON.stringify(outcome)}`);
  return outcome;
}

export async function reading(stage: VenueStage, request: OrderRequest): Promise<Extract<OrderReading, { kind: "found" }>["order"]> {
  const found = await stage.venue.find(ref(request));
  if (found.kind !== "found") throw new Error(`expected the order, found ${JSON.stringify(found)}`);
  return found.order;
}

/** All fills since the stage was opened. */
export async function fillsOf({ venue, symbol, time }: VenueStage): Promise<VenueFill[]> {
  const { fills } = await venue.fills(symbol, undefined, time.venueNow() - 3_600_000);
  return [...fills];
}

export function ref({ clientOrderId, symbol, kind }: OrderRequest): OrderRef {
  return { clientOrderId, symbol, kind, venueOrderIds: [] };
}

export function limitOf(stage: VenueStage): OrderRequest {
  return { ...stage.entry, kind: "limit", price: at(stage, stage.price * 0.99) };
}

/** A stop 5 % below and, where asked for, a target 5 % above, for a bit less than what the entry bought: its fee may have been taken from it. */
export function stopOf(stage: VenueStage, withTarget: boolean): OrderRequest {
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

export async function protectedEntry(stage: VenueStage, withTarget: boolean): Promise<OrderRequest> {
  await place(stage, stage.entry);
  const stop = stopOf(stage, withTarget);
  await place(stage, stop);
  return stop;
}

export function move(stage: VenueStage, price: number): void {
  stage.setPrice(price);
  stage.time.skip(3_000);
}

export function at(_stage: VenueStage, price: number): Decimal {
  return decimal(price.toFixed(1));
}

export function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), ZERO);
}

/** No text may hold a key, a signature or an address. */
export function expectClean(stage: VenueStage, what: unknown): void {
  const text = typeof what === "string" ? what : JSON.stringify(what);
  for (const leak of [...stage.canaries, "signature=", "127.0.0.1", "http:"]) expect(text).not.toContain(leak);
  expect(text).not.toMatch(/[0-9a-f]{64}/);
}
