import { describe, expect, it } from "vitest";
import { applyDeskEvent, type DeskState, emptyDesk } from "../../../src/domain/desk.ts";
import type { DeskEvent } from "../../../src/domain/events.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { FollowedStream } from "../../../src/engine/cluster/followed-stream.ts";
import { JointLook } from "../../../src/engine/cluster/joint-look.ts";
import { openStream, type StreamWriter } from "../../../src/engine/stream.ts";
import { type Store, StoreUnavailable } from "../../../src/ports/store.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { random } from "../../kit/engine-market.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { MemoryProcess } from "../../kit/memory-cluster/process.ts";
import { MemoryServer } from "../../kit/memory-cluster/server.ts";

type Writer = StreamWriter<DeskState, DeskEvent>;
type Followed = FollowedStream<DeskState, DeskEvent>;

const HALT: DeskEvent = { type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false };
const halts = (count: number): DeskEvent[] => Array<DeskEvent>(count).fill(HALT);
const append = (writer: Writer | undefined, count = 1) => writer?.append(halts(count), marketMs(0));

const shared = { apply: applyDeskEvent, onAppend: () => undefined, onTaken: () => undefined };
const writerOf = (store: Store, clock: FakeClock, name: string, state = emptyDesk()): Promise<Writer> =>
  openStream<DeskState, DeskEvent>({ ...shared, name, state, store, clock });
const followerOf = (store: Store, clock: FakeClock, name: string): Followed =>
  new FollowedStream<DeskState, DeskEvent>({ ...shared, name, state: emptyDesk(), store, clock });

/** Streams that are written here, and followed over a store whose questions are counted and may be held up or refused. */
async function followed(...names: string[]) {
  const clock = new FakeClock();
  const disk = openMemoryStore();
  const questions: string[][] = [];
  const view = { isAway: false, way: Promise.resolve() };
  const news: Store["news"] = async (after, limit) => {
    questions.push([...after.keys()]);
    const answer = await disk.news(after, limit);
    await view.way;
    if (view.isAway) throw new StoreUnavailable("away");
    return answer;
  };
  const writers = new Map<string, Writer>();
  for (const name of names) writers.set(name, await writerOf(disk, clock, name));
  const streams = names.map((name) => followerOf(disk, clock, name));
  const look = new JointLook({ store: { news }, clock, streams: () => [...streams] });
  /** Resolves when the store was asked so often. */
  const asked = async (times: number) => {
    while (questions.length < times) await clock.breathe();
  };
  const sequences = () => streams.map(({ state }) => state.sequence);
  return { clock, disk, questions, asked, view, writers, streams, look, sequences };
}

