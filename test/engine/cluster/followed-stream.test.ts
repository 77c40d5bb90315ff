import { describe, expect, it } from "vitest";
import { applyDeskEvent, type DeskState, emptyDesk } from "../../../src/domain/desk.ts";
import type { DeskEvent } from "../../../src/domain/events.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { FollowedStream } from "../../../src/engine/cluster/followed-stream.ts";
import { openStream } from "../../../src/engine/stream.ts";
import { type Store, StoreUnavailable } from "../../../src/ports/store.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { FakeClock } from "../../kit/fake-clock.ts";

const HALT: DeskEvent = { type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false };

/** A stream that is written here and followed over a store that may stop answering. */
async function followed() {
  const clock = new FakeClock();
  const disk = openMemoryStore();
  let isAway = false;
  const read: Store["read"] = (...asked) => (isAway ? Promise.reject(new StoreUnavailable("away")) : disk.read(...asked));
  const shared = { name: "desk", clock, apply: applyDeskEvent, onAppend: () => undefined };
  const writer = await openStream<DeskState, DeskEvent>({ ...shared, state: emptyDesk(), store: disk, onTaken: () => undefined });
  const stream = new FollowedStream<DeskState, DeskEvent>({
    ...shared,
    state: emptyDesk(),
    store: new Proxy(disk, { get: (target, name) => (name === "read" ? read : Reflect.get(target, name)) }),
    async append(events, atMs, requestId) {
      await writer.append(events, atMs, requestId);
      return writer.state.sequence;
    },
  });
  const away = (is: boolean): void => {
    isAway = is;
  };
  return { clock, stream, writer, away };
}

describe("a stream that is followed", () => {
  it("has folded what was appended for it when that resolves", async () => {
    const { stream } = await followed();
    await stream.append([HALT], marketMs(0), "r1");
    expect(stream.state.halt?.reason).toBe("news");
  });

  it("waits for a store that does not show it yet, and never says that nothing was done", async () => {
    const { clock, stream, away } = await followed();
    away(true);
    const first = stream.append([HALT], marketMs(0), "r1");
    await clock.advance(3_000);
    away(false);
    await clock.advance(1_000);
    await first;
    expect(stream.state.halt).toBeDefined();
    away(true);
    const second = stream.append([{ type: "resumed", reason: "over", by: "discord:1" }], marketMs(0), "r2");
    const told = expect(second).rejects.toThrow(/^It is written into the stream desk, and the store does not show that/);
    await clock.advance(11_000);
    await told;
  });

  it("keeps what it has while the store does not answer, and knows since when", async () => {
    const { clock, stream, writer, away } = await followed();
    await stream.look();
    const seenMs = stream.seenMs;
    away(true);
    await writer.append([HALT], marketMs(0));
    await clock.advance(5_000);
    await stream.look();
    expect([stream.state.halt, stream.seenMs]).toEqual([undefined, seenMs]);
    away(false);
    await stream.look();
    expect(stream.state.halt).toBeDefined();
    expect(stream.seenMs).toBe(clock.monotonicMs());
  });
});
