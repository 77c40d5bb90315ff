import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import { decodeEvent } from "../../src/domain/event-codec.ts";
import type { Store } from "../../src/ports/store.ts";
import { summaryOf } from "./engine-rig.ts";

/** Where the recorded stream of an event version lies, with the books it folded to when it was recorded. */
export function recordedStreamPaths(version: number): { events: string; books: string } {
  const folder = resolve(import.meta.dirname, "../fixtures/streams");
  return { events: resolve(folder, `v${version}.jsonl`), books: resolve(folder, `v${version}.books.json`) };
}

/** Folds the text of a recorded stream, one body a line. */
export function foldLines(text: string): AccountState {
  const state = emptyAccount();
  for (const [index, body] of text.trimEnd().split("\n").entries()) applyAccountEvent(state, decodeEvent(index + 1, body));
  return state;
}

/** Writes a stream as a fixture. A recorded version is never written again: it is what an older build left behind. */
export async function recordStream(store: Store, stream: string, version: number): Promise<void> {
  const rows = await store.read(stream, 0, 1_000_000);
  const text = `${rows.map(({ body }) => body).join("\n")}\n`;
  const paths = recordedStreamPaths(version);
  writeFileSync(paths.events, text, { flag: "wx" });
  writeFileSync(paths.books, `${JSON.stringify(summaryOf(foldLines(text)), undefined, 2)}\n`, { flag: "wx" });
}
