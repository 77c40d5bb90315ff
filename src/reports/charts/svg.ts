import { FONT, INK, SIZE } from "./theme.ts";

const PLATE_OPACITY = 0.75;

export type Point = readonly [x: number, y: number];

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
/** What XML does not allow, and what only steers text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\p{Cs}]/gu;

/** Text that may stand in SVG: nothing in it can become markup. */
export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, "").replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** A coordinate with at most two decimals. */
export function at(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

/** `y` is the line on which the letters stand. */
export function text(x: number, y: number, content: string, { size = SIZE.text, bold = false, fill = INK.text, anchor }: TextStyle = {}) {
  const weight = bold ? ' font-weight="600"' : "";
  const align = anchor === undefined || anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  // Runs of spaces would collapse to one.
  const kept = escaped(content).replaceAll("  ", "\u00a0\u00a0");
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}"${weight} fill="${fill}"${align}>${kept}</text>`;
}

export interface StrokeStyle {
  readonly width?: number;
  readonly dash?: string | undefined;
  readonly opacity?: number;
}

/** A path that is drawn along; nothing for an empty one. */
export function stroke(d: string, color: string, { width = 1, dash, opacity }: StrokeStyle = {}): string {
  if (d === "") return "";
  const rest = `${dash === undefined ? "" : ` stroke-dasharray="${dash}"`}${opacity === undefined ? "" : ` stroke-opacity="${opacity}"`}`;
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${rest}/>`;
}

/** A path whose inside is filled; nothing for an empty one. */
export function fill(d: string, color: string, opacity?: number): string {
  if (d === "") return "";
  return `<path d="${d}" fill="${color}"${opacity === undefined ? "" : ` fill-opacity="${opacity}"`}/>`;
}

/** The path of a rectangle, from its upper left corner. */
export function box(x: number, y: number, width: number, height: number): string {
  return `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}z`;
}

/** A line through points; it is broken where one is not known. */
export function course(points: readonly (Point | undefined)[]): string {
  let d = "";
  let isDrawing = false;
  for (const point of points) {
    if (point) d += `${isDrawing ? "L" : "M"}${at(point[0])} ${at(point[1])}`;
    isDrawing = point !== undefined;
  }
  return d;
}

/** A whole picture. */
export function document(width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">`,
    fill(box(0, 0, width, height), INK.background),
    stroke(box(0.5, 0.5, width - 1, height - 1), INK.border),
    ...parts.filter((part) => part !== ""),
    "</svg>",
  ].join("\n");
}

const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[.,:;'|il ]/, 0.3],
  [/[-+()/tfjr1]/, 0.42],
  [/[mwMW%]/, 0.9],
  [/[A-Z]/, 0.7],
];

/** About how wide a text of Inter is, rather a little too wide than too narrow. */
export function widthOf(content: string, size: number = SIZE.text): number {
  let ems = 0;
  for (const character of content) ems += WIDTHS.find(([kind]) => kind.test(character))?.[1] ?? 0.63;
  return ems * size;
}

/** A text that is at most so wide, with a mark where it was cut. */
export function fitting(content: string, widthMax: number, size: number = SIZE.text): string {
  if (widthOf(content, size) <= widthMax) return content;
  const characters = [...content];
  while (characters.length > 0 && widthOf(`${characters.join("")}…`, size) > widthMax) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** A small text over lines and bars, on a ground of its own. */
export function plate(x: number, y: number, content: string, color: string): string {
  const ground = fill(box(x - 2, y - SIZE.small + 1, widthOf(content, SIZE.small) + 4, SIZE.small + 2), INK.background, PLATE_OPACITY);
  return ground + text(x, y, content, { size: SIZE.small, fill: color });
}
