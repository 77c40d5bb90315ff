import { describe, expect, test } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { equityChart } from "../../../src/reports/charts/equity-chart.ts";
import { type EquityChart, sampled, thinned } from "../../../src/reports/charts/equity-data.ts";
import { INK, LAYOUT } from "../../../src/reports/charts/theme.ts";

const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2021, 4, 19);

const curve = (...values: readonly number[]) => values.map((value, index) => ({ atMs: FROM_MS + index * HOUR_MS, equity: decimal(value) }));
const chart = (points: EquityChart["points"], more: Partial<EquityChart> = {}) =>
  equityChart({ title: "dip on BTC/USDT", currency: "USDT", note: "Paper, after fees", points, ...more });
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content ?? "");
const yOf = (d: string) => [...d.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
/** Lines of a color inside of the panes: those of the legend lie above them. */
const linesOf = (svg: string, color: string) =>
  [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="([^"]*)"/g)]
    .filter(([, d = "", stroke]) => stroke === color && (yOf(d)[0] ?? 0) >= LAYOUT.top)
    .map(([, d = ""]) => d);

describe("An equity chart", () => {
  test("says in words from what to what, the deepest drawdown and the comparison", () => {
    const { alt, name } = chart(curve(10_000, 10_500, 9_975, 10_200), { compared: { name: "Buy and hold", points: curve(10_000, 9_000) } });
    expect(alt).toBe(
      "dip on BTC/USDT, 2021-05-19 00:00 to 03:00 UTC: equity from 10,000.00 to 10,200.00 USDT (+2.00%), deepest drawdown -5.00%. " +
        "Buy and hold: 9,000.00 USDT (-10.00%). Paper, after fees.",
    );
    expect(name).toBe("dip-on-btc-usdt-equity");
  });

  test("has the curve in the color of how it ended, and the drawdown below it in that of a loss", () => {
    const [gained, lost] = [chart(curve(100, 90, 110)).svg, chart(curve(100, 110, 90)).svg];
    expect(linesOf(gained, INK.rise)).toHaveLength(1);
    expect(linesOf(gained, INK.fall)).toHaveLength(1);
    expect(linesOf(lost, INK.rise)).toHaveLength(0);
    expect(linesOf(lost, INK.fall)).toHaveLength(2);
  });

  test("lets the drawdown hang from the peak: at its top while the curve rises, deepest where it fell most", () => {
    const ys = yOf(linesOf(chart(curve(100, 110, 99, 104.5, 121)).svg, INK.fall)[0] ?? "");
    expect(ys).toHaveLength(5);
    expect(ys[1]).toBe(ys[0]);
    expect(ys[2]).toBe(Math.max(...ys));
    expect(ys[3]! - ys[0]!).toBeCloseTo((ys[2]! - ys[0]!) / 2, 1);
    expect(ys[4]).toBe(ys[0]);
  });

  test("stands still between realized results when it is stepped", () => {
    const [line = ""] = linesOf(chart(curve(100, 110, 105), { isStepped: true }).svg, INK.rise);
    const ys = yOf(line);
    expect(ys).toEqual([ys[0], ys[0], ys[2], ys[2], ys[4]]);
  });

  test("is told in money where it begins at nothing, because there is nothing to take a share of", () => {
    const { alt, svg } = chart(curve(0, 30, -12.5));
    expect(alt).toContain("result from 0.00 to -12.50 USDT (-12.50 USDT), deepest drawdown -42.50 USDT");
    expect(texts(svg).join(" ")).not.toContain("%");
  });

  test("tells a drawdown that was measured on more readings than it draws", () => {
    const { alt, svg } = chart(curve(100, 99, 101), { drawdown: decimal("0.031") });
    expect(alt).toContain("deepest drawdown -3.10%");
    expect(texts(svg)).toContain("Drawdown, deepest -3.10%");
  });

  test.each([
    ["one point", curve(10_000)],
    ["nothing that ever happened", curve(10_000, 10_000, 10_000)],
    ["a balance that was used up", curve(100, 0, -50)],
    ["eight decimals of a coin", curve(1.5, 1.50000012, 1.49999991)],
    ["a billion", curve(1e9, 1.2e9, 9e8)],
    ["nothing at all", curve(0, 0)],
  ])("of %s has no coordinate that is not a number", (_what, points) => {
    const { svg, alt } = chart(points, { isStepped: true });
    expect(svg + alt).not.toMatch(/NaN|Infinity|undefined|\de[-+]\d/);
    expect(texts(svg).length).toBeGreaterThan(4);
  });

  test("of three months by quarters of an hour is a small text that still has its one deep spike", () => {
    const values = Array.from({ length: 8_760 }, (_, index) => (index === 5_001 ? 9_000 : 10_000 + Math.sin(index / 125) * 100));
    const { svg, course } = chart(curve(...values));
    expect(svg.length).toBeLessThan(80_000);
    expect(texts(svg)).toContain("Drawdown, deepest -10.89%");
    const ys = yOf(linesOf(svg, INK.rise)[0] ?? linesOf(svg, INK.fall)[0] ?? "");
    expect(ys.filter((y) => y > 240)).toHaveLength(1);
    expect(course).toHaveLength(120);
  });
});

describe("The spots of a curve", () => {
  const spots = [1, 9, 2, 0, 5, 4].map((value, index) => ({ atMs: index * 10, value }));

  test("are thinned to the first, lowest, highest and last of each part, in their order", () => {
    expect(thinned(spots, 1).map(({ value }) => value)).toEqual([1, 9, 0, 5, 4]);
    expect(thinned(spots, 10)).toBe(spots);
  });

  test("are sampled at even distances of time, however unevenly they came", () => {
    const uneven = [
      { atMs: 0, value: 1 },
      { atMs: 90, value: 2 },
      { atMs: 100, value: 3 },
    ];
    expect(sampled(uneven, 5)).toEqual([1, 1, 1, 1, 3]);
  });
});
