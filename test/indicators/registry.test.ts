import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bollinger, DEVIATIONS_MAX } from "../../src/indicators/bollinger.ts";
import { PERIOD_MAX } from "../../src/indicators/declare.ts";
import { ema } from "../../src/indicators/ema.ts";
import { createKernel, indicatorDefinition, indicatorNames } from "../../src/indicators/registry.ts";
import { rsi } from "../../src/indicators/rsi.ts";

const FOLDER = resolve(import.meta.dirname, "../../src/indicators");
/** Files of the folder that are no indicator. */
const HELPERS = ["declare", "extreme", "moments", "registry"];

describe("the table of indicators", () => {
  test("names every file of the folder, in order", () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ""));
    const indicators = files.filter((file) => !HELPERS.includes(file)).sort();
    expect(
      indicatorNames(),
      "src/indicators/registry.ts must list the definition of each indicator file under the file's name; add the missing one there, or a helper to HELPERS here",
    ).toEqual(indicators);
  });

  test("refuses an unknown name, naming it", () => {
    expect(() => indicatorDefinition("macdd")).toThrow(
      new RangeError('there is no indicator named "macdd"; choose one of atr, bollinger, ema, highest, lowest, roc, rsi, sma, zscore'),
    );
    expect(() => createKernel({ name: "constructor", params: {} })).toThrow(RangeError);
  });
});

describe("a declaration", () => {
  const declared = [ema(12), rsi(14), bollinger(20, 2)];

  test.each(declared)("of $name makes a kernel with the lines that it promises", (spec) => {
    expect(createKernel(spec).lines).toEqual(spec.lines);
    expect(indicatorDefinition(spec.name).lines).toEqual(spec.lines);
  });

  test.each(declared)("of $name makes kernels that share nothing", (spec) => {
    const [first, second] = [createKernel(spec), createKernel(spec)];
    for (let index = 0; index < 50; index += 1)
      first.push({ openTimeMs: index, open: 1, high: 2, low: 1, close: 1 + (index % 2), volume: 0 });
    expect(first.at(0)).toBeGreaterThan(0);
    expect(second.at(0)).toBeNaN();
  });

  test.each([0, -1, 2.5, PERIOD_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a period of %d", (period) => {
    const sentence = `period must be a whole number of candles from 1 to 1000, found ${period}`;
    for (const declare of [() => ema(period), () => rsi(period), () => bollinger(period, 2)]) expect(declare).toThrow(sentence);
    for (const name of indicatorNames()) expect(() => createKernel({ name, params: { period, deviations: 2 } })).toThrow(sentence);
  });

  test.each([0, -2, DEVIATIONS_MAX + 1, Number.NaN])("of Bollinger bands refuses %d deviations", (deviations) => {
    expect(() => bollinger(20, deviations)).toThrow(`bollinger: deviations must be a number above 0 and at most 10, found ${deviations}`);
  });

  test("without a parameter is refused when the kernel is made", () => {
    expect(() => createKernel({ name: "ema", params: {} })).toThrow("found undefined");
    expect(() => createKernel({ name: "bollinger", params: { period: 20 } })).toThrow("found undefined");
  });
});
