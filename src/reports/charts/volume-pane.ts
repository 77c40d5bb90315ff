import type { Candle } from "../../domain/candle.ts";
import type { Places } from "./candle-data.ts";
import type { Pane } from "./frame.ts";
import { box, fill } from "./svg.ts";
import { INK } from "./theme.ts";

const BAR_SHARE = 0.7;
const OPACITY = 0.6;

/** Bars in the color of their candles, from the bottom of the pane. */
export function volumeShapes(candles: readonly Candle[], volumeMax: number, pane: Pane, { x, lengthMs }: Pick<Places, "x" | "lengthMs">) {
  if (!(volumeMax > 0)) return "";
  const slot = x(x.low + lengthMs) - x(x.low);
  const width = Math.max(1, slot * BAR_SHARE);
  const paths = { rise: "", fall: "" };
  for (const { openTimeMs, open, close, volume } of candles) {
    const height = (volume / volumeMax) * (pane.bottom - pane.top);
    const bar = box(x(openTimeMs) + (slot - width) / 2, pane.bottom - height, width, height);
    if (close >= open) paths.rise += bar;
    else paths.fall += bar;
  }
  return fill(paths.rise, INK.rise, OPACITY) + fill(paths.fall, INK.fall, OPACITY);
}
