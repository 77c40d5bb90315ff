import type { AccountState } from "../domain/books.ts";
import { fromJson, toJson } from "../domain/money.ts";
import { type MarketMs, marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Snapshot, Store } from "../ports/store.ts";
import type { Account } from "./account.ts";

/** Grows whenever the shape of a fold changes; older snapshots are then not used. */
const SNAPSHOT_VERSION = 7;
/** An account is kept again after so many events: a start reads the tail of a stream faster than all of it is written down again and again. */
const SNAPSHOT_EVENTS = 50;
/** Or after this, where it matters how far its market has come. */
const MOVED_SNAPSHOT_MS = 60_000;

/** The books of an account as text, and what would make them another text. */
interface Written {
  /** One that was given back and taken again counts its best prices anew. */
  readonly account: Account;
  readonly sequence: number;
  readonly bestMoves: number;
  readonly text: string;
}

/** Keeps where accounts stand, so that a start reads the tail of a stream and the market resumes there. */
export class AccountSnapshots {
  readonly #store: Store;
  readonly #clock: Clock;
  /** What the newest snapshots hold, by stream. */
  readonly #kept = new Map<string, { readonly sequence: number; readonly atMs: number }>();
  readonly #written = new Map<string, Written>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Keeps an account's books, unless something is on its way into them; and only when that is worth it, unless it is to be done in any case. */
  async keep(account: Account, always: boolean): Promise<void> {
    if (account.queue.depth > 0) return;
    const { sequence } = account.state;
    const { name: stream } = account.writer;
    const kept = this.#kept.get(stream);
    const nowMs = this.#clock.monotonicMs();
    if (!always && kept && !isWorthKeeping(account, sequence - kept.sequence, nowMs - kept.atMs)) return;
    this.#kept.set(stream, { sequence, atMs: nowMs });
    const body = `{"version":${SNAPSHOT_VERSION},"marketMs":${account.position},"state":${this.#textOf(account)}}`;
    await this.#store.saveSnapshot({ stream, sequence, body });
  }

  /** The books of the newest snapshot; undefined without one, and when another build wrote it: the stream tells the same, only slower. */
  async load(stream: string): Promise<AccountState | undefined> {
    const snapshot = await this.#store.loadSnapshot(stream);
    const state = snapshot && (await isInStream(this.#store, snapshot)) ? read(snapshot.body) : undefined;
    if (state && state.mode !== "paper") this.#kept.set(stream, { sequence: state.sequence, atMs: this.#clock.monotonicMs() });
    return state;
  }

  /** On a quiet account only its place in the market moves, and its books are the text that they were. */
  #textOf(account: Account): string {
    const { writer, state, bestMoves } = account;
    const { name } = writer;
    const known = this.#written.get(name);
    if (known?.account === account && known.sequence === state.sequence && known.bestMoves === bestMoves) return known.text;
    const text = toJson(state);
    this.#written.set(name, { account, sequence: state.sequence, bestMoves, text });
    return text;
  }
}

/** Whether a stream has come as far as its snapshot. Of a copy that was made while the desk ran it may not have: what follows could then never be written. */
export async function isInStream(
  store: Pick<Store, "read">,
  { stream, sequence }: Pick<Snapshot, "stream" | "sequence">,
): Promise<boolean> {
  return sequence === 0 || (await store.read(stream, sequence - 1, 1)).length > 0;
}

function read(body: string): AccountState | undefined {
  const kept = fromJson(body) as { version: number; marketMs: MarketMs; state: AccountState };
  return kept.version === SNAPSHOT_VERSION ? { ...kept.state, marketMs: marketMs(kept.marketMs) } : undefined;
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
