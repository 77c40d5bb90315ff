import type { Member, ProcessFacts } from "../../ports/cluster.ts";
import type { MemberDocument } from "./documents.ts";
import type { Collections } from "./schemas.ts";

/** Processes that are gone and hold nothing are forgotten after so long without a renewal. */
const FORGOTTEN_MS = 3_600_000;

const IS_OVER = { $lt: ["$expiresAt", "$$NOW"] };

/** The processes in a database. All times are the server's, so that clocks of machines need not agree. */
export class Members {
  readonly #members: Collections["members"];
  readonly #holds: Collections["holds"];
  readonly #leaseMs: number;

  constructor({ members, holds }: Pick<Collections, "members" | "holds">, leaseMs: number) {
    this.#members = members;
    this.#holds = holds;
    this.#leaseMs = leaseMs;
  }

  /** Lets a process in under a name that nobody ever had. */
  async join({ name, role, pid, host, version, startedMs }: ProcessFacts, isAlone: boolean): Promise<void> {
    const facts = { _id: name, role, pid, host, version, startedMs, isAlone, isGone: false };
    const times = { renewedAt: "$$NOW", expiresAt: { $add: ["$$NOW", this.#leaseMs] } };
    // An update, for an insert cannot ask for the server's time; one that finds the name taken fails as an insert does.
    const nobody = { _id: name, role: { $exists: false } };
    await this.#members.updateOne(nobody, [{ $replaceWith: { $mergeObjects: [{ $literal: facts }, times] } }], { upsert: true });
  }

  /** Renews a process; when its time is over now, by the server's clock. Undefined when it was declared gone: nothing brings it back. */
  async renew(name: string): Promise<Date | undefined> {
    const expiresAt = { $add: ["$$NOW", this.#leaseMs] };
    const renewed = await this.#members.findOneAndUpdate({ _id: name, isGone: false }, [{ $set: { renewedAt: "$$NOW", expiresAt } }], {
      returnDocument: "after",
      projection: { expiresAt: 1 },
    });
    return renewed?.expiresAt;
  }

  /** Declares a process gone whose time is over. False while it may live. */
  async declareGone(name: string): Promise<boolean> {
    const over = { _id: name, $or: [{ isGone: true }, { $expr: IS_OVER }] };
    return (await this.#members.updateOne(over, { $set: { isGone: true } })).matchedCount === 1;
  }

  async named(name: string): Promise<MemberDocument | undefined> {
    return (await this.#members.findOne({ _id: name })) ?? undefined;
  }

  /** A process that may live and is not this one, of those that must be alone or of the others; the others whose time is over are declared gone. */
  async living(but: string, isAlone: boolean): Promise<MemberDocument | undefined> {
    const others = { _id: { $ne: but }, isAlone, isGone: false };
    await this.#members.updateMany({ ...others, $expr: IS_OVER }, { $set: { isGone: true } });
    return (await this.#members.findOne(others)) ?? undefined;
  }

  /** Gives back everything that a process holds, and ends it. Of some streams what was sent last may still be on its way. */
  async leave(name: string, unanswered: readonly string[]): Promise<void> {
    const left = { holder: null, turn: { $add: ["$turn", 1] }, leftAt: "$$NOW" };
    if (unanswered.length > 0) await this.#holds.updateMany({ holder: name, _id: { $in: [...unanswered] } }, [{ $set: left }]);
    await this.#holds.updateMany({ holder: name }, { $set: { holder: null }, $inc: { turn: 1 } });
    await this.#members.deleteOne({ _id: name });
  }

  async all(): Promise<Member[]> {
    const [present, held] = await Promise.all([
      this.#members
        .aggregate<MemberDocument & { agoMs: number; isOver: boolean }>([
          { $set: { agoMs: { $toDouble: { $subtract: ["$$NOW", "$renewedAt"] } }, isOver: IS_OVER } },
        ])
        .toArray(),
      this.#holds.find({ holder: { $ne: null } }).toArray(),
    ]);
    const streams = Map.groupBy(held, ({ holder }) => holder);
    const members = present.map(({ _id: name, role, pid, host, version, startedMs, agoMs, isGone, isOver }) => ({
      ...{ name, role, pid, host, version, startedMs },
      renewedAgoMs: agoMs,
      isGone: isGone || isOver,
      streams: (streams.get(name) ?? []).map(({ _id }) => _id).sort(),
    }));
    const there = members.filter((member) => !member.isGone || member.streams.length > 0);
    return there.sort((a, b) => a.startedMs - b.startedMs || (a.name < b.name ? -1 : 1));
  }

  /** Forgets those who are long gone and hold nothing. A name that is forgotten is as gone as before. */
  async prune(): Promise<void> {
    const over = { $lt: [{ $add: ["$expiresAt", FORGOTTEN_MS] }, "$$NOW"] };
    await this.#members.updateMany({ isGone: false, $expr: over }, { $set: { isGone: true } });
    const holders = await this.#holds.distinct("holder");
    await this.#members.deleteMany({ isGone: true, _id: { $nin: holders.filter((name) => name !== null) } });
  }
}
