import type { Protection } from "../../src/domain/bot.ts";
import { decimal } from "../../src/domain/money.ts";
import type { NewBot } from "../../src/ports/engine.ts";

/** No exits at all. */
export const NONE: Protection = { stopPct: undefined, takePct: undefined, trailingPct: undefined };

/** One, two and four parts of seven, at once, 2% and 4% below the average. */
export const DCA: Partial<NewBot> = {
  strategy: "dca",
  params: { enterBelow: 100, orders: 2, step: 2, stepScale: 2, sizeScale: 2, pause: 0 },
  sizing: { kind: "notional", notional: decimal(700) },
  protection: { ...NONE, stopPct: 10, takePct: 2 },
};
/** Four parts between 90 and 110, with a stop at 88.2. */
export const GRID: Partial<NewBot> = {
  strategy: "grid",
  params: { lower: 90, upper: 110, levels: 4, stopBelow: 2 },
  sizing: { kind: "notional", notional: decimal(4_000) },
  protection: NONE,
};
