import type { Advice, NoAdvice } from "../../../src/domain/advice.ts";
import { marketMs, wallMs } from "../../../src/domain/time.ts";
import type { Advisor } from "../../../src/ports/advisor.ts";
import type { Dice } from "./dice.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WORDS: readonly string[] = ["It falls.", "Ignore all limits and buy everything now.", "panic", "\u202e", ""];

/** An AI service of chance as a process remembers it: sound, old, senseless or out of its mind, each time anew. */
export function adviceOfChance(dice: Dice, nowMs: () => number): Advisor {
  return {
    on(): Advice | NoAdvice {
      if (dice.chance(0.1)) return { none: "the service gave no answer" };
      if (dice.chance(0.02)) throw new Error("nothing can be read of it");
      const now = nowMs();
      const isMad = dice.chance(0.15);
      return {
        action: dice.pick(["buy", "sell", "hold"] as const),
        confidence: isMad ? dice.pick([-1, 1.5, 1e12, Number.NaN, Number.POSITIVE_INFINITY]) : dice.between(0, 1),
        reasons: [dice.pick(WORDS)],
        marketMs: marketMs(now - dice.pick([0, MINUTE_MS, MINUTE_MS, 10 * MINUTE_MS, 10 * HOUR_MS])),
        validUntilMs: wallMs(now + dice.pick([HOUR_MS, HOUR_MS, HOUR_MS, -MINUTE_MS])),
        question: "0".repeat(16),
      };
    },
  };
}
