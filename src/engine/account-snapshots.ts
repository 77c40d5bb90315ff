import { type AccountState, emptyAccount } from "../domain/books.ts";
import { fromJson, toJson } from "../domain/money.ts";
import { marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { Account } from "./account.ts";

/** Grows whenever the shape of a fold changes; older snapshots are then not used. */
const SNAPSHOT_VERSION = 5;
/** An account is kept again after so many events: a start reads the tail of a stream faster than all of it is written down again and again. */
const SNAPSHOT_EVENTS = 50;
/** Or after this, where it matters how far its market has come. */
const MOVED_SNAPSHOT_MS = 60_000;

/** Keeps the folds of accounts, so that a start reads the tails of their streams. */
export class AccountSnapshots {
  readonly #store: Store;
  readonly #clock: Clock;
  /** What the newest snapshots hold, by stream. */
  readonly #kept = new Map<string, { readonly sequence: number; readonly atMs: number }>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The newest fold that was kept of a stream; an empty one where there is none. */
  async newest(stream: string): Promise<AccountState> {
    const snapshot = await this.#store.loadSnapshot(stream);
    const kept = snapshot && readSnapshot(snapshot.body);
    if (kept && kept.mode !== "paper") this.#kept.set(stream, { sequence: kept.sequence, atMs: this.#clock.monotonicMs() });
    return kept ?? emptyAccount();
  }

  /** Keeps where an account stands, where it is worth it or `always`. */
  async keep(account: Account, always: boolean): Promise<void> {
    if (account.queue.depth > 0) return;
    const { sequence } = account.state;
    const kept = this.#kept.get(account.writer.name);
    const nowMs = this.#clock.monotonicMs();
    if (!always && kept && !isWorthKeeping(account, sequence - kept.sequence, nowMs - kept.atMs)) return;
    this.#kept.set(account.writer.name, { sequence, atMs: nowMs });
    const body = toJson({ version: SNAPSHOT_VERSION, state: { ...account.state, marketMs: account.position } });
    await this.#store.saveSnapshot({ stream: account.writer.name, sequence, body });
  }
}

/** Undefined when another build wrote it: the stream tells the same, only slower. */
function readSnapshot(body: string): AccountState | undefined {
  const { version, state } = fromJson(body) as { version: number; state: AccountState };
  return version === SNAPSHOT_VERSION ? { ...state, marketMs: marketMs(state.marketMs) } : undefined;
}

/**
 * On paper, candles behind the last mark are played again; where market time is stepped, all since the last event may be. What happens at a real
 * exchange happens without us.
 */
function isWorthKeeping({ state, services }: Account, events: number, ageMs: number): boolean {
  if (events >= SNAPSHOT_EVENTS) return true;
  if (state.mode !== "paper") return false;
  return ageMs >= MOVED_SNAPSHOT_MS || (services.market.pace === "stepped" && events > 0);
}
