import { expect, it } from "vitest";
import { KEPT_MS, Retention } from "../../src/app/retention.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { quietLogger } from "../http/kit.ts";
import { FakeClock } from "../kit/fake-clock.ts";

it("answered requests are forgotten after ninety days, looked for once an hour; open ones never", async () => {
  const clock = new FakeClock();
  const store = openMemoryStore();
  const retention = new Retention(store, { clock, logger: quietLogger });
  const nowMs = clock.wall() + HOUR_MS;
  for (const [requestId, wallMs] of [
    ["old", nowMs - KEPT_MS - 1],
    ["young", nowMs - KEPT_MS],
    ["open", 1],
  ] as const)
    await store.accept({ requestId, wallMs, body: "" });
  for (const id of ["old", "young"]) await store.settle(id);
  const kept = async () => (await store.requests()).map(({ row }) => row.requestId);
  await clock.advance(HOUR_MS - 1);
  await retention.tend();
  expect(await kept()).toEqual(["open", "old", "young"]);
  await clock.advance(1);
  await retention.tend();
  expect(await kept()).toEqual(["open", "young"]);
  await clock.advance(1);
  await retention.tend();
  expect(await kept()).toEqual(["open", "young"]);
});

it("a store that is slow is not asked again meanwhile, and one that cannot write is asked an hour later", async () => {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<void>[] = [];
  const told: string[] = [];
  const prune = () => {
    const answer = Promise.withResolvers<void>();
    asked.push(answer);
    return answer.promise;
  };
  const retention = new Retention({ prune }, { clock, logger: { ...quietLogger, warn: (_facts, text) => void told.push(text) } });
  await clock.advance(HOUR_MS);
  const first = retention.tend();
  await clock.advance(HOUR_MS);
  await retention.tend();
  expect(asked.length).toBe(1);
  asked[0]?.reject(new StoreUnavailable("full"));
  await first;
  expect(told).toEqual([expect.stringContaining("tried again in an hour")]);
  const second = retention.tend();
  expect(asked.length).toBe(2);
  asked[1]?.resolve();
  await second;
});
