import { isQuiet, type QuietHours } from "../../domain/quiet.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";

/** Whether a channel is quiet now. Asked before every message, so the answer is kept for the minute that it holds for. */
export class QuietNow {
  readonly #clock: Clock;
  readonly #hours: () => QuietHours | undefined;
  #known: { readonly hours: QuietHours; readonly minute: number; readonly is: boolean } | undefined;

  constructor(clock: Clock, hours: () => QuietHours | undefined) {
    this.#clock = clock;
    this.#hours = hours;
  }

  get is(): boolean {
    const hours = this.#hours();
    if (hours === undefined) return false;
    const at = this.#clock.wall();
    const minute = Math.floor(at / MINUTE_MS);
    if (this.#known?.hours !== hours || this.#known.minute !== minute) this.#known = { hours, minute, is: isQuiet(hours, at) };
    return this.#known.is;
  }
}
