import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bollinger } from "../../src/indicators/bollinger.ts";
import { PERIOD_MAX, WIDTH_MAX } from "../../src/indicators/declare.ts";
import { ema } from "../../src/indicators/ema.ts";
import { keltner } from "../../src/indicators/keltner.ts";
import { macd } from "../../src/indicators/macd.ts";
import { psar } from "../../src/indicators/psar.ts";
import { createKernel, indicatorDefinition, indicatorNames } from "../../src/indicators/registry.ts";
import { rsi } from "../../src/indicators/rsi.ts";
import { supertrend } from "../../src/indicators/supertrend.ts";
import { FUNCTIONS } from "../../src/rules/functions.ts";

const FOLDER = resolve(import.meta.dirname, "../../src/indicators");
/** Files of the folder that are no indicator. */
const HELPERS = ["declare", "exponential", "extreme", "mean-kernel", "moments", "ranges", "registry", "typical"];

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
      new RangeError(`there is no indicator named "macdd"; choose one of ${indicatorNames().join(", ")}`),
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
    for (const { name, params } of FUNCTIONS) {
      for (const param of params.filter(({ unit }) => unit === "candles")) {
        const given = Object.fromEntries(params.map((each) => [each.name, each === param ? period : each.example]));
        expect(() => createKernel({ name, params: given })).toThrow(`${name}: ${sentence.replace("period", param.name)}`);
      }
    }
  });

  test.each([0, -2, WIDTH_MAX + 1, Number.NaN])("of Bollinger bands refuses %d deviations", (deviations) => {
    expect(() => bollinger(20, deviations)).toThrow(`bollinger: deviations must be a number above 0 and at most 10, found ${deviations}`);
  });

  test.each([0, -2, WIDTH_MAX + 1, Number.NaN])("of a channel refuses %d ranges", (ranges) => {
    expect(() => keltner(20, 10, ranges)).toThrow(`keltner: ranges must be a number above 0 and at most 10, found ${ranges}`);
    expect(() => supertrend(10, ranges)).toThrow(`supertrend: ranges must be a number above 0 and at most 10, found ${ranges}`);
  });

  test("refuses parameters that do not fit together", () => {
    expect(() => macd(26, 12, 9)).toThrow("macd: slow must be longer than fast, found 12 and 26");
    expect(() => macd(12, 12, 9)).toThrow(RangeError);
    expect(() => psar(0.3, 0.2)).toThrow("psar: maximum must be at least the step, found 0.2 and 0.3");
    expect(() => psar(0.02, 1.1)).toThrow("psar: maximum must be a number above 0 and at most 1, found 1.1");
  });

  test("without a parameter is refused when the kernel is made", () => {
    expect(() => createKernel({ name: "ema", params: {} })).toThrow("found undefined");
    expect(() => createKernel({ name: "bollinger", params: { period: 20 } })).toThrow("found undefined");
  });
});
