import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal, plain, ZERO } from "../../src/domain/money.ts";
import type { BookEvent } from "../kit/exchange/perpetual/types.ts";
import { Stage } from "./blofin-stage.ts";

const ORDER = { instId: "BTC-USDT", marginMode: "isolated" as const, reduceOnly: false, clientOrderId: "", brokerId: "" };

function buy(stage: Stage, contracts: number, change: object = {}) {
  return stage.exchange.place(stage.account, { ...ORDER, side: "buy", type: "market", size: decimal(contracts), ...change });
}

test("a long position is liquidated when the price takes what backs it, and loses exactly that", () => {
  const stage = new Stage();
  stage.account.setLeverage("BTC-USDT", "isolated", 10, stage.nowMs);
  buy(stage, 10);
  const before = stage.account.balance;
  stage.tape.write(1, 60_000, 60_000, 50_000, 52_000);
  stage.pass(120_000);
  expect(stage.account.positions()).toEqual([]);
  expect(plain(before.minus(stage.account.balance))).toBe("60");
  expect(stage.account.orders.all().at(-1)).toMatchObject({ category: "full_liquidation", side: "sell" });
  expect(stage.account.ledger.at(-1)).toMatchObject({ kind: "liquidation" });
});

test("a stop above the liquidation price saves the rest", () => {
  const stage = new Stage();
  stage.account.setLeverage("BTC-USDT", "isolated", 10, stage.nowMs);
  buy(stage, 10, { slTriggerPrice: decimal(58_000), slOrderPrice: decimal(-1) });
  expect(stage.account.tpsl.live().length).toBe(1);
  stage.tape.write(1, 60_000, 60_000, 50_000, 52_000);
  stage.pass(120_000);
  const last = stage.account.orders.all().at(-1)!;
  expect(last).toMatchObject({ category: "sl", state: "filled" });
  expect(last.averagePrice.isLessThanOrEqualTo(58_000) && last.averagePrice.isGreaterThan(57_000)).toBe(true);
});

test("when a minute holds both stop and target, the stop goes first", () => {
  const stage = new Stage();
  const legs = { slTriggerPrice: decimal(59_000), slOrderPrice: decimal(-1), tpTriggerPrice: decimal(61_000), tpOrderPrice: decimal(-1) };
  buy(stage, 10, legs);
  stage.tape.write(1, 60_000, 62_000, 58_000, 60_000);
  stage.pass(120_000);
  expect(stage.account.orders.all().map(({ category }) => category)).toEqual(["normal", "sl"]);
});

test("attached triggers follow the part that has filled, and a resting order fills second by second", () => {
  const stage = new Stage();
  stage.account.setLeverage("BTC-USDT", "isolated", 100, stage.nowMs);
  const resting = { type: "limit", price: decimal(59_900), slTriggerPrice: decimal(59_000), slOrderPrice: decimal(-1) };
  buy(stage, 1_500, resting);
  stage.tape.write(1, 60_000, 60_000, 59_899, 60_000);
  stage.pass(119_000);
  const order = stage.account.orders.all()[0]!;
  expect(order.state).toBe("partially_filled");
  expect(plain(stage.account.tpsl.live()[0]!.size)).toBe(plain(order.filled));
});

test("funding is paid by longs to shorts three times a day, on a minute that nothing else touches", () => {
  const stage = new Stage();
  buy(stage, 10);
  stage.pass(24 * 3_600_000);
  expect(stage.account.ledger.filter(({ kind }) => kind === "funding").map(({ amount }) => plain(amount))).toEqual([
    "-0.06",
    "-0.06",
    "-0.06",
  ]);
});

test("a cancel that loses its race is answered as done while the order fills", () => {
  const stage = new Stage();
  const placed = buy(stage, 1, { type: "limit", price: decimal(59_000) });
  const id = "id" in placed ? placed.id : "";
  stage.exchange.raceNextCancel(stage.account);
  expect(stage.exchange.cancel(stage.account, id)).toBe(true);
  expect(stage.account.orders.latest(id)).toMatchObject({ state: "filled" });
});

test("a protective order whose position is gone fails, and never opens one", () => {
  const stage = new Stage();
  buy(stage, 10);
  const stop = {
    instId: "BTC-USDT",
    side: "sell" as const,
    marginMode: "isolated" as const,
    reduceOnly: true,
    clientOrderId: "",
    brokerId: "",
  };
  stage.exchange.protect(stage.account, { ...stop, size: decimal(10), slTriggerPrice: decimal(59_000), slOrderPrice: decimal(-1) });
  buy(stage, 10, { side: "sell" });
  stage.tape.write(1, 60_000, 60_000, 58_000, 58_000);
  stage.pass(120_000);
  expect(stage.account.tpsl.all()[0]).toMatchObject({ state: "order_failed" });
  expect(stage.account.positions()).toEqual([]);
});

