import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rates } from "../../src/domain/conversion.ts";
import type { Limits, RiskScope } from "../../src/domain/limits.ts";
import { type Decimal, decimal, ZERO } from "../../src/domain/money.ts";
import { Counter } from "../../src/risk/counter.ts";
import { checkEntry, type EntryQuestion } from "../../src/risk/entry.ts";
import type { EntryFacts, Level, LevelFacts } from "../../src/risk/limit-rules.ts";
import { contradiction, loosened } from "../../src/risk/limits.ts";
import { plainInstrument } from "../kit/engine-market.ts";
import { ONLY_USDT, ratesOf } from "../kit/rates.ts";

/** All money is in USDT, so that it counts nothing. */
const ALIKE = new Counter(ONLY_USDT, "paper");
const usdt = (value: number) => ({ value: decimal(value), currency: "USDT" });
const question = (notional: number): EntryQuestion => ({
  ...{ instrument: plainInstrument("BTC/USDT"), price: decimal(100), sizing: { kind: "notional", notional: decimal(notional) } },
  ...{ limits: { dailyLossPct: 100, positionCapPct: 100 }, equity: decimal(1e6), cashFree: decimal(1e6) },
  ...{ dayOpeningEquity: undefined, tripped: false, halted: undefined, late: false },
});

