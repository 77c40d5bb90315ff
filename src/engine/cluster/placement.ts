import type { DeskEvent } from "../../domain/events.ts";
import { wallMs } from "../../domain/time.ts";
import type { Member } from "../../ports/cluster.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import type { Account } from "../account.ts";
import type { Desk } from "../desk.ts";

/** An account is missed after so long without a process. Moving one takes seconds, a takeover from a process that died half of this. */
const MISSED_MS = 45_000;

/** A process that was not renewed for so long before it was no longer seen did not end by itself. */
const SILENT_MS = 10_000;

export interface PlacementOptions {
  readonly desk: Desk;
  readonly accounts: () => readonly Account[];
}

/** Tells people of processes that are gone, and of accounts that no process has. */
export class Placement {
  readonly #options: PlacementOptions;
  /** Processes that have accounts, as they were last seen. */
  #seen = new Map<string, Member>();
  /** Since when nobody has had an account, by the monotonic clock. */
  readonly #missed = new Map<string, number>();

  constructor(options: PlacementOptions) {
    this.#options = options;
  }

  /** Writes down what is new about who has what. A store that cannot take it is told again at the next look. */
  async look(members: readonly Member[]): Promise<void> {
    const { desk } = this.#options;
    try {
      const news = [...this.#departed(members), ...this.#placed(members)];
      if (news.length > 0) await desk.append(news);
      this.#seen = new Map(members.filter(({ streams }) => streams.length > 0).map((member) => [member.name, member]));
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
    }
  }

  /** Those whose time is over now, and those that were silent for long and have nothing any more. Who ends by itself gives all back while it is renewed. */
  #departed(members: readonly Member[]): DeskEvent[] {
    const now = new Map(members.map((member) => [member.name, member]));
    const departed = [...this.#seen.values()].filter((member) => {
      const next = now.get(member.name);
      return !member.isGone && (next ? next.isGone : member.renewedAgoMs >= SILENT_MS);
    });
    return departed.map(({ name, host, streams }) => ({ type: "process-gone", process: name, host, accounts: streams.length }));
  }

  #placed(members: readonly Member[]): DeskEvent[] {
    const { clock, state } = this.#options.desk;
    const nowMs = clock.monotonicMs();
    const held = new Set(members.flatMap(({ isGone, streams }) => (isGone ? [] : streams)));
    const left = this.#options.accounts().filter(({ active, writer }) => active && !held.has(writer.name));
    const names = new Set(left.map(({ writer }) => writer.name));
    for (const name of this.#missed.keys()) if (!names.has(name)) this.#missed.delete(name);
    for (const name of names) if (!this.#missed.has(name)) this.#missed.set(name, nowMs);
    const unplaced = left.filter(({ writer }) => nowMs - (this.#missed.get(writer.name) ?? nowMs) >= MISSED_MS);
    if (state.unplaced !== undefined && left.length === 0)
      return [{ type: "accounts-placed", forMs: Math.max(0, clock.wall() - state.unplaced.sinceMs) }];
    if (state.unplaced !== undefined || unplaced.length === 0) return [];
    const oldestMs = Math.min(...unplaced.map(({ writer }) => this.#missed.get(writer.name) ?? nowMs));
    const sinceMs = wallMs(clock.wall() - (nowMs - oldestMs));
    return [{ type: "accounts-unplaced", sinceMs, accounts: unplaced.map(({ state: { account } }) => account) }];
  }
}