test("a quiet day is walked in no more steps than it has minutes", () => {
  const stage = new Stage();
  buy(stage, 1, { type: "limit", price: decimal(59_000) });
  let reads = 0;
  const { candleAt } = stage.tape;
  stage.tape.candleAt = (symbol, atMs) => {
    reads += 1;
    return candleAt.call(stage.tape, symbol, atMs);
  };
  stage.pass(86_400_000);
  expect(reads).toBeLessThanOrEqual(4 * 1_440);
});

const MOVE = fc.record({
  kind: fc.constantFrom("market", "limit", "ioc", "stop", "cancel", "pass"),
  side: fc.constantFrom("buy" as const, "sell" as const),
  lots: fc.integer({ min: 1, max: 200 }),
  away: fc.integer({ min: -30, max: 30 }),
  reduceOnly: fc.boolean(),
  pieces: fc.integer({ min: 1, max: 4 }),
});

test("whatever is traded, the ledger adds up to the balance, the fills to the position, and an order never fills beyond its size", () => {
  fc.assert(
    fc.property(
      fc.array(MOVE, { minLength: 1, maxLength: 40 }),
      fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 40, maxLength: 40 }),
      (moves, path) => {
        const stage = new Stage();
        const { exchange, account } = stage;
        const events: BookEvent[] = [];
        exchange.watch((event) => events.push(event));
        let price = 60_000;
        path.forEach((step, minute) => {
          const open = price;
          price = Math.max(1_000, price + step);
          stage.tape.write(minute, open, Math.max(open, price) + 20, Math.min(open, price) - 20, price);
        });
        for (const { kind, side, lots, away, reduceOnly, pieces } of moves) {
          exchange.pieces = pieces;
          const last = exchange.price("BTC-USDT")!.integerValue();
          const size = decimal(lots).shiftedBy(-1);
          const near = last.plus(away);
          if (kind === "pass") stage.pass(30_000);
          else if (kind === "cancel") for (const { id } of account.orders.live()) exchange.cancel(account, id);
          else if (kind === "stop")
            exchange.protect(account, { ...ORDER, side, size, reduceOnly: true, slTriggerPrice: near, slOrderPrice: decimal(-1) });
          else exchange.place(account, { ...ORDER, side, size, reduceOnly, type: kind as "market", price: near });
        }
        stage.pass(600_000);
        const sum = account.ledger.reduce((all, { amount }) => all.plus(amount), ZERO);
        expect(plain(sum)).toBe(plain(account.balance));
        const held = account.fills.reduce((all, fill) => (fill.side === "buy" ? all.plus(fill.size) : all.minus(fill.size)), ZERO);
        expect(plain(account.position("BTC-USDT", "isolated")?.contracts ?? ZERO)).toBe(plain(held));
        for (const order of account.orders.all()) {
          const filled = account.fills.filter(({ orderId }) => orderId === order.id).reduce((all, { size }) => all.plus(size), ZERO);
          expect(plain(order.filled)).toBe(plain(filled));
          expect(order.filled.isLessThanOrEqualTo(order.size)).toBe(true);
        }
        expect(events.filter(({ kind }) => kind === "fill").length).toBe(account.fills.length);
      },
    ),
    { numRuns: 100 },
  );
});

test("a walk in one stride ends like a walk second by second", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 10, maxLength: 10 }),
      fc.array(
        fc.record({
          side: fc.constantFrom("buy" as const, "sell" as const),
          lots: fc.integer({ min: 1, max: 900 }),
          away: fc.integer({ min: -900, max: 900 }),
        }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      (path, orders) => {
        const [stride, seconds] = [1, 600].map((parts) => {
          const stage = new Stage();
          let price = 60_000;
          path.forEach((step, minute) => {
            stage.tape.write(minute, price, Math.max(price, price + step) + 15, Math.min(price, price + step) - 15, price + step);
            price += step;
          });
          stage.account.setLeverage("BTC-USDT", "isolated", 50, stage.nowMs);
          buy(stage, 10);
          for (const { side, lots, away } of orders) {
            const near = decimal(60_000 + away);
            const size = decimal(lots).shiftedBy(-1);
            stage.exchange.place(stage.account, { ...ORDER, side, size, type: "limit", price: near });
            stage.exchange.protect(stage.account, {
              ...ORDER,
              side,
              size,
              reduceOnly: true,
              slTriggerPrice: near,
              slOrderPrice: decimal(-1),
            });
          }
          for (let part = 0; part < parts; part += 1) stage.pass(600_000 / parts);
          return stage.account.ledger.map(({ kind, amount, atMs }) => `${atMs} ${kind} ${plain(amount)}`);
        });
        expect(stride).toEqual(seconds);
      },
    ),
    { numRuns: 40 },
  );
});
