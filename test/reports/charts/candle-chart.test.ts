import { describe, expect, test } from "vitest";
import type { Candle } from "../../../src/domain/candle.ts";
import { candleChart } from "../../../src/reports/charts/candle-chart.ts";
import type { CandleChart } from "../../../src/reports/charts/candle-data.ts";
import { symbolChart } from "../../../src/reports/charts/symbol-chart.ts";
import { INK } from "../../../src/reports/charts/theme.ts";

const STEP_MS = 15 * 60_000;
const FROM_MS = Date.UTC(2021, 4, 19, 10);

function candle(index: number, prices: readonly [open: number, high: number, low: number, close: number], volume = 5): Candle {
  const [open, high, low, close] = prices;
  return { openTimeMs: FROM_MS + index * STEP_MS, open, high, low, close, volume };
}

const rising = Array.from({ length: 40 }, (_, index) => candle(index, [100 + index, 103 + index, 99 + index, 102 + index]));
const chart = (more: Partial<CandleChart> = {}) =>
  candleChart({ symbol: "BTC/USDT", timeframe: "15m", quote: "USDT", market: "made market", candles: rising, ...more });

/** How many closed shapes are filled in a color. */
const shapes = (svg: string, color: string) =>
  [...svg.matchAll(/<path d="([^"]*)" fill="([^"]*)"/g)]
    .filter(([, , fill]) => fill === color)
    .reduce((sum, [, d = ""]) => sum + d.split("z").length - 1, 0);
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content ?? "");
const pathsOf = (svg: string, color: string) =>
  [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="([^"]*)"/g)].filter(([, , stroke]) => stroke === color).map(([, d = ""]) => d);

describe("A chart of candles", () => {
  test("has a body and a volume bar for each candle, rising and falling ones in their own color", () => {
    const mixed = rising.map((each, index) => (index % 4 === 0 ? { ...each, open: each.close, close: each.open } : each));
    const { svg } = chart({ candles: mixed });
    expect(shapes(svg, INK.rise)).toBe(2 * 30);
    expect(shapes(svg, INK.fall)).toBe(2 * 10);
  });

  test("says in words what it shows: span, prices, change, volume, averages and levels", () => {
    const { alt, name, course } = chart({
      lines: [{ name: "SMA 20", values: rising.map(({ close }) => close - 1) }],
      levels: [{ name: "Support", price: 120 }],
      fills: [{ atMs: FROM_MS, price: 101, side: "buy" }],
    });
    expect(alt).toBe(
      "BTC/USDT, 40 candles of 15m, 2021-05-19 10:00 to 20:00 UTC: from 100.000 to 141.000 USDT (+41.00%), " +
        "low 99.000, high 142.000, volume 200. SMA 20 140.000, Support 120.000, 1 fill.",
    );
    expect(name).toBe("btc-usdt-15m");
    expect(course).toHaveLength(40);
  });

  test("labels round prices and round times, and the newest price on its axis", () => {
    const found = texts(chart().svg);
    expect(found).toEqual(expect.arrayContaining(["BTC/USDT · 15m", "+41.00% in 10 h", "100", "120", "12:00", "UTC", "Volume"]));
    expect(found.filter((each) => each === "141.000")).toHaveLength(2);
    expect(found).toContain("made market, closed candles only");
  });

  test("leaves a gap where candles never came", () => {
    const gapped = rising.filter((_, index) => index < 10 || index >= 30);
    const { svg } = chart({ candles: gapped });
    const [wicks = ""] = pathsOf(svg, INK.rise);
    const xs = [...wicks.matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x));
    const step = xs[1]! - xs[0]!;
    expect(xs[10]! - xs[9]!).toBeCloseTo(21 * step, 0);
  });

  test("cuts a wick that would flatten everything, and says how far it went", () => {
    const crash = rising.map((each, index) => (index === 20 ? { ...each, low: 1 } : each));
    const { svg } = chart({ candles: crash });
    expect(texts(svg)).toContain("↓ 1.000");
    expect(chart({ candles: crash }).alt).toContain("low 1.000");
    const tops = (markup: string) => [...(pathsOf(markup, INK.rise)[0] ?? "").matchAll(/M[\d.]+ ([\d.]+)V/g)].map(([, y]) => Number(y));
    expect(Math.max(...tops(svg)) - Math.min(...tops(svg))).toBeGreaterThan(80);
  });

  test("draws an average only from where it is known, and levels only where they are in reach", () => {
    const values = rising.map(({ close }, index) => (index < 19 ? Number.NaN : close));
    const { svg } = chart({ lines: [{ name: "SMA 20", values }], levels: [{ name: "Resistance", price: 900 }] });
    const line = pathsOf(svg, "#f0e442").find((d) => d.split("L").length > 5) ?? "";
    expect(line.split(/[ML]/)).toHaveLength(1 + 21);
    expect(texts(svg).some((each) => each.startsWith("Resistance"))).toBe(false);
  });

  test.each([
    ["one candle that never moved", [candle(0, [5, 5, 5, 5], 0)]],
    ["prices of a millionth", rising.map((each) => ({ ...each, open: 2e-6, high: 3e-6, low: 1e-6, close: 2.5e-6 }))],
    ["a price of a trillion", rising.map((each) => ({ ...each, open: 1e12, high: 2e12, low: 9e11, close: 1.5e12 }))],
    ["no volume at all", rising.map((each) => ({ ...each, volume: 0 }))],
  ])("of %s has no coordinate that is not a number", (_what, candles) => {
    const { svg, alt } = chart({ candles });
    expect(svg + alt).not.toMatch(/NaN|Infinity|undefined|\de[-+]\d/);
    expect(texts(svg).length).toBeGreaterThan(4);
  });

  test("lets no name become markup, nor a long one run over", () => {
    const { svg, name } = chart({ symbol: `<script>"&'\u202e\u0000 ${"x".repeat(400)}`, market: "a & b <i>" });
    expect(svg).not.toMatch(/<script|<i>|\u202e/);
    expect(svg).not.toContain("\u0000");
    expect(svg).toContain("&lt;script&gt;&quot;&amp;&apos;");
    expect(texts(svg)[0]!.length).toBeLessThan(80);
    expect(name).toMatch(/^[a-z0-9-]{1,60}$/);
  });

  test("is the same text for the same candles", () => {
    expect(chart().svg).toBe(chart().svg);
  });
});

describe("A chart of a symbol", () => {
  const candles = Array.from({ length: 100 }, (_, index) => ({ ...candle(index, [100, 102, 99, index]), missingMinutes: 0 }));
  const of = (count: number, shown: number) =>
    symbolChart({ symbol: "BTC/USDT", timeframe: "15m", quote: "USDT", market: "m", candles: candles.slice(0, count), shown });

  test("knows its averages from the first candle on, because it sees those before", () => {
    const [line = ""] = pathsOf(of(100, 40).svg, "#f0e442").filter((d) => d.split("L").length > 5);
    expect(line.split(/[ML]/)).toHaveLength(1 + 40);
    expect(of(100, 40).alt).toContain("SMA 20 89.5000, SMA 50 74.5000");
  });

  test("leaves out an average that no candle knows", () => {
    const { svg, alt } = of(30, 30);
    expect(alt).toContain("SMA 20");
    expect(svg + alt).not.toContain("SMA 50");
  });
});
