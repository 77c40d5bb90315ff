import { StoreUnavailable, StreamHeld } from "../../ports/store.ts";
import type { HoldDocument, MemberDocument } from "./documents.ts";
import { isDuplicate } from "./faults.ts";
import { TAKEOVER_MS } from "./limits.ts";
import type { Members } from "./members.ts";
import type { Collections } from "./schemas.ts";

/** How often one look finds another holder than the one before. */
const TRIES_MAX = 10;
const LONG_AGO = new Date(0);

/** What came of asking for a stream: whether what was sent for it before may still be on its way, or who has it. */
export type Taken = { readonly isTakeover: boolean } | { readonly by: MemberDocument };

/**
 * Which streams a process holds: one document for each, which changes from one holder to the next by a compare-and-set. Each change takes the next turn,
 * so that what was asked before and arrives late changes nothing any more.
 */
export class Holds {
  readonly #holds: Collections["holds"];
  readonly #members: Members;
  readonly #holder: string;

  constructor({ holds }: Pick<Collections, "holds">, members: Members, holder: string) {
    this.#holds = holds;
    this.#members = members;
    this.#holder = holder;
  }

  /** Takes a stream; true when what was sent for it before may still be on its way, as of one that was to be given back `isUnanswered`. Rejects with `StreamHeld`. */
  async take(stream: string, isUnanswered: boolean): Promise<boolean> {
    const taken = await this.tryTo(stream, isUnanswered);
    if ("by" in taken) throw new StreamHeld(stream, taken.by);
    return taken.isTakeover;
  }

  async tryTo(stream: string, isUnanswered = false): Promise<Taken> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const hold = await this.#holds.findOne({ _id: stream });
      if (!hold) {
        if (await this.#isFirst(stream, this.#holder)) return { isTakeover: false };
        continue;
      }
      const { holder } = hold;
      const isAnother = holder !== null && holder !== this.#holder;
      if (isAnother) {
        const by = await this.#members.named(holder);
        // One that nobody knows any more is gone.
        if (by && !(await this.#members.declareGone(holder))) return { by };
      }
      const isTakeover = await this.#change(hold, isAnother || isUnanswered);
      if (isTakeover !== undefined) return { isTakeover };
    }
    throw restless(stream);
  }

  /** Gives a stream back, if it is this process's. Where nobody has it, a turn is taken all the same: what this process asked before may still arrive. `isUnanswered` counts as left. */
  async give(stream: string, isUnanswered: boolean): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const hold = await this.#holds.findOne({ _id: stream });
      if (!hold) {
        if (await this.#isFirst(stream, null)) return;
        continue;
      }
      const { holder, turn } = hold;
      if (holder !== null && holder !== this.#holder) return;
      const free = { holder: null, turn: turn + 1, ...(isUnanswered && { leftAt: "$$NOW" }) };
      const given = await this.#holds.updateOne({ _id: stream, holder, turn }, [{ $set: free }]);
      if (given.matchedCount === 1) return;
    }
    throw restless(stream);
  }

  async #isFirst(stream: string, holder: string | null): Promise<boolean> {
    try {
      await this.#holds.insertOne({ _id: stream, holder, turn: 1, leftAt: null });
      return true;
    } catch (thrown) {
      if (isDuplicate(thrown)) return false;
      throw thrown;
    }
  }

  /** Undefined when somebody else was faster. */
  async #change({ _id, holder, turn }: HoldDocument, isLeft: boolean): Promise<boolean | undefined> {
    const sinceMs = { $subtract: ["$$NOW", { $ifNull: ["$leftAt", LONG_AGO] }] };
    const mine = { holder: { $literal: this.#holder }, turn: turn + 1, ...(isLeft ? { leftAt: "$$NOW" } : {}) };
    const changed = await this.#holds.findOneAndUpdate({ _id, holder, turn }, [{ $set: mine }], {
      returnDocument: "after",
      projection: { isTakeover: { $lt: [sinceMs, TAKEOVER_MS] } },
    });
    return changed === null ? undefined : Reflect.get(changed, "isTakeover") === true;
  }
}

function restless(stream: string): StoreUnavailable {
  return new StoreUnavailable(`the stream "${stream}" changed hands ${TRIES_MAX} times in a row: try again`);
}
