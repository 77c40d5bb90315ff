import type { Update } from "@grammyjs/types";
import { conflict } from "./api-failure.ts";

export type UpdateKind = Exclude<keyof Update, "update_id">;
type Poll = { limit: number; answer(updates: Update[]): void; refuse(error: Error): void };

const NOT_BY_DEFAULT: UpdateKind[] = ["chat_member", "message_reaction", "message_reaction_count"];
const BATCH_MAX = 100;
export const ENDED_BY_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running";
export const ENDED_BY_WEBHOOK = "terminated by setWebhook request";

/** The queue of updates with the long poll that empties it. */
export class UpdateQueue {
  /** Where updates go instead of the queue while a webhook is set. */
  webhook: ((update: Update) => void) | undefined;
  private pending: Update[] = [];
  private extra: Update[] = [];
  private nextId: number;
  private allowed: readonly UpdateKind[] = [];
  private poll: Poll | undefined;
  private refuseNextPoll = false;

  private readonly onCreated: (update: Update) => void;

  constructor(firstUpdateId: number, onCreated: (update: Update) => void) {
    this.nextId = firstUpdateId;
    this.onCreated = onCreated;
  }

  get size(): number {
    return this.pending.length;
  }

  get isHeld(): boolean {
    return this.poll !== undefined;
  }

  /** Undefined when the bot did not ask for this kind: the setting of the moment of creation decides. */
  add<K extends UpdateKind>(kind: K, content: NonNullable<Update[K]>): Update | undefined {
    const wanted = this.allowed.length ? this.allowed.includes(kind) : !NOT_BY_DEFAULT.includes(kind);
    if (!wanted) return undefined;
    const update: Update = { update_id: this.nextId, [kind]: content };
    this.nextId += 1;
    this.onCreated(update);
    this.deliver(this.pending, update);
    return update;
  }

  /** Delivers an update once more, as after a confirmation that was lost on its way. */
  again(update: Update): void {
    this.deliver(this.extra, update);
  }

  restartIds(next: number): void {
    this.nextId = next;
  }

  allow(kinds: readonly UpdateKind[] | undefined): void {
    if (kinds) this.allowed = kinds;
  }

  forget(): void {
    this.pending = [];
    this.extra = [];
  }

  /** Everything that waits, for handing over to a webhook. */
  drain(): Update[] {
    const all = this.take(Number.POSITIVE_INFINITY);
    this.forget();
    return all;
  }

  /** Another process polls with the same token: the poll under way ends, or the next one when there is none. */
  interrupt(): void {
    if (this.poll) this.end(ENDED_BY_POLLER);
    else this.refuseNextPoll = true;
  }

  end(reason: string): void {
    this.poll?.refuse(conflict(reason));
  }

  async get(offset: number, limit: number, timeoutSeconds: number, gone: AbortSignal): Promise<Update[]> {
    if (this.refuseNextPoll) {
      this.refuseNextPoll = false;
      throw conflict(ENDED_BY_POLLER);
    }
    this.end(ENDED_BY_POLLER);
    this.confirm(offset);
    const batch = Math.min(Math.max(limit, 1), BATCH_MAX);
    if (this.pending.length + this.extra.length > 0 || timeoutSeconds <= 0) return this.take(batch);
    return await this.hold(batch, timeoutSeconds, gone);
  }

  /** The hold lasts in wall time even under a test clock: the client's own timers do too. */
  private hold(limit: number, timeoutSeconds: number, gone: AbortSignal): Promise<Update[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Update[]>();
    const release = () => {
      clearTimeout(timer);
      gone.removeEventListener("abort", leave);
      if (this.poll === poll) this.poll = undefined;
    };
    const answer = (updates: Update[]) => {
      release();
      resolve(updates);
    };
    const refuse = (error: Error) => {
      release();
      reject(error);
    };
    const leave = () => answer([]);
    const timer = setTimeout(leave, timeoutSeconds * 1000);
    const poll: Poll = { limit, answer, refuse };
    gone.addEventListener("abort", leave);
    this.poll = poll;
    return promise;
  }

  private confirm(offset: number): void {
    // After a restart of the numbering a bot asks for an id that does not exist yet: that confirms nothing.
    if (offset > this.nextId) return;
    if (offset > 0) this.pending = this.pending.filter((update) => update.update_id >= offset);
    else if (offset < 0) this.pending = this.pending.slice(offset);
  }

  /** What is confirmed leaves the queue with the next offset; what is doubled was never in it. */
  private take(limit: number): Update[] {
    const taken = [...this.extra, ...this.pending].slice(0, limit);
    this.extra = this.extra.slice(taken.length);
    return taken;
  }

  private deliver(list: Update[], update: Update): void {
    if (this.webhook) {
      this.webhook(update);
      return;
    }
    list.push(update);
    const { poll } = this;
    if (poll) poll.answer(this.take(poll.limit));
  }
}
