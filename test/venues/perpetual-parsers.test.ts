import fc from "fast-check";
import { expect, test } from "vitest";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { type Decimal, decimal, plain } from "../../src/domain/money.ts";
import { wallMs } from "../../src/domain/time.ts";
import { toBase, toContracts } from "../../src/venues/perpetual/contracts.ts";
import { AMOUNT } from "../../src/venues/perpetual/shapes.ts";
import { VenueClock } from "../../src/venues/perpetual/venue-clock.ts";
import type { Wire, WireAnswer } from "../../src/venues/wire.ts";
import { order, Rig, refTo, SYMBOL, stop } from "./perpetual-rig.ts";

/** Contract values and lots as venues have them: a digit and a power of ten. */
const STEP = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -8, max: 4 }))
  .map(([digit, power]) => decimal(digit).shiftedBy(power));

test("whole lots become contracts and come back exactly", () => {
  fc.assert(
    fc.property(STEP, STEP, fc.integer({ min: 1, max: 2_000_000_000 }), (value, lotSize, lots) => {
      const quantity = lotSize.times(lots).times(value);
      const size = toContracts({ value, lotSize }, quantity);
      expect(size && plain(size)).toBe(plain(lotSize.times(lots)));
      expect(plain(toBase({ value }, size!))).toBe(plain(quantity));
    }),
    { numRuns: 1_000 },
  );
});

test("what is no whole number of lots never becomes contracts, by however little it misses", () => {
  fc.assert(
    fc.property(STEP, STEP, fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 999_999 }), (value, lotSize, lots, part) => {
      const quantity = lotSize.times(value).times(decimal(lots).plus(decimal(part).shiftedBy(-6)));
      expect(toContracts({ value, lotSize }, quantity)).toBeUndefined();
      expect(toContracts({ value, lotSize }, quantity.negated())).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test("no text of the wire becomes NaN or an infinite amount", () => {
  const odd = fc.constantFrom(
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1e-400",
    "0x10",
    "",
    " 1",
    "1 ",
    "1,5",
    "--1",
    ".",
    "1e",
    "+1",
    "１",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), odd, fc.double().map(String), fc.bigInt().map(String)), (text) => {
      const found = AMOUNT.safeParse(text);
      if (found.success) expect(found.data.isFinite()).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  for (const bad of ["NaN", "Infinity", "1e400", "0x10", " 1", 1, Number.NaN, null]) expect(AMOUNT.safeParse(bad).success).toBe(false);
  expect(plain(AMOUNT.parse("0E-18"))).toBe("0");
  expect(plain(AMOUNT.parse("1e-8"))).toBe("0.00000001");
});

const POISON: readonly unknown[] = [
  null,
  "",
  "NaN",
  "Infinity",
  "-1",
  "-0.5",
  "1e400",
  "1e-8",
  1e308,
  -1,
  0,
  true,
  [],
  {},
  "live",
  "unheard-of",
  "٣",
];

/** Changes one leaf of a JSON value, or removes it. */
function bent(value: unknown, at: number, poison: unknown): unknown {
  let seen = 0;
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (node !== null && typeof node === "object") {
      const kept = Object.entries(node).map(([name, each]) => [name, walk(each)] as const);
      return Object.fromEntries(kept.filter(([, each]) => each !== undefined));
    }
    const here = seen === at;
    seen += 1;
    return here ? poison : node;
  };
  return walk(value);
}

/** An error that a read may end with stands for an answer that has nothing in it. */
function calm(thrown: unknown): never[] & { fills: never[]; held: never[] } {
  if (thrown instanceof TransientError || thrown instanceof UserError) return Object.assign([], { fills: [], held: [] });
  throw thrown;
}

test("answers of a real shape with one bent value give sound quantities or no reading at all", async () => {
  const rig = new Rig();
  const { venue, stage, wire } = rig;
  await venue.place(order());
  await venue.place(stop({ takePrice: decimal(63_000) }));
  await venue.place(order({ clientOrderId: "resting", kind: "limit", price: decimal(59_000) }));
  stage.pass(8 * 3_600_000);
  const quantities = async (): Promise<Decimal[][]> => [
    (await venue.openOrders(SYMBOL).catch(calm)).flatMap((each) => [each.quantity, each.filledQuantity]),
    (await venue.fills(SYMBOL, undefined, 0).catch(calm)).fills.flatMap((each) => [each.quantity, each.price]),
    [...(await venue.balances().catch(calm)).values()].map(({ free }) => free),
    (await venue.positions().catch(calm)).held.flatMap(({ quantity, entryPrice }) => [quantity.abs(), entryPrice]),
    (await venue.ledger(0).catch(calm)).map(({ amount }) => amount.abs()),
    [...(await venue.instruments().catch(calm)).values()].flatMap(({ lotSize, tickSize, quantityMin }) => [
      lotSize,
      tickSize,
      quantityMin!,
    ]),
    [await venue.find(refTo(stop()))].flatMap((each) => (each.kind === "found" ? [each.order.quantity, each.order.filledQuantity] : [])),
  ];
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.constantFrom(...POISON, undefined), async (at, poison) => {
      wire.spoil = (_call, answer): WireAnswer | undefined =>
        answer.phase === "answered" ? { ...answer, body: bent(answer.body, at, poison) } : undefined;
      for (const each of (await quantities()).flat()) expect(each.isFinite() && !each.isNegative()).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("the venue's time is bounded by every answer, and a step of its clock is followed", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          waitMs: fc.integer({ min: 0, max: 5_000 }),
          tripMs: fc.integer({ min: 0, max: 3_000 }),
          shareMs: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      fc.integer({ min: -90_000, max: 90_000 }),
      (answers, ahead) => {
        let nowMs = 1_767_000_000_000;
        const wire: Wire = { send: async () => ({ phase: "lost", reason: "" }), setOffset: () => {}, close: async () => {} };
        const clock = {
          wall: () => wallMs(nowMs),
          monotonicMs: () => nowMs - 1_700_000_000_000,
          sleep: async () => {},
          breathe: async () => {},
        };
        const time = new VenueClock(wire, clock);
        for (const { waitMs, tripMs, shareMs } of answers) {
          nowMs += waitMs;
          const askedMs = time.asking();
          const handledMs = nowMs + Math.round(tripMs * shareMs) + ahead;
          nowMs += tripMs;
          const date = new Date(handledMs).toUTCString();
          expect(time.learn(askedMs, { phase: "answered", status: 200, headers: new Map([["date", date]]), body: {} })).toBe(true);
          const { offsetMs, uncertaintyMs } = time.now()!;
          expect(Math.abs(offsetMs - ahead)).toBeLessThanOrEqual(uncertaintyMs);
        }
      },
    ),
    { numRuns: 300 },
  );
});
