import { applyDeskEvent, type DeskState, emptyDesk } from "../domain/desk.ts";
import type { DeskEvent } from "../domain/events.ts";
import type { MarketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Store } from "../ports/store.ts";
import { BotNames } from "./names.ts";
import { openStream, type StreamWriter } from "./stream.ts";
import { DESK_STREAM, type StreamBook } from "./streams.ts";

/** The desk's stream with its one writer. */
export class Desk implements DeskLedger {
  readonly #writer: StreamWriter<DeskState, DeskEvent>;
  readonly clock: Clock;
  readonly names: BotNames;
  #marketMs: () => MarketMs;

  constructor(writer: StreamWriter<DeskState, DeskEvent>, names: BotNames, clock: Clock) {
    this.#writer = writer;
    this.names = names;
    this.clock = clock;
    this.#marketMs = () => writer.state.marketMs;
  }

  get state(): Readonly<DeskState> {
    return this.#writer.state;
  }

  /** From now on events carry the market's own time. */
  followMarket(marketMs: () => MarketMs): void {
    this.#marketMs = marketMs;
  }

  append(events: readonly DeskEvent[], requestId?: string): Promise<void> {
    return this.#writer.append(events, this.#marketMs(), requestId);
  }

  /** Why entries are denied on the whole desk, if they are. */
  halted(): string | undefined {
    const { halt } = this.state;
    if (!halt || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;
    return halt.panic ? `panic: ${halt.reason}` : `halted: ${halt.reason}`;
  }

  /** Writes down that a halt with an end has ended. */
  async endTimedHalt(): Promise<void> {
    const { halt } = this.state;
    if (halt?.untilMs === undefined || halt.untilMs > this.clock.wall()) return;
    await this.append([{ type: "resumed", reason: "the time of the halt is over", by: "desk" }]);
  }
}

export async function openDesk(store: Store, clock: Clock, streams: StreamBook): Promise<Desk> {
  const state = emptyDesk();
  const names = new BotNames();
  const writer = await openStream<DeskState, DeskEvent>({
    name: DESK_STREAM,
    state,
    store,
    clock,
    apply(folded, recorded) {
      names.follow(folded, recorded.event);
      applyDeskEvent(folded, recorded);
    },
    onAppend: streams.appended,
  });
  streams.add(DESK_STREAM, () => state.sequence);
  return new Desk(writer, names, clock);
}
