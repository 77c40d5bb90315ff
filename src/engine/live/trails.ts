import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { followsPrice } from "../../domain/exits.ts";
import { isFlat } from "../../domain/position.ts";
import { TRAILS_EVERY_MS } from "./limits.ts";

/** How far trailing stops have followed, as far as it is not written yet: a restart must know it. */
export class Trails {
  /** What the stream says. */
  readonly #stored = new Map<string, BotState["highest"]>();
  #askedMs = 0;

  /** The books of these bots were written. */
  stored({ bots }: AccountState, botIds: Iterable<string>): void {
    for (const botId of botIds) this.#stored.set(botId, bots.get(botId)?.highest);
  }

  /** The events that say what has moved. */
  events({ bots }: AccountState): AccountEvent[] {
    return [...bots.values()].flatMap(({ highest, spec, position }): AccountEvent[] => {
      if (!highest || !followsPrice(spec.protection) || isFlat(position)) return [];
      return this.#stored.get(spec.id)?.isEqualTo(highest) ? [] : [{ type: "trail-moved", botId: spec.id, highest }];
    });
  }

  /** Whether something has moved that is to be written by itself, because on a quiet account nothing else is. */
  isDue(state: AccountState, nowMs: number): boolean {
    if (nowMs - this.#askedMs < TRAILS_EVERY_MS) return false;
    this.#askedMs = nowMs;
    return this.events(state).length > 0;
  }
}
