import fc from "fast-check";
import { expect, test } from "vitest";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { emptyAccount } from "../../src/domain/books.ts";
import { BREAKER_NAMES, type BreakerName, type BreakerSetting, breakerKey } from "../../src/domain/breaker.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import type { RiskScope } from "../../src/domain/limits.ts";
import { decimal, fromJson, toJson } from "../../src/domain/money.ts";
import { DAY_MS, HOUR_MS, type MarketMs, MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { PROBED_SPAN_MAX_MS } from "../../src/risk/breaker-defaults.ts";
import { nextOf } from "../../src/risk/breaker-machine.ts";
import { BREAKER_RULES, isLooserBreaker } from "../../src/risk/breaker-rules.ts";

const SCOPE: RiskScope = "account:a";

const setting = fc.record({
  at: fc.integer({ min: 1, max: 100 }),
  reaction: fc.constantFrom("deny", "tighten", "flatten", "halt"),
  span: fc.oneof(fc.integer({ min: MINUTE_MS, max: HOUR_MS }), fc.constantFrom("day", "reset")),
}) satisfies fc.Arbitrary<BreakerSetting>;

/** What happens to a desk: time passes, something is read, an entry is tried, a person resets, the process dies. */
const step = fc.record({
  passMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
  reading: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  evidence: fc.constantFrom("good", "bad", undefined, undefined),
  reset: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
  dies: fc.boolean(),
});

/** One account's books with a breaker in them, and what an own reckoning says of it. */
class World {
  state = emptyAccount();
  nowMs: MarketMs = marketMs(Date.UTC(2026, 0, 1));
  readonly events: AccountEvent[] = [];

  constructor() {
    this.apply({ type: "account-opened", account: "a", owner: "o", mode: "paper", market: "m", balances: new Map([["USDT", decimal(1)]]) });
  }

  get day(): string {
    return new Date(this.nowMs).toISOString().slice(0, 10);
  }

  apply(event: AccountEvent): void {
    applyAccountEvent(this.state, {
      sequence: this.state.sequence + 1,
      wallMs: wallMs(0),
      marketMs: this.nowMs,
      requestId: undefined,
      event,
    });
    this.events.push(event);
  }

  pass(ms: number): void {
    this.nowMs = marketMs(this.nowMs + ms);
    if (this.state.day?.day !== this.day) this.apply({ type: "day-started", day: this.day, equity: decimal(1) });
  }

  /** The books as a snapshot keeps them. */
  die(): void {
    this.state = fromJson(toJson(this.state)) as typeof this.state;
  }

  openOf(breaker: BreakerName) {
    return this.state.breakers.open.get(breakerKey({ breaker, scope: SCOPE }));
  }
}

test("a breaker opens at its threshold and not before, stays open for its time, and closes by nothing else", () => {
  fc.assert(
    fc.property(fc.constantFrom(...BREAKER_NAMES), setting, fc.array(step, { minLength: 1, maxLength: 60 }), (breaker, wished, steps) => {
      const { isProbed } = BREAKER_RULES[breaker];
      const set = { ...wished, span: isProbed && typeof wished.span !== "number" ? 5 * MINUTE_MS : wished.span };
      const world = new World();
      for (const { passMs, reading, evidence, reset, dies } of steps) {
        world.pass(passMs);
        if (dies) world.die();
        const before = world.openOf(breaker);
        if (reset && before) world.apply({ type: "breaker-reset", breaker, scope: SCOPE, by: "someone", reason: "" });
        const open = world.openOf(breaker);
        const question = { breaker, scope: SCOPE, setting: set, open, evidence, nowMs: world.nowMs, day: world.day };
        const event = nextOf({ ...question, reading: reading === undefined ? undefined : { value: reading, because: "it is so" } });
        const exceeds = reading !== undefined && reading >= set.at;
        if (!open) expect(event?.type).toBe(exceeds ? "breaker-tripped" : undefined);
        else if (!open.probing && open.untilMs !== undefined && world.nowMs >= open.untilMs)
          expect(event?.type).toBe(isProbed ? "breaker-probing" : "breaker-reset");
        else if (!open.probing) expect(event).toBeUndefined();
        else if (evidence === "good") expect(event?.type).toBe("breaker-reset");
        else expect(event?.type).toBe(evidence === "bad" || exceeds ? "breaker-tripped" : undefined);
        if (event) world.apply(event);
        const after = world.openOf(breaker);
        // Each time that it opens again it lasts longer, and never longer than an hour for that reason.
        if (event?.type === "breaker-tripped") {
          const spanMs = after?.untilMs === undefined ? undefined : after.untilMs - world.nowMs;
          expect(spanMs === undefined).toBe(typeof set.span !== "number");
          if (spanMs !== undefined && typeof set.span === "number") {
            expect(spanMs).toBeGreaterThanOrEqual(set.span);
            expect(spanMs).toBeLessThanOrEqual(Math.max(set.span, PROBED_SPAN_MAX_MS));
          }
          expect(after?.trips).toBe((open?.probing ? open.trips : 0) + 1);
        }
        expect(world.state.breakers.open.size).toBeLessThanOrEqual(1);
      }
      // A fold of the stream says the same as the books that lived and died.
      const again = emptyAccount();
      for (const [index, event] of world.events.entries())
        applyAccountEvent(again, { sequence: index + 1, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event });
      expect([...again.breakers.open.keys()]).toEqual([...world.state.breakers.open.keys()]);
    }),
    { numRuns: 300 },
  );
});

test("one that lasts for a day ends with it, and one that a person resets does not", () => {
  for (const span of ["day", "reset"] as const) {
    const world = new World();
    world.pass(1);
    const question = {
      breaker: "drawdown",
      scope: SCOPE,
      open: undefined,
      evidence: undefined,
      nowMs: world.nowMs,
      day: world.day,
    } as const;
    const event = nextOf({ ...question, setting: { at: 5, reaction: "deny", span }, reading: { value: 5, because: "5% are below" } });
    world.apply(event!);
    expect(world.openOf("drawdown")?.reason).toBe("5% are below; it opens at 5%");
    world.pass(DAY_MS);
    expect(world.openOf("drawdown") === undefined).toBe(span === "day");
  }
});

test("the two breakers of earlier streams fold into ones that end with their day", () => {
  const world = new World();
  world.pass(1);
  world.apply({ type: "breaker-tripped", breaker: "daily-loss", day: world.day, reason: "5% lost" });
  expect(world.openOf("daily-loss")).toMatchObject({ scope: SCOPE, reaction: "deny", untilMs: undefined, day: world.day });
  world.pass(DAY_MS);
  expect(world.openOf("daily-loss")).toBeUndefined();
});

test("a setting is looser when it stops less, and equals itself", () => {
  fc.assert(
    fc.property(setting, setting, (one, other) => {
      expect(isLooserBreaker(one, one)).toBe(false);
      expect(isLooserBreaker("off", one)).toBe(true);
      expect(isLooserBreaker(one, "off")).toBe(false);
      if (other.at > one.at) expect(isLooserBreaker(other, one)).toBe(true);
      if (other.at <= one.at && other.reaction === one.reaction && other.span === one.span) expect(isLooserBreaker(other, one)).toBe(false);
    }),
  );
});
