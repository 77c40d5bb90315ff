import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { createKernel, indicatorNames } from "../../src/indicators/registry.ts";
import { checkedSpecs, firstDifference, GOLDEN_FILE } from "../kit/indicators-check.ts";

/** Written by test/kit/indicators-check.py: what TA-Lib says about a made series. */
interface Golden {
  readonly candles: readonly (readonly [openTimeMs: number, open: number, high: number, low: number, close: number, volume: number])[];
  readonly values: readonly {
    readonly name: string;
    readonly params: Readonly<Record<string, number>>;
    readonly lines: readonly (readonly (number | null)[])[];
  }[];
}

const golden = JSON.parse(readFileSync(GOLDEN_FILE, "utf8")) as Golden;
const candles = golden.candles.map(
  ([openTimeMs, open, high, low, close, volume]): Candle => ({ openTimeMs, open, high, low, close, volume }),
);
const values = golden.values.map(({ lines, ...spec }) => ({ spec, lines: lines.map((line) => line.map((value) => value ?? Number.NaN)) }));

describe("against TA-Lib", () => {
  test("the made series has flat stretches, jumps, candles without volume, gaps and two days", () => {
    const flat = candles.map(({ high, low }) => (high === low ? "f" : "."));
    expect(flat.join("")).toMatch(/f{30}/);
    expect(candles.some(({ open, close }) => Math.abs(close / open - 1) > 0.005)).toBe(true);
    expect(candles.filter(({ volume }) => volume === 0).length).toBeGreaterThan(30);
    expect(candles.some(({ openTimeMs }, index) => index > 0 && openTimeMs - candles[index - 1]!.openTimeMs > MINUTE_MS)).toBe(true);
    expect(new Set(candles.map(({ openTimeMs }) => new Date(openTimeMs).getUTCDate())).size).toBe(2);
  });

  test("every indicator is compared", () => {
    expect(values.map(({ spec }) => spec)).toEqual(checkedSpecs());
    expect([...new Set(values.map(({ spec }) => spec.name))]).toEqual(indicatorNames());
  });

  test.each(values)("$spec.name $spec.params says the same at each candle, and nothing where it has nothing to say", ({ spec, lines }) => {
    expect(firstDifference(spec, candles, lines)).toBeUndefined();
    expect(lines.flat().filter(Number.isFinite).length).toBeGreaterThan(100);
    if (spec.name !== "vwap") expect(lines[0]!.findIndex(Number.isFinite)).toBe(createKernel(spec).warmup - 1);
  });

  test("a number that is off by more than rounding is told, with its place", () => {
    const { spec, lines } = values.find(({ spec: { name } }) => name === "macd")!;
    const spoiled = lines.map((line, at) => (at === 1 ? line.map((value, index) => (index === 200 ? value + 1e-6 : value)) : line));
    expect(firstDifference(spec, candles, spoiled)).toMatch(/^macd .* \.signal at candle 200: /);
    const silent = lines.map((line) => line.map((value, index) => (index === 100 ? Number.NaN : value)));
    expect(firstDifference(spec, candles, silent)).toMatch(/ \.value at candle 100: .*, expected NaN$/);
  });
});
