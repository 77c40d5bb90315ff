import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { UserError } from "../../src/domain/errors.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { PositionFacts } from "../../src/ports/strategy.ts";
import type { StrategyDefinition } from "../../src/strategies/define.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { PARAMS, tell } from "./story.ts";

const FOLDER = resolve(import.meta.dirname, "../../src/strategies");
const HELPERS = ["define", "follow-rules", "named-rules", "registry"];
const strategies = strategyNames().map(strategyNamed);

/** Walks of legs that drift up, drift down or stand still, with a wave of their own on top. */
const walk = fc
  .array(
    fc.record({
      drift: fc.oneof(fc.constant(0), fc.double({ min: -0.006, max: 0.006, noNaN: true })),
      wave: fc.constantFrom(0, 0.004),
      candles: fc.integer({ min: 1, max: 25 }),
    }),
    { minLength: 6, maxLength: 14 },
  )
  .map((legs) => {
    const closes = [30_000];
    for (const { drift, wave, candles } of legs)
      for (let step = 0; step < candles; step += 1) closes.push(closes.at(-1)! * (1 + drift + wave * Math.sin(closes.length * 2.3)));
    return closes;
  });

/** Candles with wicks and volume around closes; what moves a lot trades a lot. */
function moving(closes: readonly number[]): Candle[] {
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close;
    const volume = 1 + (3_000 * Math.abs(close - open)) / open + (index % 3);
    return {
      openTimeMs: index * MINUTE_MS,
      open,
      high: Math.max(open, close) * 1.000_2,
      low: Math.min(open, close) * 0.999_8,
      close,
      volume,
    };
  });
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
}

describe("the table of strategies", () => {
  test("has every file of the folder under the file's name, in order", () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ""));
    const expected = files.filter((file) => !HELPERS.includes(file)).sort();
    expect(
      strategyNames(),
      "each file in src/strategies is a strategy and its name: import it in src/strategies/registry.ts and add it to DEFINITIONS under the file's name, in order",
    ).toEqual(expected);
  });

  test.each(strategyNames())("gives %s what its own file exports", async (name) => {
    const file = (await import(`${FOLDER}/${name}.ts`)) as { default: StrategyDefinition };
    const { summary, rules } = file.default(name);
    expect(strategyNamed(name)).toMatchObject({ name, summary, ...(rules && { rules }) });
  });

  test("refuses an unknown name and lists the known ones", () => {
    const sentence =
      'There is no strategy named "ema". Choose one of bollinger-breakout, dca, ema-cross, grid, momentum-scalp, rsi-reversion, signal-score, vwap-reversion.';
    expect(() => strategyNamed("ema")).toThrow(new UserError(sentence));
    expect(() => strategyNamed("constructor")).toThrow(UserError);
  });

  test("has these names and defaults", () => {
    expect(Object.fromEntries(strategies.map(({ name, params }) => [name, params.parse({})]))).toMatchInlineSnapshot(`
      {
        "bollinger-breakout": {
          "deviations": 2,
          "period": 20,
        },
        "dca": {
          "enterBelow": 40,
          "orders": 5,
          "pause": 0,
          "sizeScale": 1.5,
          "step": 1.5,
          "stepScale": 1.3,
        },
        "ema-cross": {
          "fast": 12,
          "slow": 26,
        },
        "grid": {
          "around": 5,
          "levels": 10,
          "lower": 0,
          "stopBelow": 3,
          "upper": 0,
        },
        "momentum-scalp": {
          "momentum": 5,
          "patience": 15,
          "period": 20,
          "rise": 0.3,
          "spreadMax": 0.15,
          "surge": 2,
        },
        "rsi-reversion": {
          "enterBelow": 30,
          "exitAbove": 55,
          "period": 14,
        },
        "signal-score": {
          "enterAt": 5,
          "exitAt": 2,
          "period": 20,
          "trend": 100,
        },
        "vwap-reversion": {
          "distance": 1,
          "patience": 60,
          "turn": 3,
        },
      }
    `);
  });
});

