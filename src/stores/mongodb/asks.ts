import { Types } from "mongoose";
import type { Ask, AskBook } from "../../ports/asks.ts";
import type { AskDocument } from "./documents.ts";
import { isDuplicate } from "./faults.ts";
import { OPEN_ASKS_MAX } from "./limits.ts";
import type { Collections } from "./schemas.ts";

/** Neither answered nor withdrawn. */
const UNANSWERED = { $in: ["open", "begun"] as const };
const MAJORITY = { readConcern: "majority" } as const;

/** Of an ask what its beginning compares with. */
type Found = Pick<AskDocument, "stream" | "by">;

/** The asks in a database. Each changes by a compare-and-set on its one document. */
export class Asks implements AskBook {
  readonly #asks: Collections["asks"];
  readonly #name: string;
  readonly #isHeld: (stream: string) => boolean;
  /** What the newest look found: to begin one of these costs no look of its own. */
  #found: ReadonlyMap<string, Found> = new Map();

  /** `name` is this process's, `isHeld` says which streams are. */
  constructor({ asks }: Pick<Collections, "asks">, name: string, isHeld: (stream: string) => boolean) {
    this.#asks = asks;
    this.#name = name;
    this.#isHeld = isHeld;
  }

  async ask({ id, stream, body, wallMs }: Ask): Promise<void> {
    try {
      await this.#asks.insertOne({
        ...{ _id: id, stream, arrival: new Types.ObjectId(), wallMs, body },
        ...{ state: "open", by: null, answer: null },
      });
    } catch (thrown) {
      if (!isDuplicate(thrown)) throw thrown;
    }
  }

  async open(streams: readonly string[]): Promise<Ask[]> {
    const held = streams.filter(this.#isHeld);
    if (held.length === 0) return [];
    const wanted = { stream: { $in: held }, state: UNANSWERED, by: { $ne: this.#name } };
    const rows = await this.#asks.find(wanted, { sort: { wallMs: 1, arrival: 1 }, limit: OPEN_ASKS_MAX, ...MAJORITY }).toArray();
    this.#found = new Map(rows.map(({ _id, stream, by }) => [_id, { stream, by }]));
    return rows.map(({ _id: id, stream, body, wallMs }) => ({ id, stream, body, wallMs }));
  }

  /** Who is another one's beginner has lost the stream, for this process holds it now. What a look found may be old: then nothing matches, and it is looked at anew. */
  async begin(id: string): Promise<boolean> {
    const known = this.#found.get(id);
    if (known && (await this.#begin(id, known))) return true;
    const found = await this.#asks.findOne({ _id: id }, { projection: { stream: 1, by: 1 } });
    return found !== null && this.#begin(id, found);
  }

  async #begin(id: string, { stream, by }: Found): Promise<boolean> {
    if (!this.#isHeld(stream)) return false;
    const begun = await this.#asks.updateOne(
      { _id: id, state: UNANSWERED, by: { $in: [by, this.#name] } },
      { $set: { state: "begun", by: this.#name } },
    );
    return begun.matchedCount === 1;
  }

  async answer(id: string, body: string): Promise<boolean> {
    const mine = { _id: id, by: this.#name };
    const answered = await this.#asks.updateOne({ ...mine, state: "begun" }, { $set: { state: "answered", answer: body } });
    if (answered.matchedCount === 1) return true;
    return (await this.#asks.findOne({ ...mine, state: "answered" }, { projection: { _id: 1 } })) !== null;
  }

  async answers(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#asks.find({ _id: { $in: [...ids] }, state: "answered" }, { projection: { answer: 1 }, ...MAJORITY }).toArray();
    return new Map(rows.map(({ _id, answer }) => [_id, answer ?? ""]));
  }

  /** One that is not there may still be on its way, so its place is taken. */
  async withdraw(id: string): Promise<boolean> {
    const kept = { stream: or("$stream", ""), body: or("$body", ""), arrival: or("$arrival", new Types.ObjectId()) };
    const withdrawn = { ...kept, wallMs: or("$wallMs", { $toLong: "$$NOW" }), state: "withdrawn", by: null, answer: null };
    try {
      await this.#asks.updateOne({ _id: id, state: { $in: ["open", "withdrawn"] } }, [{ $set: withdrawn }], { upsert: true });
      return true;
    } catch (thrown) {
      if (isDuplicate(thrown)) return this.#isWithdrawn(id);
      throw thrown;
    }
  }

  /** Deletes what nobody waits for any more: what is begun and not answered may still be. */
  async prune(beforeWallMs: number): Promise<void> {
    await this.#asks.deleteMany({ state: { $ne: "begun" }, wallMs: { $lt: beforeWallMs } });
  }

  /** Two may withdraw it, or ask and withdraw it, at the same instant. */
  async #isWithdrawn(id: string): Promise<boolean> {
    const open = { _id: id, state: { $in: ["open", "withdrawn"] as const } };
    return (await this.#asks.updateOne(open, { $set: { state: "withdrawn" } })).matchedCount === 1;
  }
}

function or(path: string, otherwise: unknown): object {
  return { $ifNull: [path, otherwise] };
}
