import { DAY_MS } from "../domain/time.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { View } from "../ports/view.ts";
import { TokenBook } from "./tokens.ts";
import { ACTION_BYTES_MAX, COMMAND_ACTION } from "./view.ts";

const KEPT_MAX = 1_000;
const TOKEN_LENGTH = 20;
const LONG_ACTION = "t:";

/** Commands too long for a button, kept behind a token. They are forgotten at a restart; the button then says so. */
export class LongActions {
  readonly #book: TokenBook<string>;

  constructor(clock: Clock, chance: Chance) {
    this.#book = new TokenBook(clock, chance, { lifeMs: DAY_MS, entriesMax: KEPT_MAX, length: TOKEN_LENGTH });
  }

  /** The view with every action short enough for each platform. */
  shorten(view: View): View {
    const long = view.buttons.some(({ action }) => tooLong(action));
    if (!long) return view;
    return {
      ...view,
      buttons: view.buttons.map((button) => (tooLong(button.action) ? { ...button, action: this.#keep(button.action) } : button)),
    };
  }

  commandOf(action: string): string | undefined {
    if (!action.startsWith(LONG_ACTION)) return undefined;
    const found = this.#book.look(action.slice(LONG_ACTION.length), "");
    return found.kind === "valid" ? found.value : undefined;
  }

  #keep(action: string): string {
    return LONG_ACTION + this.#book.issue(action.slice(COMMAND_ACTION.length));
  }
}

function tooLong(action: string): boolean {
  return action.startsWith(COMMAND_ACTION) && Buffer.byteLength(action) > ACTION_BYTES_MAX;
}
