import type { AccountState, BotState } from "../../domain/books.ts";
import { isFlat } from "../../domain/position.ts";

/** A position that does not get on gives its turn away after this. */
const TURN_MS = 10_000;

/** In a panic positions are closed one at a time. */
export class PanicTurns {
  #turn: { readonly botId: string; readonly sinceMs: number } | undefined;

  /** Whether a bot may give up its stop for a sale now. */
  mine({ bots }: AccountState, bot: BotState, nowMs: number): boolean {
    if (bot.exit?.purpose !== "panic") return true;
    const waiting = [...bots.values()].filter(({ exit, position }) => exit?.purpose === "panic" && !isFlat(position));
    const place = waiting.findIndex(({ spec }) => spec.id === this.#turn?.botId);
    if (place < 0 || nowMs - (this.#turn?.sinceMs ?? 0) > TURN_MS) {
      const next = waiting[(place + 1) % waiting.length];
      this.#turn = next && { botId: next.spec.id, sinceMs: nowMs };
    }
    return this.#turn?.botId === bot.spec.id;
  }
}
