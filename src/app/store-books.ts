import { createHash } from "node:crypto";
import { applyAccountEvent } from "../domain/account.ts";
import { emptyAccount } from "../domain/books.ts";
import { applyDeskEvent, emptyDesk } from "../domain/desk.ts";
import { ConfigError, messageOf } from "../domain/errors.ts";
import { decodeEvent } from "../domain/event-codec.ts";
import { toJson } from "../domain/money.ts";
import { isFlat } from "../domain/position.ts";
import { AuditReader } from "../engine/audit.ts";
import { DESK_STREAM } from "../engine/streams.ts";
import type { Store } from "../ports/store.ts";

const PAGE_EVENTS = 1_000;

/** All that is needed of a store to know its books. */
type Streams = Pick<Store, "streams" | "read">;

/** What the records of a store come to when every one is read and folded from the first on. */
export interface StoreBooks {
  readonly events: number;
  readonly bots: number;
  /** Positions that are open. */
  readonly open: number;
  /** Wall time of the newest record; undefined where there is none. */
  readonly newestMs: number | undefined;
  /** The last sequence of each stream. */
  readonly ends: ReadonlyMap<string, number>;
  /** Over the records and over the books that they fold to. */
  readonly hash: string;
}

interface Folded {
  readonly state: object;
  readonly bots: number;
  readonly open: number;
}

/** Reads and folds a whole store, or as much of each stream as `ends` says. Throws ConfigError (setting `store`) where a record cannot be read. */
export async function booksOf(store: Streams, ends?: ReadonlyMap<string, number>): Promise<StoreBooks> {
  const hash = createHash("sha256");
  const found = { events: 0, bots: 0, open: 0, newestMs: undefined as number | undefined };
  const reached = new Map<string, number>();
  for (const stream of ends?.keys() ?? (await store.streams())) {
    const fold = foldOf(stream);
    let last = 0;
    for await (const { sequence, body } of rowsOf(store, stream, ends?.get(stream) ?? Number.POSITIVE_INFINITY)) {
      hash.update(`${sequence} ${body}\n`);
      found.newestMs = Math.max(found.newestMs ?? 0, fold.push(sequence, body));
      found.events += 1;
      last = sequence;
    }
    reached.set(stream, last);
    const { state, bots, open } = fold.end();
    hash.update(`${stream} ${toJson(state)}\n`);
    found.bots += bots;
    found.open += open;
  }
  return { ...found, ends: reached, hash: hash.digest("hex") };
}

/** One sentence for each stream whose records do not follow from one another, or are fewer than the desk has written down. */
export async function chainFaults(store: Streams): Promise<readonly string[]> {
  const nothing = { names: () => [], end: () => undefined, lastSequence: () => 0 };
  const verdicts = await new AuditReader(store, nothing).verify("whole", []);
  return verdicts.flatMap(({ account, fault }) =>
    fault ? [`the records of ${account ?? "the desk"} are not what was written, from record ${fault.sequence} on (${fault.problem})`] : [],
  );
}

/** How many records a store has beyond where a copy of it ends. */
export async function recordsBeyond(store: Streams, ends: ReadonlyMap<string, number>): Promise<number> {
  let count = 0;
  for (const stream of await store.streams()) {
    for await (const _ of rowsOf(store, stream, Number.POSITIVE_INFINITY, ends.get(stream) ?? 0)) count += 1;
  }
  return count;
}

function foldOf(stream: string) {
  if (stream === DESK_STREAM) {
    const state = emptyDesk();
    return { push: pushing(stream, state, applyDeskEvent), end: (): Folded => ({ state, bots: 0, open: 0 }) };
  }
  const state = emptyAccount();
  const end = (): Folded => {
    const bots = [...state.bots.values()].filter(({ deleted }) => !deleted);
    return { state, bots: bots.length, open: bots.filter(({ position }) => !isFlat(position)).length };
  };
  return { push: pushing(stream, state, applyAccountEvent), end };
}

type Apply<S> = (state: S, recorded: ReturnType<typeof decodeEvent<never>>) => void;

/** Folds one record and gives its wall time. */
function pushing<S>(stream: string, state: S, apply: Apply<S>): (sequence: number, body: string) => number {
  return (sequence, body) => {
    try {
      const recorded = decodeEvent<never>(sequence, body);
      apply(state, recorded);
      return recorded.wallMs;
    } catch (thrown) {
      const remedy = "Use another copy, or the build that wrote this one.";
      throw new ConfigError([
        { setting: "store", problem: `record ${sequence} of ${stream} cannot be read: ${messageOf(thrown)}`, remedy },
      ]);
    }
  };
}

async function* rowsOf(store: Streams, stream: string, end: number, begin = 0) {
  for (let after = begin; after < end; ) {
    const rows = await store.read(stream, after, Math.min(PAGE_EVENTS, end - after));
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < PAGE_EVENTS || !last) return;
    after = last.sequence;
  }
}