describe("a look at many streams", () => {
  it("folds what is new in all of them by one question, and knows since when", async () => {
    const { clock, questions, writers, streams, look, sequences } = await followed("a", "b", "c");
    await append(writers.get("a"), 2);
    await append(writers.get("c"));
    await clock.advance(300);
    await look.look();
    expect([sequences(), questions]).toEqual([[2, 0, 1], [["a", "b", "c"]]]);
    expect(streams.map(({ seenMs }) => seenMs)).toEqual([300, 300, 300]);
    expect(streams.map(({ end }) => end)).toEqual(["a", "b", "c"].map((name) => writers.get(name)?.end));
  });

  it("asks on until it has everything, and keeps nobody waiting for one with much to read", async () => {
    const { questions, writers, look, sequences } = await followed("a", "b", "c");
    await append(writers.get("a"), 5_000);
    await append(writers.get("b"), 3);
    await append(writers.get("c"), 2_500);
    await look.look();
    expect(sequences()).toEqual([5_000, 3, 2_500]);
    expect(questions.slice(0, 3)).toEqual([
      ["a", "b", "c"],
      ["b", "c"],
      ["a", "c"],
    ]);
  });

  it("begins after the call, and is shared by all who call before it begins", async () => {
    const { questions, asked, view, writers, look, sequences } = await followed("a");
    const way = Promise.withResolvers<void>();
    view.way = way.promise;
    const early = look.look();
    await asked(1);
    await append(writers.get("a"));
    const late = [look.look(), look.look(), look.look()];
    way.resolve();
    await early;
    expect(sequences()).toEqual([0]);
    await Promise.all(late);
    expect([sequences(), questions.length]).toEqual([[1], 2]);
  });

  it("tells everybody who waits for it that the store does not answer, keeps what is known, and looks again at the next call", async () => {
    const { clock, view, writers, streams, look, sequences } = await followed("a");
    await look.look();
    await append(writers.get("a"));
    await clock.advance(100);
    view.isAway = true;
    const told = await Promise.allSettled([look.look(), look.look(), look.look()]);
    expect(told.map((each) => each.status === "rejected" && each.reason)).toEqual(Array(3).fill(expect.any(StoreUnavailable)));
    expect([sequences(), streams[0]?.seenMs]).toEqual([[0], 0]);
    view.isAway = false;
    await look.look();
    expect([sequences(), streams[0]?.seenMs]).toEqual([[1], 100]);
  });

  it("folds all others when one cannot be folded, and says so then", async () => {
    const { disk, writers, streams, look, sequences } = await followed("a", "bad", "c");
    for (const writer of writers.values()) await append(writer);
    await disk.append({ stream: "bad", epoch: 1, expectedSequence: 1, bodies: ["of a newer build"] });
    await append(writers.get("c"));
    await expect(look.look()).rejects.toThrow(/JSON|newer build/);
    expect(sequences()).toEqual([1, 1, 2]);
    expect(streams.map(({ seenMs }) => seenMs)).toEqual([0, undefined, 0]);
    expect(streams[1]?.end).toEqual({ sequence: 1, link: undefined });
  });

  it("folds nothing into books that were taken away from it while it asked", async () => {
    const { clock, disk, asked, view, writers, streams, look } = await followed("a", "b");
    const way = Promise.withResolvers<void>();
    view.way = way.promise;
    for (const writer of writers.values()) await append(writer);
    const looked = look.look();
    await asked(1);
    const [left] = streams.splice(0, 1);
    way.resolve();
    await looked;
    expect([left?.state.sequence, left?.seenMs, streams[0]?.state.sequence]).toEqual([0, undefined, 1]);
    const writer = await writerOf(disk, clock, "a", left?.state);
    await append(writer);
    expect(left?.end.sequence).toBe(2);
  });

  it("never has a record folded twice or a wrong link where one stream is looked at by itself, too", async () => {
    const { disk, clock, asked, view, writers, streams, look } = await followed("a");
    const folded: number[] = [];
    streams[0] = new FollowedStream<DeskState, DeskEvent>({
      ...{ ...shared, name: "a", state: emptyDesk(), store: disk, clock },
      apply(state, recorded) {
        folded.push(recorded.sequence);
        applyDeskEvent(state, recorded);
      },
    });
    await append(writers.get("a"), 2);
    const way = Promise.withResolvers<void>();
    view.way = way.promise;
    const looked = look.look();
    await asked(1);
    await append(writers.get("a"), 3);
    await streams[0].look();
    way.resolve();
    await looked;
    expect(folded).toEqual([1, 2, 3, 4, 5]);
    expect(streams[0].end).toEqual(writers.get("a")?.end);
  });

  it("gives up on a store that has more and never shows it", async () => {
    const { clock, streams } = await followed("a");
    const news: Store["news"] = async () => ({ rows: new Map(), more: new Set(["a"]) });
    await expect(new JointLook({ store: { news }, clock, streams: () => streams }).look()).rejects.toThrow(StoreUnavailable);
  });

  it("asks nothing where nothing is followed", async () => {
    const { questions, look } = await followed();
    await look.look();
    expect(questions).toEqual([]);
  });
});

describe("two processes that each write their own stream and then look at the other's", () => {
  /** One of them, whose way to the store and back takes a time of its own for each call. */
  async function joined(server: MemoryServer, clock: FakeClock, [name, other]: readonly [string, string], seed: number) {
    const next = random(seed);
    const facts = { name, role: "engine", pid: seed, host: "test", version: "1", startedMs: 0 } as const;
    const travel = () => clock.sleep(Math.floor(next() * 40));
    let stops = false;
    const joining = MemoryProcess.join(server, facts, { clock, leaseMs: 600_000, travel: () => (stops ? Promise.resolve() : travel()) });
    await clock.advance(1_000);
    const { store } = await joining;
    const opening = writerOf(store, clock, name);
    await clock.advance(1_000);
    const writer = await opening;
    const stream = followerOf(store, clock, other);
    const look = new JointLook({ store, clock, streams: () => [stream] });
    const end = async () => {
      stops = true;
      await store.close();
    };
    return { writer, stream, look, end };
  }

  it.each([1, 2, 3, 4])("never both miss what the other has written, whatever the way takes (%i)", async (seed) => {
    const clock = new FakeClock();
    const server = new MemoryServer(clock);
    const one = await joined(server, clock, ["account:one", "account:other"], seed);
    const other = await joined(server, clock, ["account:other", "account:one"], seed + 100);
    let misses = 0;
    for (let round = 1; round <= 100; round += 1) {
      const pass = async ({ writer, stream, look }: typeof one) => {
        await append(writer);
        await look.look();
        return stream.state.sequence === round;
      };
      const passing = Promise.all([pass(one), pass(other)]);
      await clock.advance(500);
      const saw = await passing;
      expect(saw).toContain(true);
      misses += saw.filter((each) => !each).length;
      // Both begin the next round with the same books.
      const again = Promise.all([one.look.look(), other.look.look()]);
      await clock.advance(200);
      await again;
    }
    // It was close often enough to mean something.
    expect(misses).toBeGreaterThan(5);
    await Promise.all([one.end(), other.end()]);
  });
});
