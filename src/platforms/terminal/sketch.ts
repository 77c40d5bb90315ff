import type { Picture } from "../../ports/picture.ts";

const ROWS = 6;
const COLUMNS_MAX = 64;
const BLOCKS: readonly string[] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const STEPS = BLOCKS.length - 1;

/** A picture where only text can be shown: its main line as columns of blocks from its lowest to its highest value, and its words. */
export function sketchLines({ course, alt }: Picture, widthMax: number): readonly string[] {
  const columns = columnsOf(
    course.filter((value) => Number.isFinite(value)),
    Math.min(COLUMNS_MAX, widthMax),
  );
  if (columns.length < 2) return [alt];
  const [low, high] = [Math.min(...columns), Math.max(...columns)];
  // Even the lowest value is a visible column.
  const heights = columns.map((value) =>
    high === low ? (ROWS * STEPS) / 2 : 1 + Math.round(((value - low) / (high - low)) * (ROWS * STEPS - 1)),
  );
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const below = (ROWS - 1 - row) * STEPS;
    return heights.map((height) => BLOCKS[Math.min(STEPS, Math.max(0, height - below))]).join("");
  });
  return [...rows.map((row) => row.trimEnd()), alt];
}

/** The mean of each of so many equal parts; all values where there are no more. */
function columnsOf(values: readonly number[], countMax: number): readonly number[] {
  const count = Math.min(values.length, Math.max(0, Math.floor(countMax)));
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count);
    const part = values.slice(from, Math.floor(((index + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
