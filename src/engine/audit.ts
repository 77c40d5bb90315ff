import { ChainCheck } from "../domain/audit-chain.ts";
import { decodeEvent } from "../domain/event-codec.ts";
import type { AccountEvent, ChainHead, DeskEvent, Recorded } from "../domain/events.ts";
import type { WallMs } from "../domain/time.ts";
import type { Audit, AuditRecord, AuditScope, AuditSearch, ChainVerdict, NotedLink } from "../ports/audit.ts";
import type { Store, StoredEvent } from "../ports/store.ts";
import { accountOf, accountStream, DESK_STREAM, type StreamBook } from "./streams.ts";

/** Records read at once: few enough that what trades has its turn in between. */
const PAGE = 500;
/** The most records of one stream that one search looks at. */
const SEARCHED_MAX = 50_000;

type Link = Pick<ChainHead, "sequence" | "link">;

/** What a process knows of streams that it writes. */
type KnownStreams = Pick<StreamBook, "names" | "end" | "lastSequence">;

/** Reads the streams as evidence, straight from the store. */
export class AuditReader implements Audit {
  readonly #store: Pick<Store, "read" | "streams">;
  readonly #streams: KnownStreams;

  constructor(store: Pick<Store, "read" | "streams">, streams: KnownStreams) {
    this.#store = store;
    this.#streams = streams;
  }

  async newest({ scope, wanted, limit, sinceMs = 0 }: AuditSearch) {
    const found: AuditRecord[] = [];
    let whole = true;
    for (const stream of this.#streamsOf(scope)) {
      const account = accountOf(stream);
      let kept = 0;
      const last = this.#streams.lastSequence(stream);
      for (let end = last; end > 0 && kept < limit; end -= PAGE) {
        if (last - end >= SEARCHED_MAX) {
          whole = false;
          break;
        }
        const begin = Math.max(0, end - PAGE);
        const page = (await this.#store.read(stream, begin, end - begin))
          .map(({ sequence, body }) => decodeEvent(sequence, body))
          .reverse();
        for (const recorded of page) {
          if (kept >= limit || recorded.wallMs < sinceMs || !isSeen(scope, { account, recorded }) || !wanted({ account, recorded }))
            continue;
          found.push({ account, recorded });
          kept += 1;
        }
        if ((page.at(-1)?.wallMs ?? 0) < sinceMs) break;
      }
    }
    return { records: found.sort(newestFirst).slice(0, limit), whole };
  }

  async verify(scope: AuditScope, noted: readonly NotedLink[]): Promise<readonly ChainVerdict[]> {
    const heads = await this.#headsNoted();
    const verdicts: ChainVerdict[] = [];
    for (const stream of await this.#storedOf(scope, heads)) {
      const account = accountOf(stream);
      const links = [...heads.filter((head) => head.stream === stream), ...noted.filter((each) => each.account === account)];
      verdicts.push({ account, ...(await this.#follow(stream, links)) });
    }
    return verdicts;
  }

  /** Every record of a stream, oldest first. */
  async *records(stream: string): AsyncGenerator<Recorded<AccountEvent>> {
    for await (const { sequence, body } of this.#rows(stream)) yield decodeEvent<AccountEvent>(sequence, body);
  }

  async #follow(stream: string, noted: readonly Link[]): Promise<Omit<ChainVerdict, "account">> {
    // What this process knows of a stream counts too: it has read or written every record up to there.
    const known = this.#streams.end(stream);
    const own = known?.link === undefined ? [] : [{ sequence: known.sequence, link: known.link }];
    const check = new ChainCheck(stream, [...noted, ...own]);
    let faulty: StoredEvent | undefined;
    for await (const row of this.#rows(stream)) {
      check.push(row);
      if (!check.fault) continue;
      faulty = row;
      break;
    }
    check.finish(known?.sequence ?? 0);
    return { end: check.end, beganAt: check.beganAt, fault: check.fault, faultMs: faulty && writtenAt(faulty) };
  }

  async *#rows(stream: string): AsyncGenerator<StoredEvent> {
    for (let after = 0; ; ) {
      const rows = await this.#store.read(stream, after, PAGE);
      yield* rows;
      const last = rows.at(-1);
      if (rows.length < PAGE || !last) return;
      after = last.sequence;
    }
  }

  /** The links that starts and stops of the desk have written down of other streams. */
  async #headsNoted(): Promise<readonly ChainHead[]> {
    const noted: ChainHead[] = [];
    for await (const { body } of this.#rows(DESK_STREAM)) if (body.includes('"heads":[')) noted.push(...headsOf(body));
    return noted;
  }

  #streamsOf(scope: AuditScope): readonly string[] {
    return scope === "whole" ? this.#streams.names() : [...scope.accounts.map(accountStream), DESK_STREAM];
  }

  /** Streams that were written down and are gone are followed too, to their missing first record. */
  async #storedOf(scope: AuditScope, heads: readonly ChainHead[]): Promise<readonly string[]> {
    if (scope !== "whole") return scope.accounts.map(accountStream);
    const all = [...this.#streams.names(), ...(await this.#store.streams()), ...heads.map(({ stream }) => stream)];
    return [...new Set(all)].sort();
  }
}

/** Of the desk's own records, only an admin sees all. */
function isSeen(scope: AuditScope, { account, recorded: { event } }: AuditRecord): boolean {
  return scope === "whole" || account !== undefined || scope.sees(event);
}

function newestFirst(a: AuditRecord, b: AuditRecord): number {
  return b.recorded.wallMs - a.recorded.wallMs || b.recorded.sequence - a.recorded.sequence;
}

/** A record that was tampered with may be anything: what cannot be read notes nothing, and its own chain says that it is broken. */
function read(row: StoredEvent): Recorded<AccountEvent | DeskEvent> | undefined {
  try {
    return decodeEvent(row.sequence, row.body);
  } catch {
    return undefined;
  }
}

function headsOf(body: string): readonly ChainHead[] {
  const event = read({ sequence: 0, body })?.event;
  return event?.type === "desk-started" || event?.type === "desk-stopped" ? (event.heads ?? []) : [];
}

function writtenAt(row: StoredEvent): WallMs | undefined {
  return read(row)?.wallMs;
}
