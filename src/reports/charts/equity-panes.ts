import type { Spot } from "./equity-data.ts";
import type { Pane } from "./frame.ts";
import type { Scale } from "./scale.ts";
import { at, course, fill, type Point, plate, stroke } from "./svg.ts";
import { INK } from "./theme.ts";

const AIR = 0.06;
/** An even curve is shown with so much of its value around it. */
const EVEN_SHARE = 0.005;
const LINE_WIDTH = 2;
const GROUND_OPACITY = 0.16;
const FALL_OPACITY = 0.4;
const DOT = 3.5;

export interface EquityPlaces {
  readonly x: Scale;
  readonly y: Scale;
  readonly pane: Pane;
  readonly isStepped: boolean;
}

/** The values that the upper pane shows: all of the curve, and what it is compared with. */
export function equityRange(curves: readonly (readonly Spot[])[]): { readonly low: number; readonly high: number } {
  const values = curves.flat().map(({ value }) => value);
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const air = (high - low) * AIR || Math.abs(high) * EVEN_SHARE || 1;
  return { low: low - air, high: high + air };
}

/** The curve over a tinted ground that reaches to where it began: above in the color of a gain, below in that of a loss. */
export function equityShapes(curve: readonly Spot[], places: EquityPlaces): string {
  const { y } = places;
  const begun = curve[0]!.value;
  const [points, startY] = [pointsOf(curve, places), y(begun)];
  const bounded = (isWanted: (spotY: number) => boolean) => points.map(([x, spotY]): Point => [x, isWanted(spotY) ? spotY : startY]);
  const ground = (edge: readonly Point[]) => `${course([[edge[0]![0], startY], ...edge, [edge.at(-1)![0], startY]])}z`;
  const gains = ground(bounded((spotY) => spotY < startY));
  const losses = ground(bounded((spotY) => spotY > startY));
  const color = curve.at(-1)!.value < begun ? INK.fall : INK.rise;
  return (
    fill(gains, INK.rise, GROUND_OPACITY) + fill(losses, INK.fall, GROUND_OPACITY) + stroke(course(points), color, { width: LINE_WIDTH })
  );
}

/** Where the curve began, across the pane. */
export function startLine(begun: number, { y, pane }: EquityPlaces): string {
  return stroke(`M${pane.left} ${Math.round(y(begun)) + 0.5}H${pane.right}`, INK.level, { dash: "5 4", opacity: 0.8 });
}

/** A curve to compare with, dashed. */
export function comparedShape(curve: readonly Spot[], color: string, dash: string, places: EquityPlaces): string {
  return stroke(course(pointsOf(curve, places)), color, { width: 1.6, dash });
}

/** What lies below the highest value so far, hanging from the top of its pane, with a dot at the deepest. */
export function fallShapes(falls: readonly Spot[], deepest: Spot, label: string, places: EquityPlaces): string {
  const { x, y, pane } = places;
  const points = pointsOf(falls, places);
  const hanging = `${course([[points[0]![0], pane.top], ...points, [points.at(-1)![0], pane.top]])}z`;
  const [dotX, dotY] = [x(deepest.atMs), y(deepest.value)];
  const dot = `M${at(dotX - DOT)} ${at(dotY)}a${DOT} ${DOT} 0 1 0 ${2 * DOT} 0a${DOT} ${DOT} 0 1 0 ${-2 * DOT} 0z`;
  return [
    fill(hanging, INK.fall, FALL_OPACITY),
    stroke(course(points), INK.fall, { width: 1.2 }),
    deepest.value < 0 ? fill(dot, INK.fall) + stroke(dot, INK.text, { width: 1.2 }) : "",
    plate(pane.left + 4, pane.bottom - 4, label, INK.quiet),
  ].join("");
}

function pointsOf(curve: readonly Spot[], { x, y, isStepped }: EquityPlaces): readonly Point[] {
  const points: Point[] = [];
  for (const { atMs, value } of curve) {
    const before = points.at(-1);
    if (isStepped && before) points.push([x(atMs), before[1]]);
    points.push([x(atMs), y(value)]);
  }
  return points;
}
