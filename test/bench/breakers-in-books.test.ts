import { expect, test } from "vitest";
import { breakersIn } from "../../bench/kit/breakers-in-books.ts";
import type { ClusterFact } from "../kit/process-cluster/books.ts";

const fact = (type: string, wallMs: number, stream = "account:live1"): ClusterFact => ({
  stream,
  marketMs: 0,
  wallMs,
  event: { type, breaker: "errors", scope: stream },
});

test("a breaker keeps its own account from entering until it is tried or reset", () => {
  expect(breakersIn({ facts: [] })).toEqual({ open: 0, closedMs: undefined });
  const facts = [fact("breaker-tripped", 1), fact("breaker-tripped", 2, "account:live2"), fact("breaker-probing", 9)];
  expect(breakersIn({ facts })).toEqual({ open: 1, closedMs: 9 });
  expect(breakersIn({ facts: [...facts, fact("breaker-reset", 5, "account:live2")] })).toEqual({ open: 0, closedMs: 9 });
  expect(breakersIn({ facts: [...facts, fact("breaker-tripped", 12)] }).open).toBe(2);
});
