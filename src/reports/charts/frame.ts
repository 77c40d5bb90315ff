import type { Scale } from "./scale.ts";
import { course, fitting, type StrokeStyle, stroke, text, widthOf } from "./svg.ts";
import { HEIGHT, INK, LAYOUT, SIZE, WIDTH } from "./theme.ts";
import { timeTicks } from "./time-ticks.ts";

/** A part of a picture with a scale of its own. */
export interface Pane {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly style?: StrokeStyle;
}

const TITLE_Y = 27;
const LEGEND_Y = 50;
const SWATCH = 18;
const SWATCH_GAP = 5;
const ENTRY_GAP = 14;
const FIGURE_GAP = 10;
/** Letters of a size stand so far below their middle. */
export const DROP = 0.36;
const TIME_LABEL_WIDTH = 76;

/** The number that matters most, and how it came to be. */
export interface Figures {
  readonly now: string;
  /** With its sign. */
  readonly change: string;
  /** In what time, as `30 h`. */
  readonly span: string;
}

/** Two panes above one another, the lower one with a share of the height. */
export function panesOf(right: number, lowerShare: number): { upper: Pane; lower: Pane } {
  const { edge, top, bottom, paneGap } = LAYOUT;
  const split = top + (HEIGHT - top - bottom) * (1 - lowerShare);
  const sides = { left: edge, right: Math.floor(right) };
  return {
    upper: { ...sides, top, bottom: Math.round(split - paneGap) },
    lower: { ...sides, top: Math.round(split), bottom: HEIGHT - bottom },
  };
}

/** What stands above the panes: what it is on the left, the number that matters on the right, and what the lines mean. */
export function header(title: string, { now, change, span }: Figures, legend: readonly LegendEntry[]): string {
  const { edge } = LAYOUT;
  const moved = `${change} in ${span}`;
  const movedX = WIDTH - edge - widthOf(moved, SIZE.text) - FIGURE_GAP;
  const room = movedX - widthOf(now, SIZE.title) - 2 * edge;
  const parts = [
    text(edge, TITLE_Y, fitting(title, room, SIZE.title), { size: SIZE.title, bold: true }),
    text(movedX, TITLE_Y, now, { size: SIZE.title, bold: true, anchor: "end" }),
    text(WIDTH - edge, TITLE_Y, moved, { bold: true, fill: change.startsWith("-") ? INK.fall : INK.rise, anchor: "end" }),
  ];
  let x = edge;
  for (const { label, color, style } of legend) {
    const width = SWATCH + SWATCH_GAP + widthOf(label, SIZE.small);
    if (x + width > WIDTH - edge) break;
    const y = LEGEND_Y - SIZE.small * DROP;
    parts.push(
      stroke(
        course([
          [x, y],
          [x + SWATCH, y],
        ]),
        color,
        { width: 2, ...style },
      ),
      text(x + SWATCH + SWATCH_GAP, LEGEND_Y, label, { size: SIZE.small, fill: INK.quiet }),
    );
    x += width + ENTRY_GAP;
  }
  return parts.join("\n");
}

/** Lines across a pane with their values on its right. A label that would touch a taken place is left out. */
export function valueAxis(
  { left, right }: Pane,
  place: Scale,
  marks: readonly { value: number; label: string }[],
  taken: readonly number[] = [],
) {
  const lines = marks.map(({ value }) => Math.round(place(value)) + 0.5);
  const grid = lines.map((y) => `M${left} ${y}H${right}`).join("");
  const isFree = (y: number) => taken.every((other) => Math.abs(other - y) > SIZE.text + 3);
  const labels = marks.map(({ label }, index) =>
    isFree(lines[index]!)
      ? text(right + LAYOUT.axisGap, lines[index]! + SIZE.text * DROP, label, { size: SIZE.text, fill: INK.quiet })
      : "",
  );
  return [stroke(grid, INK.grid), ...labels].filter((part) => part !== "").join("\n");
}

/** What is good to know about the whole picture, on its last line. */
export function footnote(content: string): string {
  return text(LAYOUT.edge, HEIGHT - 11, fitting(content, WIDTH - 2 * LAYOUT.edge, SIZE.small), { size: SIZE.small, fill: INK.quiet });
}

/** Lines down all panes with their times below, and the zone in the corner. */
export function timeAxis(panes: readonly Pane[], place: Scale): string {
  const [first, last] = [panes[0]!, panes.at(-1)!];
  const ticks = timeTicks(place.low, place.high, (last.right - last.left) / TIME_LABEL_WIDTH);
  const y = last.bottom + SIZE.text + 6;
  const zoneX = last.right + LAYOUT.axisGap;
  const parts = [text(zoneX, y, "UTC", { size: SIZE.small, fill: INK.quiet })];
  let grid = "";
  for (const { atMs, label } of ticks) {
    const x = Math.round(place(atMs)) + 0.5;
    for (const pane of panes) grid += `M${x} ${pane.top}V${pane.bottom}`;
    const half = widthOf(label) / 2;
    if (x - half >= first.left - 4 && x + half <= zoneX - 4) parts.push(text(x, y, label, { fill: INK.quiet, anchor: "middle" }));
  }
  return [stroke(grid, INK.grid), ...parts].join("\n");
}
