import type { Backing } from "../ports/backing.ts";

type Troubled = Pick<Backing, "trouble"> | undefined;

/** The Redis that a process leans on: what it counts together with others says more of it than its cache, which costs speed only. */
export function backingsOf(counts: Troubled, cache: Troubled): readonly Backing[] {
  const redis = counts ?? cache;
  return redis ? [{ name: "redis", trouble: () => redis.trouble() }] : [];
}
