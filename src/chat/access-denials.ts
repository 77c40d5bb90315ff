import { messageOf } from "../domain/errors.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Request } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import type { DoorOptions } from "./door-options.ts";
import { badView } from "./view.ts";

const WINDOW_MS = 10 * MINUTE_MS;
/** So many denials of a user in ten minutes are in the audit each by itself; of more only the tenth, the hundredth and so on, with the count. */
const EACH_MAX = 5;
/** Users that are counted at once; the one whose ten minutes began first is forgotten first. */
const USERS_MAX = 1_000;

export interface AccessDenialParts extends Pick<DoorOptions, "owners" | "logger"> {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly desk: Pick<DeskLedger, "state" | "append">;
}

/** Answers who may not do what they asked for, and has it in the audit without letting a stranger fill the books. */
export class AccessDenials {
  readonly #parts: AccessDenialParts;
  readonly #windows = new Map<string, { readonly endsMs: number; count: number }>();

  constructor(parts: AccessDenialParts) {
    this.#parts = parts;
  }

  /** Says as much as a stranger may know; a person who is locked out gets one sentence. */
  async deny(request: Pick<Request, "user" | "place" | "path">, isLocked: boolean): Promise<View> {
    const { desk, owners } = this.#parts;
    await this.#note(request);
    if (isLocked)
      return denied("Your access is locked: an admin who is not you, or the desk's terminal, gives it back with `access unlock`.");
    const unclaimed = !desk.state.claimed && owners.size === 0;
    const hint = unclaimed
      ? "Nobody owns this desk yet: send `access link code:...` with the code that it printed when it started."
      : "An admin of this desk can change that.";
    return denied("You may not do that here", hint);
  }

  async #note({ user, place, path }: Pick<Request, "user" | "place" | "path">): Promise<void> {
    const { desk, logger } = this.#parts;
    const count = this.#count(user.id);
    if (count > EACH_MAX && !isPowerOfTen(count)) return;
    const counted = count > EACH_MAX ? { count } : {};
    try {
      await desk.append([{ type: "access-denied", user: user.id, place: place.id, path, ...counted }]);
    } catch (thrown) {
      logger.error({ user: user.id, path, error: messageOf(thrown) }, "a denial could not be written to the audit");
    }
  }

  /** How many it are of that user in these ten minutes, with this one. */
  #count(user: string): number {
    const nowMs = this.#parts.clock.monotonicMs();
    const known = this.#windows.get(user);
    if (known && nowMs < known.endsMs) {
      known.count += 1;
      return known.count;
    }
    this.#windows.delete(user);
    this.#windows.set(user, { endsMs: nowMs + WINDOW_MS, count: 1 });
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > USERS_MAX && oldest !== undefined) this.#windows.delete(oldest);
    return 1;
  }
}

function isPowerOfTen(count: number): boolean {
  return Number.isInteger(Math.log10(count));
}

function denied(sentence: string, ...lines: readonly string[]): View {
  return { ...badView(sentence, ...lines), fault: "denied" };
}
