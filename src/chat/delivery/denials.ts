import type { AccountEvent, DeskEvent, Recorded } from "../../domain/events.ts";
import { HOUR_MS } from "../../domain/time.ts";
import type { Streams } from "../../ports/streams.ts";
import { PAGE, REPEATS_MAX } from "./limits.ts";

interface Denial {
  readonly code: string;
  /** Hour of market time. */
  readonly hour: number;
}

/**
 * Knows the denials that tell nobody anything new: of a bot, for the code of its last denial, in the same hour of the market, with no entry filled
 * and no start in between. That follows from the stream alone, so every process that reads it knows the same.
 */
export class Denials {
  /** By bot, its newest denial; undefined where something came after it. */
  readonly #newest = new Map<string, Denial | undefined>();
  readonly #repeats = new Map<string, Set<number>>();

  /** Reads what came in the market hour of a record of a stream, up to it; what is seen next goes on from there. */
  async lookBack(streams: Streams, stream: string, upTo: number): Promise<void> {
    const known = new Set<string>();
    let hour: number | undefined;
    for (let end = upTo; end > 0; end -= PAGE) {
      const start = Math.max(0, end - PAGE);
      const page = await streams.since(stream, start, end - start);
      for (const recorded of page.toReversed()) {
        hour ??= hourOf(recorded);
        if (hourOf(recorded) < hour) return;
        const { botId, denial } = changeOf(recorded) ?? {};
        if (botId === undefined || known.has(botId)) continue;
        known.add(botId);
        this.#newest.set(botId, denial);
      }
    }
  }

  /** Takes note of the next record of a stream. */
  see(stream: string, recorded: Recorded<AccountEvent | DeskEvent>): void {
    const change = changeOf(recorded);
    if (change === undefined) return;
    const { botId, denial } = change;
    const before = this.#newest.get(botId);
    this.#newest.set(botId, denial);
    if (denial === undefined || denial.code !== before?.code || denial.hour !== before.hour) return;
    const repeats = this.#repeats.get(stream) ?? new Set();
    // What finds no room is told once more, which is the lesser evil.
    if (repeats.size < REPEATS_MAX) this.#repeats.set(stream, repeats.add(recorded.sequence));
  }

  isRepeat(stream: string, { sequence }: Recorded<AccountEvent | DeskEvent>): boolean {
    return this.#repeats.get(stream)?.has(sequence) === true;
  }

  /** Forgets a record that is not asked about any more. */
  passed(stream: string, { sequence }: Recorded<AccountEvent | DeskEvent>): void {
    this.#repeats.get(stream)?.delete(sequence);
  }
}

function changeOf(recorded: Recorded<AccountEvent | DeskEvent>): { botId: string; denial: Denial | undefined } | undefined {
  const { event } = recorded;
  switch (event.type) {
    case "wish-denied":
      return { botId: event.botId, denial: { code: event.code, hour: hourOf(recorded) } };
    case "order-filled":
      return event.purpose === "entry" ? { botId: event.botId, denial: undefined } : undefined;
    case "bot-started":
      return { botId: event.botId, denial: undefined };
    default:
      return undefined;
  }
}

function hourOf({ marketMs }: Recorded<AccountEvent | DeskEvent>): number {
  return Math.floor(marketMs / HOUR_MS);
}
