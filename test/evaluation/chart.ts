import { DAY_MS, spanText } from "../../src/domain/time.ts";
import type { Picture } from "../../src/ports/picture.ts";
import { fileName, percentOf, spanWords } from "../../src/reports/charts/caption.ts";
import { equityRange } from "../../src/reports/charts/equity-panes.ts";
import { footnote, header, type Pane, panesOf, timeAxis, valueAxis } from "../../src/reports/charts/frame.ts";
import { digits, type Scale, scale, ticks } from "../../src/reports/charts/scale.ts";
import { box, course, document, fill, type Point, plate, stroke, widthOf } from "../../src/reports/charts/svg.ts";
import { HEIGHT, INK, LAYOUT, WIDTH } from "../../src/reports/charts/theme.ts";
import { averageCurve, type Row, type Trip, type Variant } from "./outcome.ts";

const VALUE_TICKS = 5;
const COUNT_TICKS = 2;
const TRIPS_SHARE = 0.28;
/** Room for the words over the bars. */
const TRIPS_AIR = 1.5;
const SPOTS = 240;
const LINES: readonly { readonly variant: Variant; readonly name: string; readonly color: string; readonly dash?: string }[] = [
  { variant: "none", name: "No breakers", color: INK.level },
  { variant: "smaller", name: "Smaller", color: "#f0e442", dash: "6 3" },
  { variant: "breakers", name: "Breakers", color: INK.rise },
];

export interface ChartedSpan {
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: readonly Row[];
}

/** What all bots of a span together made of their capital in three variants, and how many breakers opened on each day below it. No price is in it. */
export function evaluationChart({ title, fromMs, toMs, rows }: ChartedSpan): Picture {
  const lines = LINES.map((line) => {
    const curve = averageCurve(
      rows.map(({ outcomes }) => outcomes[line.variant].curve),
      fromMs,
      toMs,
      SPOTS,
    );
    const spots = curve.map(({ atMs, worth }) => ({ atMs, value: (worth - 1) * 100 }));
    return { ...line, spots, change: percentOf(curve.at(-1)!.worth, 1) };
  });
  const days = tripsByDay(
    rows.flatMap(({ outcomes }) => outcomes.breakers.trips),
    fromMs,
    toMs,
  );
  const most = Math.max(1, ...days);
  const range = equityRange(lines.map(({ spots }) => spots));
  const marks = ticks(range.low, range.high, VALUE_TICKS);
  const labels = marks.values.map((value) => ({ value, label: `${digits(value, marks.decimals)}%` }));
  const counts = ticks(0, most * TRIPS_AIR, COUNT_TICKS).values.filter((value) => Number.isInteger(value));
  const widest = Math.max(...labels.map(({ label }) => widthOf(label)));
  const { upper, lower } = panesOf(WIDTH - LAYOUT.edge - widest - LAYOUT.axisGap, TRIPS_SHARE);
  const x = scale(fromMs, toMs, upper.left, upper.right);
  const y = scale(range.low, range.high, upper.bottom, upper.top);
  const below = scale(0, most * TRIPS_AIR, lower.bottom, lower.top);
  const trips = days.reduce((sum, count) => sum + count, 0);
  const note = `The average of ${rows.length} bots in percent of their capital; open positions at their last price`;
  const breakers = lines.find(({ variant }) => variant === "breakers")!;
  const svg = document(WIDTH, HEIGHT, [
    header(
      title,
      { now: "", change: breakers.change, span: spanText(toMs - fromMs) },
      lines.map(({ name, change, color, dash }) => ({ label: `${name} ${change}`, color, style: { dash } })),
    ),
    timeAxis([upper, lower], x),
    valueAxis(upper, y, labels),
    valueAxis(
      lower,
      below,
      counts.map((value) => ({ value, label: String(value) })),
    ),
    ...lines.map(({ spots, color, dash }) =>
      stroke(course(spots.map(({ atMs, value }): Point => [x(atMs), y(value)])), color, { width: 1.8, dash }),
    ),
    fill(bars(days, fromMs, x, below, lower), INK.fall),
    plate(lower.left + 4, lower.top + 14, `Breakers opened in a day: ${trips} in all, at most ${most}`, INK.quiet),
    footnote(note),
  ]);
  const told = lines.map(({ name, change }) => `${name.toLowerCase()} ${change}`).join(", ");
  const alt = `${title}, ${spanWords(fromMs, toMs)}: ${told}. ${trips} breakers opened, at most ${most} in a day. ${note}.`;
  return { name: fileName(title, "evaluation"), svg, alt, course: breakers.spots.map(({ value }) => value) };
}

/** How many opened on each day since the beginning. */
export function tripsByDay(trips: readonly Trip[], fromMs: number, toMs: number): readonly number[] {
  const days = Array.from({ length: Math.max(1, Math.ceil((toMs - fromMs) / DAY_MS)) }, () => 0);
  for (const { atMs } of trips) {
    const day = Math.min(days.length - 1, Math.max(0, Math.floor((atMs - fromMs) / DAY_MS)));
    days[day]! += 1;
  }
  return days;
}

function bars(days: readonly number[], fromMs: number, x: Scale, y: Scale, pane: Pane): string {
  const slot = x(fromMs + DAY_MS) - x(fromMs);
  const width = Math.max(1, slot * 0.7);
  return days
    .map((count, day) => ({ count, left: x(fromMs + day * DAY_MS) + (slot - width) / 2 }))
    .filter(({ count, left }) => count > 0 && left + width <= pane.right + 1)
    .map(({ count, left }) => box(left, y(count), Math.min(width, pane.right - left), pane.bottom - y(count)))
    .join("");
}
