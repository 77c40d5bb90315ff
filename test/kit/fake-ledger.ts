import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import type { DeskEvent } from "../../src/domain/events.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import type { DeskLedger } from "../../src/ports/engine.ts";

/** Where the market of the fake desk stands. */
export const MARKET_START = Date.UTC(2021, 4, 19, 12, 0);

/** The desk's stream in memory, folded by the product's own fold. */
export class FakeLedger implements DeskLedger {
  readonly state = emptyDesk();
  readonly events: DeskEvent[] = [];
  /** Set to make the next append fail. */
  failure: Error | undefined;
  /** Set to make every append wait for it, each behind the one before. */
  slow: Promise<void> | undefined;

  async append(asked: readonly DeskEvent[] | (() => readonly DeskEvent[]), requestId?: string): Promise<void> {
    if (this.slow) await this.slow;
    if (this.failure) throw this.failure;
    for (const event of typeof asked === "function" ? asked() : asked) {
      const sequence = this.state.sequence + 1;
      applyDeskEvent(this.state, { sequence, wallMs: wallMs(0), marketMs: marketMs(MARKET_START), requestId, event });
      this.events.push(event);
    }
  }

  ofType<T extends DeskEvent["type"]>(type: T): Extract<DeskEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<DeskEvent, { type: T }> => event.type === type);
  }
}