const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"];
const whole = (max: number) => fc.integer({ min: 0, max });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Most limits are left out, so that every one of them is once the only one. */
const rare = <T>(value: fc.Arbitrary<T>) => fc.oneof({ arbitrary: fc.constant(undefined), weight: 11 }, { arbitrary: value, weight: 1 });
const aTime = whole(1_439).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`);
const amount = whole(5_000).map(usdt);
const limits = fc
  .record({
    ...{ position: rare(amount), exposure: rare(amount), positions: rare(whole(4)), leverage: rare(whole(4)), orders: rare(whole(4)) },
    ...{ entries: rare(whole(4)), dailyLossPct: rare(whole(10)), drawdownPct: rare(whole(10)), losses: rare(whole(4)) },
    ...{ coolDownMs: rare(whole(4)), session: rare(fc.record({ from: aTime, to: aTime })), allow: rare(fc.subarray(SYMBOLS)) },
    ...{ deny: rare(fc.subarray(SYMBOLS)), spreadBps: rare(whole(20)), volume: rare(amount) },
  })
  .map((all): Limits => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
const facts: fc.Arbitrary<LevelFacts> = fc.record({
  ...{
    currency: fc.constant("USDT"),
    exposure: whole(5_000).map((value): Decimal | undefined => decimal(value)),
    positions: whole(4),
    orders: whole(4),
    entries: whole(4),
  },
  ...{
    dailyLossPct: some(whole(10)),
    drawdownPct: some(whole(10)),
    losses: whole(4),
    lostToday: fc.boolean(),
    sinceLossMs: some(whole(4)),
  },
});
const entry: fc.Arbitrary<EntryFacts> = fc.record({
  ...{ symbol: fc.constant("BTC/USDT"), quote: fc.constant("USDT"), leverage: fc.integer({ min: 1, max: 4 }), minuteOfDay: whole(1_439) },
  counter: fc.constant(ALIKE),
  ...{ spreadBps: some(whole(20)), volume: some(whole(5_000).map((value): Decimal => decimal(value))) },
});
const SCOPES: readonly RiskScope[] = ["bot:b1", "symbol:BTC/USDT", "account:a", "all"];

/** The same again in plain numbers, limit by limit: what may be spent at most, or nothing. */
function oracle(all: Limits, used: LevelFacts, of: EntryFacts): number {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const { session } = all;
  const [from, to] = session ? [minutes(session.from), minutes(session.to)] : [0, 1_440];
  const isOpen = from < to ? of.minuteOfDay >= from && of.minuteOfDay < to : !(of.minuteOfDay >= to && of.minuteOfDay < from);
  const least = (limit: number | undefined, found: number | undefined) => limit === undefined || (found !== undefined && found >= limit);
  const most = (limit: number | undefined, found: number | undefined) => limit === undefined || (found !== undefined && found <= limit);
  const below = (limit: number | undefined, found: number | undefined) => limit === undefined || (found !== undefined && found < limit);
  const passes =
    isOpen &&
    (all.allow?.includes(of.symbol) ?? true) &&
    !(all.deny?.includes(of.symbol) ?? false) &&
    most(all.leverage, of.leverage) &&
    most(all.spreadBps, of.spreadBps) &&
    least(all.volume?.value.toNumber(), of.volume?.toNumber()) &&
    below(all.positions, used.positions) &&
    below(all.orders, used.orders) &&
    below(all.entries, used.entries) &&
    below(all.dailyLossPct, used.dailyLossPct) &&
    below(all.drawdownPct, used.drawdownPct) &&
    (!used.lostToday || below(all.losses, used.losses)) &&
    (used.sinceLossMs === undefined || least(all.coolDownMs, used.sinceLossMs));
  if (!passes) return 0;
  return Math.min(
    all.position?.value.toNumber() ?? Number.POSITIVE_INFINITY,
    (all.exposure?.value.toNumber() ?? Number.POSITIVE_INFINITY) - (used.exposure?.toNumber() ?? 0),
  );
}

describe("the check of all limits", () => {
  it("passes what an independent reckoning allows, as large, and nothing else", () => {
    const counts = { allowed: 0, cut: 0, denied: 0 };
    const levels = fc.tuple(...SCOPES.map((scope) => fc.record({ scope: fc.constant(scope), name: fc.constant("x"), limits, facts })));
    fc.assert(
      fc.property(levels, fc.integer({ min: 0, max: 15 }), entry, fc.integer({ min: 100, max: 5_000 }), (all, mask, of, wish) => {
        const chosen: Level[] = all.filter((_, index) => (mask >> index) & 1);
        const answer = checkEntry({ ...question(wish), limited: { levels: chosen, entry: of } });
        const most = Math.min(wish, ...chosen.map((level) => oracle(level.limits, level.facts, of)));
        // Lots of 0.001 at 100, and nothing below 5.
        const wanted = most >= 5 ? Math.floor(most * 10) / 1_000 : 0;
        const got = answer.allowed ? answer.quantity.toNumber() : 0;
        counts[got === 0 ? "denied" : got < wish / 100 ? "cut" : "allowed"] += 1;
        if (!answer.allowed) expect(answer.because.length).toBeGreaterThan(5);
        expect(got).toBeCloseTo(wanted, 9);
      }),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20);
  });

  const inEuro = (rates: Rates) => {
    const level: Level = {
      ...{ scope: "all", name: "the desk", limits: { exposure: { value: decimal(5), currency: "EUR" } } },
      facts: {
        currency: "USDT",
        exposure: ZERO,
        positions: 0,
        orders: 0,
        entries: 0,
        dailyLossPct: 0,
        drawdownPct: 0,
        losses: 0,
        lostToday: false,
        sinceLossMs: undefined,
      },
    };
    const counter = new Counter(rates, "paper");
    const of = { symbol: "BTC/USDT", quote: "USDT", leverage: 1, minuteOfDay: 0, spreadBps: 0, volume: undefined, counter };
    return checkEntry({ ...question(100), counter, limited: { levels: [level], entry: of } });
  };

  it("denies what it cannot count in the currency of a limit, and says which price is missing", () => {
    const answer = inEuro(ONLY_USDT);
    expect(answer).toMatchObject({ allowed: false, code: "conversion" });
    expect(answer).toMatchObject({ because: expect.stringContaining("no price between EUR and USDT is known") });
  });

  it("counts a limit in another currency by a price, leaves no more than that, and says by which", () => {
    const answer = inEuro(ratesOf("USDT", { EUR: "1.1" }));
    expect(answer).toMatchObject({ allowed: true, conversions: [{ from: "EUR", to: "USDT" }] });
    expect(answer.allowed && answer.quantity.times(100).toFixed()).toBe("5.5");
    expect(answer).toMatchObject({ arithmetic: expect.stringContaining("1 EUR = 1.1 USDT (EUR/USDT at test, ") });
  });
});

describe("limits that are set", () => {
  it("may not contradict one another", () => {
    expect(contradiction({ position: usdt(10), exposure: usdt(5) })).toMatch(/more than the exposure/);
    expect(contradiction({ allow: ["BTC/USDT"], deny: ["BTC/USDT"] })).toMatch(/on both lists/);
    expect(contradiction({ session: { from: "08:00", to: "08:00" } })).toMatch(/same time/);
    expect(contradiction({ position: usdt(5), exposure: usdt(5) })).toBeUndefined();
  });

  it("are looser where they are lifted or allow more, and not where they allow less", () => {
    const before: Limits = {
      position: usdt(10),
      losses: 2,
      coolDownMs: 60,
      allow: ["A"],
      deny: ["B"],
      session: { from: "08:00", to: "20:00" },
    };
    expect(loosened(before, before)).toEqual([]);
    expect(loosened({}, before)).toEqual([]);
    expect(loosened(before, {}).sort()).toEqual(["allow", "coolDownMs", "deny", "losses", "position", "session"]);
    const tight: Limits = {
      ...before,
      position: usdt(9),
      losses: 1,
      coolDownMs: 61,
      allow: [],
      deny: ["B", "C"],
      session: { from: "09:00", to: "19:00" },
    };
    expect(loosened(before, tight)).toEqual([]);
    expect(loosened(tight, before).sort()).toEqual(["allow", "coolDownMs", "deny", "losses", "position", "session"]);
  });
});
