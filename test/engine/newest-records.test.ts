import { describe, expect, it } from "vitest";
import { applyDeskEvent, type DeskState, emptyDesk } from "../../src/domain/desk.ts";
import type { DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { marketMs } from "../../src/domain/time.ts";
import { FollowedStream } from "../../src/engine/cluster/followed-stream.ts";
import { openStream } from "../../src/engine/stream.ts";
import { DESK_STREAM, StreamBook } from "../../src/engine/streams.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const LOWERED: DeskEvent = { type: "ceiling-lowered", amount: decimal("1000.50"), by: "discord:1" };
const GRANTED: DeskEvent = { type: "access-granted", user: "discord:2", role: "viewer", scope: "desk", by: "discord:1" };

/** A desk's stream as its writer, a process that follows it and one that starts anew have it, on one store; `asked` says after which sequences that was read for somebody. */
async function book() {
  const clock = new FakeClock();
  const disk = openMemoryStore();
  const asked: number[] = [];
  const read: Store["read"] = (stream, after, limit) => {
    asked.push(after);
    return disk.read(stream, after, limit);
  };
  const store = new Proxy(disk, { get: (target, name) => (name === "read" ? read : Reflect.get(target, name)) });
  const [writes, follows, anew] = [store, store, disk].map((each) => new StreamBook(each, () => undefined)) as [
    StreamBook,
    StreamBook,
    StreamBook,
  ];
  const shared = { name: DESK_STREAM, clock, apply: applyDeskEvent, onTaken: () => undefined };
  const writer = await openStream<DeskState, DeskEvent>({ ...shared, store: disk, state: emptyDesk(), onAppend: writes.appended });
  const followed = new FollowedStream<DeskState, DeskEvent>({ ...shared, store: disk, state: emptyDesk(), onAppend: follows.appended });
  writes.add(DESK_STREAM, () => writer.end);
  follows.add(DESK_STREAM, () => followed.end);
  anew.add(DESK_STREAM, () => writer.end);
  return { writes, follows, anew, writer, followed, asked };
}

describe("a record that was just written or folded", () => {
  it("is read from memory, as the store has it", async () => {
    const { writes, follows, anew, writer, followed, asked } = await book();
    await writer.append([LOWERED, GRANTED], marketMs(1), "r1");
    await writer.append([GRANTED], marketMs(2));
    await followed.look();
    const stored = await anew.since(DESK_STREAM, 0, 10);
    expect(stored.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    for (const streams of [writes, follows]) {
      expect(await streams.since(DESK_STREAM, 0, 10)).toEqual(stored);
      expect(await streams.since(DESK_STREAM, 1, 1)).toEqual([stored[1]]);
      expect(await streams.since(DESK_STREAM, 3, 10)).toEqual([]);
    }
    expect(asked).toEqual([]);
  });

  it("is not shared with the books that it was folded into", async () => {
    const { writes, writer } = await book();
    await writer.append([GRANTED], marketMs(1));
    const [granted] = await writes.since(DESK_STREAM, 0, 1);
    expect(granted?.event).toEqual(GRANTED);
    expect(granted?.event).not.toBe(GRANTED);
  });

  it("is read from the store once so many newer ones are in memory, and none is left out where both have some", async () => {
    const { writes, anew, writer, asked } = await book();
    for (let batch = 0; batch < 5; batch += 1) await writer.append(Array<DeskEvent>(1_000).fill(GRANTED), marketMs(batch));
    expect(await writes.since(DESK_STREAM, 900, 500)).toEqual(await anew.since(DESK_STREAM, 900, 500));
    expect(asked).toEqual([900]);
    expect((await writes.since(DESK_STREAM, 1_000, 500)).at(-1)?.sequence).toBe(1_500);
    expect(asked).toEqual([900]);
  });
});
