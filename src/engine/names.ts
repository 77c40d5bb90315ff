import type { DeskState } from "../domain/desk.ts";
import { type RegisteredBot, registeredBot } from "../domain/desk-facts.ts";
import { UserError } from "../domain/errors.ts";
import type { DeskEvent, Recorded } from "../domain/events.ts";

/** A bot's number that was given to another one meanwhile: whoever meets it takes the next. */
export class NumberTaken extends Error {
  override readonly name = "NumberTaken";
}

/** Two bots are never known by one name. */
export function nameTaken(name: string): UserError {
  return new UserError(`The name ${name} is taken. Choose another one.`);
}

/** Bots by name and counted by owner, kept beside the desk's fold: people type names, and ten thousand bots must not be searched for one. */
export class BotNames {
  readonly #byName = new Map<string, RegisteredBot>();
  readonly #counts = new Map<string, number>();

  /** Begins with what a snapshot of the fold holds. */
  constructor(state: Readonly<DeskState>) {
    for (const bot of state.bots.values()) this.#put(bot);
  }

  /** To be told of each event right before it is folded. */
  follow(state: Readonly<DeskState>, recorded: Recorded<DeskEvent>): void {
    const { event } = recorded;
    if (event.type === "bot-registered") this.#put(registeredBot(event, recorded));
    else if (event.type === "bot-unregistered") {
      const gone = state.bots.get(event.botId);
      if (!gone) return;
      if (this.#byName.get(gone.name)?.botId === gone.botId) this.#byName.delete(gone.name);
      this.#counts.set(gone.owner, this.ownedBy(gone.owner) - 1);
    }
  }

  #put(bot: RegisteredBot): void {
    this.#byName.set(bot.name, bot);
    this.#counts.set(bot.owner, this.ownedBy(bot.owner) + 1);
  }

  named(name: string): RegisteredBot | undefined {
    return this.#byName.get(name);
  }

  ownedBy(owner: string): number {
    return this.#counts.get(owner) ?? 0;
  }
}
