import { NOTHING, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type ProcessFacts } from "./law.ts";

/** A stop that the price has passed must have led to a sale within so much time in which nothing was wrong. */
const STOP_LATE_MS = 15_000;
/** A process that has just become healthy catches up first. */
const CATCH_UP_MS = 45_000;

/** 5, for stops that the watch holds: where the price stands below a stop, the position is sold. Measured on the prices of the exchange. */
export class StopLaw implements Law {
  readonly id = "5";
  readonly #facts: Facts;
  readonly #passedMs = new Map<string, number>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  second(_process: ProcessFacts): void {
    const { books, tape } = this.#facts;
    const nowMs = this.#facts.trueMs();
    const healthyMs = this.#facts.healthySinceMs();
    for (const bot of books.bots.values()) {
      const isWatched = bot.position !== NOTHING && books.accounts.get(bot.account)?.mode === "paper";
      const passed = isWatched && bot.stop !== undefined && tape.lastPrice(bot.symbol, nowMs) < toNumber(bot.stop);
      // What is flat was sold: the next position's stop is another one.
      if (!passed || healthyMs === undefined || nowMs - healthyMs < CATCH_UP_MS) {
        this.#passedMs.delete(bot.id);
        continue;
      }
      const sinceMs = this.#passedMs.get(bot.id) ?? nowMs;
      if (!this.#passedMs.has(bot.id)) this.#facts.coverage.mark("antecedent 5: the price passes a stop");
      this.#passedMs.set(bot.id, sinceMs);
      if (nowMs - sinceMs > STOP_LATE_MS)
        throw new Broken(
          this.id,
          `${bot.name} is below its stop of ${toNumber(bot.stop ?? NOTHING)} for ${nowMs - sinceMs} ms and still holds`,
        );
    }
  }
}
