import { ConfigError } from "../domain/errors.ts";
import { UnknownEvent } from "../domain/event-codec.ts";
import { DESK_STREAM } from "../engine/streams.ts";
import { within } from "../engine/within.ts";
import type { SharedStore } from "../ports/cluster.ts";
import { type Store, StoreUnavailable } from "../ports/store.ts";
import type { ProcessOptions } from "./process.ts";

/** A process that ends waits no longer than this to learn which version is needed. */
const NAMING_MS = 2_000;
const PAGE_ROWS = 2_000;

/** This build cannot go on with the store, because a newer one has written what it does not know. Its message names the version that can. */
export class NewerBuild extends ConfigError {}

type Naming = Pick<ProcessOptions, "clock" | "version">;

/** What to end with: for a record that this build does not know the version that does, and everything else as it is. */
export async function namingBuild(failure: unknown, store: Store | undefined, { clock, version }: Naming): Promise<unknown> {
  if (!(failure instanceof UnknownEvent)) return failure;
  let needed: string | undefined;
  const look = async () => {
    needed = store && (await newestOf(store, version));
  };
  await within(clock, NAMING_MS, look().catch(unreadable));
  const what = needed === undefined ? "the newer version that wrote it" : `version ${needed} or a newer one`;
  const problem = `${failure.what}, which version ${version} does not know`;
  return new NewerBuild([{ setting: "STORE_URL", problem, remedy: `Start ${what}, or put a backup of before it in its place.` }]);
}

/** The same for a process at work: whatever it has is whole, so it may give that up as if it had been asked to end. */
export function namingFatal(options: Naming & Pick<ProcessOptions, "onFatal">, store: Store): ProcessOptions["onFatal"] {
  const { onFatal } = options;
  return (failure) => {
    if (failure instanceof UnknownEvent) void namingBuild(failure, store, options).then(onFatal, onFatal);
    else onFatal(failure);
  };
}

/** The newest version that works on the store now, or that ever had the desk; undefined where none is newer than this one. */
async function newestOf(store: Store, own: string): Promise<string | undefined> {
  const living = isShared(store) ? (await store.cluster.members()).map(({ version }) => version) : [];
  return newest(living, own) ?? newest(await startsIn(store), own);
}

/** The versions that have started the desk. Records are read as texts: what stands in the others need not be known here. */
async function startsIn(store: Store): Promise<string[]> {
  const versions: string[] = [];
  for (let after = 0; ; ) {
    const rows = await store.read(DESK_STREAM, after, PAGE_ROWS);
    for (const { body } of rows) {
      const [, version] = /"type":"desk-started","version":"([^"]+)"/.exec(body) ?? [];
      if (version !== undefined) versions.push(version);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return versions;
    after = last.sequence;
  }
}

function newest(versions: readonly string[], own: string): string | undefined {
  const [best] = versions.filter((version) => compared(version, own) > 0).sort((a, b) => compared(b, a));
  return best;
}

/** Which of two versions such as 1.10.2 is newer, number by number. */
function compared(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

/** What cannot be looked up now is left unsaid. */
function unreadable(failure: unknown): void {
  if (!(failure instanceof StoreUnavailable)) throw failure;
}

function isShared(store: Store): store is SharedStore {
  return "cluster" in store;
}
