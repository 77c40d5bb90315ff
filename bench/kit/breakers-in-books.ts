import type { ClusterBooks } from "../../test/kit/process-cluster/books.ts";

/** What the books of a desk say of the breakers of all its accounts. */
export interface BreakersInBooks {
  /** Those that let no entry through. */
  readonly open: number;
  /** When one last began to let an entry through again, in wall time; undefined where none ever did. */
  readonly closedMs: number | undefined;
}

/** One that is tried lets an entry through, so that it counts as closed. */
export function breakersIn({ facts }: Pick<ClusterBooks, "facts">): BreakersInBooks {
  const open = new Set<string>();
  let closedMs: number | undefined;
  for (const { stream, event, wallMs } of facts) {
    const breaker = `${stream} ${event.breaker} ${event.scope}`;
    if (event.type === "breaker-tripped") open.add(breaker);
    if (event.type !== "breaker-probing" && event.type !== "breaker-reset") continue;
    open.delete(breaker);
    closedMs = Math.max(closedMs ?? wallMs, wallMs);
  }
  return { open: open.size, closedMs };
}