describe.each(strategies)("$name", (strategy) => {
  const decider = strategy.decider(strategy.params.parse(PARAMS[strategy.name] ?? {}) as Record<string, number>);

  test("describes itself and each parameter", () => {
    expect(strategy.summary).toMatch(/^[A-Z].+[^.]$/);
    for (const param of Object.values(strategy.params.shape))
      expect((param as { description?: string }).description).toMatch(/^[A-Z].+[^.]$/);
  });

  test("refuses a parameter that it does not know, naming those that it does", () => {
    const { error } = strategy.params.safeParse({ lenght: 3 });
    expect(error?.issues[0]?.message).toContain(`expected only ${Object.keys(strategy.params.shape).join(", ")}, found lenght`);
  });

  test("refuses a parameter that is not a number, saying what was expected and found", () => {
    const [first] = Object.keys(strategy.params.shape);
    const { error } = strategy.params.safeParse({ [first!]: "many" });
    expect(error?.issues[0]?.message).toMatch(/^expected .+ from [\d.]+ to \d+, found "many"$/);
  });

  test("decides equal input equally, looks at no mutable state and changes nothing that it is shown", () => {
    fc.assert(
      fc.property(walk, (closes) => {
        const told = tell(strategy, moving(closes));
        for (const { input, signal } of told.toReversed()) {
          const { past, ...shown } = input;
          expect(decider.decide({ ...frozen(structuredClone(shown)), past })).toEqual(signal);
        }
        expect(tell(strategy, moving(closes))).toEqual(told);
      }),
      { numRuns: 8 },
    );
  });

  test("never enters when it holds a position and never exits when it is flat", () => {
    const parts = strategy.plan ? [0] : [];
    const holding: PositionFacts = { flat: false, long: true, entryPrice: 30_000, barsHeld: 3, barsSinceEntry: 3, parts };
    const flat: PositionFacts = { flat: true, long: false, entryPrice: undefined, barsHeld: 0, barsSinceEntry: 0, parts: [] };
    let entered = 0;
    let exited = 0;
    fc.assert(
      fc.property(walk, (closes) => {
        for (const { input } of tell(strategy, moving(closes))) {
          const whenHolding = decider.decide({ ...input, position: holding }).kind;
          const whenFlat = decider.decide({ ...input, position: flat }).kind;
          expect(whenHolding).not.toBe("enter");
          expect(whenFlat).not.toBe("exit");
          expect(whenFlat).not.toBe("add");
          if (whenHolding === "add") expect(strategy.plan).toBeDefined();
          // What dca bought its bot sells, at the target or the stop: it adds instead.
          if (whenHolding === (strategy.name === "dca" ? "add" : "exit")) exited += 1;
          if (whenFlat === "enter") entered += 1;
        }
      }),
      { seed: 7, numRuns: 14 },
    );
    expect(entered).toBeGreaterThan(0);
    expect(exited).toBeGreaterThan(0);
  });

  test("holds until its indicators are warm", () => {
    const wild = Array.from({ length: 60 }, (_, index) => 100 + 40 * Math.sin(index * 1.3));
    for (const { input, signal } of tell(strategy, moving(wild))) {
      const readings = Object.values(input.values).flatMap((lines) => Object.values(lines));
      if (readings.some(({ now }) => Number.isNaN(now))) expect(signal.kind).toBe("hold");
    }
  });

  test("holds through flat prices, also when they end a wild stretch", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.000_01, max: 100_000, noNaN: true }), (price) => {
        const flat = new Array<number>(150).fill(price);
        expect(tell(strategy, flat).every(({ signal }) => signal.kind === "hold")).toBe(true);
        const wild = Array.from({ length: 57 }, (_, index) => price * (1 + 0.2 * Math.sin(index)));
        expect(
          tell(strategy, [...wild, ...new Array<number>(600).fill(price)])
            .slice(200)
            .every(({ signal }) => signal.kind === "hold"),
        ).toBe(true);
      }),
      { numRuns: 6 },
    );
  });
});
