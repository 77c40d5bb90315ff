import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { followsPrice } from "../../domain/exits.ts";
import type { Decimal } from "../../domain/money.ts";
import { isFlat } from "../../domain/position.ts";
import { type AccountServices, freshPrice } from "../services.ts";
import { ENTRY_PRICE_AGE_MS, TRAILS_EVERY_MS } from "./limits.ts";

/** No price is older than this when it comes; an entry further ahead of one is a step of the exchange's clock. */
const BEHIND_MAX_MS = 5_000;

/** Whether a price was seen before the entry's fill, though it came or is looked at after it: nothing was held at it. In venue time. */
function isBeforeEntry({ enteredMs }: Pick<BotState, "enteredMs">, venueMs: number): boolean {
  return enteredMs !== undefined && venueMs < enteredMs && enteredMs - venueMs < BEHIND_MAX_MS;
}

/** The last price of a bot's symbol, where it is fresh and no older than its entry: one from before has reached no target and passed no stop of it. */
export function priceSinceEntry(services: AccountServices, bot: BotState, offsetMs: number): number | undefined {
  const { symbol } = bot.spec;
  const seen = services.hub.price(symbol);
  return seen && isBeforeEntry(bot, seen.atMs + offsetMs) ? undefined : freshPrice(services, symbol, ENTRY_PRICE_AGE_MS);
}

/** Whether a price is the best since the entry. In venue time. */
export function isBest(bot: Pick<BotState, "highest" | "position" | "enteredMs">, seen: Decimal, venueMs: number): boolean {
  if (isBeforeEntry(bot, venueMs)) return false;
  const { highest, position } = bot;
  if (!highest) return true;
  return position.quantity.isNegative() ? seen.isLessThan(highest) : seen.isGreaterThan(highest);
}

/** How far trailing stops have followed, as far as it is not written yet: a restart must know it. */
export class Trails {
  /** What the stream says. */
  readonly #stored = new Map<string, BotState["highest"]>();
  /** Bots that a price has moved since the events that are written now were asked for: what the stream then says of them is not what they are. */
  readonly #moved = new Set<string>();
  #askedMs = 0;

  /** A price is better for a bot than all before. */
  moved(botId: string): void {
    this.#moved.add(botId);
  }

  /** The events that are written with others, which are asked for in this moment. */
  alongside(state: AccountState): AccountEvent[] {
    this.#moved.clear();
    return this.events(state);
  }

  /** The books of these bots were written. */
  stored({ bots }: AccountState, botIds: Iterable<string>): void {
    for (const botId of botIds) if (!this.#moved.has(botId)) this.#stored.set(botId, bots.get(botId)?.highest);
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
