import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../src/domain/time.ts";
import { strategyNames } from "../../src/strategies/registry.ts";
import { evaluationChart, tripsByDay } from "./chart.ts";
import { averageCurve, median, type Outcome, type Row, smallerSizePct, tally, tripCounts } from "./outcome.ts";
import { SPANS } from "./spans.ts";
import { comparisonTable, rowsTable, variantsTable } from "./tables.ts";

const T0 = Date.UTC(2022, 0, 1);
const DOCS = join(import.meta.dirname, "../../docs");

function outcome(resultPct: number, drawdownPct: number, more: Partial<Outcome> = {}): Outcome {
  const curve = [
    { atMs: T0, worth: 1 },
    { atMs: T0 + 2 * DAY_MS, worth: 1 + resultPct / 100 },
  ];
  return { sizePct: 50, resultPct, drawdownPct, entries: 10, trips: [], curve, ...more };
}

function row(strategy: string, none: Outcome, breakers: Outcome, smaller: Outcome): Row {
  return { symbol: "AAA/USDT", strategy, timeframe: "15m", outcomes: { none, breakers, smaller, half: smaller } };
}

const LOSS = { breaker: "losses", atMs: T0 + HOUR_MS } as const;
const ROWS: readonly Row[] = [
  row(
    "first",
    outcome(-20, 25),
    outcome(-8, 10, { entries: 6, trips: [LOSS, LOSS, { breaker: "gap", atMs: T0 + DAY_MS }] }),
    outcome(-9, 10.2),
  ),
  row("second", outcome(6, 4), outcome(2, 4, { entries: 9, trips: [LOSS] }), outcome(6, 4)),
  row("third", outcome(1, 2), outcome(1, 2), outcome(1, 2)),
];

test("a smaller size falls as deep as breakers did, and is never a larger one", () => {
  expect(smallerSizePct(50, 25, 10)).toBe(20);
  expect(smallerSizePct(50, 10, 12)).toBe(50);
  expect(smallerSizePct(50, 0, 0)).toBe(50);
  expect(smallerSizePct(50, 3, 1)).toBe(16.67);
});

test("curves with points at different instants are averaged where each of them stood", () => {
  const curves = [
    [
      { atMs: 10, worth: 1 },
      { atMs: 20, worth: 2 },
    ],
    [
      { atMs: 0, worth: 1 },
      { atMs: 30, worth: 0.5 },
    ],
  ];
  expect(averageCurve(curves, 0, 30, 4).map(({ worth }) => worth)).toEqual([1, 1, 1.5, 1.25]);
});

test("breakers are counted by name and by day, the last instant included", () => {
  const trips = [LOSS, { breaker: "gap", atMs: T0 + DAY_MS } as const, { breaker: "losses", atMs: T0 + 2 * DAY_MS } as const];
  expect(tripCounts(trips)).toEqual([
    ["losses", 2],
    ["gap", 1],
  ]);
  expect(tripsByDay(trips, T0, T0 + 2 * DAY_MS)).toEqual([1, 2]);
});

test("a median is the middle, or lies between the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("a result above is better, and a fall below is; the least of differences is none", () => {
  expect(tally(ROWS, "none", "resultPct")).toEqual({ better: 1, worse: 1, equal: 1 });
  expect(tally(ROWS, "smaller", "drawdownPct")).toEqual({ better: 1, worse: 0, equal: 2 });
});

test("the tables list losers, and compare only bots that breakers changed", () => {
  expect(rowsTable(ROWS).split("\n")).toHaveLength(2 + ROWS.length);
  expect(rowsTable(ROWS)).toContain("| AAA/USDT | first | 15m | -20.00% / 25.00% / 10 | -8.00% / 10.00% / 6 |");
  expect(rowsTable(ROWS)).toContain("| losses 2, gap 1 |");
  const spans = [{ title: "A span", rows: ROWS }];
  expect(variantsTable(spans)).toContain("| A span | 3 | no breakers | +1.00% | -4.33% | 1 | 4.00% | 25.00% | 30 |");
  expect(comparisonTable(spans)).toContain("| A span | 2 of 3 | smaller, to the same fall | 1, 1, 0 | -1.50 points | 1, 0, 1 |");
});

test("the picture has the three variants and what opened, in its words too", () => {
  const { svg, alt } = evaluationChart({ title: "A span", fromMs: T0, toMs: T0 + 2 * DAY_MS, rows: ROWS });
  for (const words of ["No breakers -4.33%", "Breakers -1.67%", "Smaller -0.67%", "4 in all, at most 3"]) expect(svg).toContain(words);
  expect(alt).toContain("no breakers -4.33%, smaller -0.67%, breakers -1.67%. 4 breakers opened, at most 3 in a day.");
  expect(svg).not.toContain("NaN");
});

test("the page has a picture of bounded size and a row for every strategy on every symbol", () => {
  const page = readFileSync(join(DOCS, "evaluation.md"), "utf8");
  for (const { id, recordings } of SPANS) {
    const part = new RegExp(`<!-- generated:evaluation-${id} -->\\n([\\s\\S]*?)<!-- /generated -->`).exec(page)?.[1] ?? "";
    const rows = part.split("\n").filter((line) => / \d+m \| /.test(line));
    const told = rows.map((line) => line.split(" | ").slice(0, 2).join(" ").slice(2));
    expect(told).toEqual(recordings.flatMap(({ symbol }) => strategyNames().map((strategy) => `${symbol} ${strategy}`)));
    const drawn = join(DOCS, "evaluation", `${id}.svg`);
    expect(part).toContain(`(evaluation/${id}.svg)`);
    expect(existsSync(drawn) && readFileSync(drawn).length).toBeLessThan(50_000);
  }
});
