import type mongoose from "mongoose";
import type { StoredFact } from "../process-books.ts";

interface StoredLink {
  readonly stream: string;
  readonly link: number;
  readonly epoch: number;
  readonly last: number;
  readonly count: number;
  readonly bodies: readonly string[];
}

export interface ClusterFact extends StoredFact {
  readonly wallMs: number;
}

/** What a database holds, read without any code of the desk. */
export interface ClusterBooks {
  readonly facts: readonly ClusterFact[];
  /** What is wrong with the chains themselves: holes, or a writer that came back after another one had begun. */
  readonly faults: readonly string[];
  /** How often a stream changed hands, all together. */
  readonly turns: number;
}

/** Everything that the streams hold, oldest first within each. */
export async function readBooks(connection: mongoose.Connection): Promise<ClusterBooks> {
  const links = connection.collection<StoredLink>("links").find({}, { sort: { stream: 1, link: 1 }, readConcern: "majority" });
  const facts: ClusterFact[] = [];
  const faults: string[] = [];
  let turns = 0;
  let before: StoredLink | undefined;
  for await (const next of links) {
    const former = before?.stream === next.stream ? before : { link: 0, epoch: 0, last: 0 };
    const { stream, link, epoch, last, count, bodies } = next;
    if (link !== former.link + 1) faults.push(`${stream}: link ${link} follows ${former.link}`);
    if (epoch < former.epoch) faults.push(`${stream}: link ${link} is of epoch ${epoch}, and epoch ${former.epoch} had begun before it`);
    if (count !== bodies.length || last !== former.last + count) faults.push(`${stream}: link ${link} leaves a hole at ${last}`);
    if (epoch > former.epoch) turns += 1;
    for (const body of bodies) {
      const { wallMs, marketMs, event } = JSON.parse(body) as Omit<ClusterFact, "stream">;
      facts.push({ stream, wallMs, marketMs, event });
    }
    before = next;
  }
  return { facts, faults, turns };
}

/** What became of a bot in the end. */
export interface BotEnd {
  readonly created: number;
  readonly isStopped: boolean;
  readonly isRunning: boolean;
}

/** By name, from the events alone. */
export function botEnds(facts: readonly StoredFact[]): Map<string, BotEnd> {
  const names = new Map<string, string>();
  const ends = new Map<string, { created: number; isStopped: boolean; isRunning: boolean }>();
  for (const { stream, event } of facts) {
    if (event.type === "bot-created") {
      const { id, name } = event.bot as { readonly id: string; readonly name: string };
      names.set(`${stream} ${id}`, name);
      const known = ends.get(name) ?? { created: 0, isStopped: false, isRunning: false };
      ends.set(name, { ...known, created: known.created + 1 });
      continue;
    }
    const end = ends.get(names.get(`${stream} ${String(event.botId)}`) ?? "");
    if (!end || (event.type !== "bot-started" && event.type !== "bot-stopped")) continue;
    end.isStopped = event.type === "bot-stopped";
    end.isRunning = event.type === "bot-started";
  }
  return ends;
}
