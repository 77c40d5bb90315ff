import { expect, it } from "vitest";
import { NewerBuild, namingBuild, namingFatal } from "../../src/app/newer-build.ts";
import { messageOf } from "../../src/domain/errors.ts";
import { decodeEvent, encodeEvent } from "../../src/domain/event-codec.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { DESK_STREAM } from "../../src/engine/streams.ts";
import type { Member } from "../../src/ports/cluster.ts";
import { type Store, StoreUnavailable } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const options = { clock: new FakeClock(), version: "0.9.0" };

/** What reading a record fails with that a newer build wrote. */
function unknown(): unknown {
  try {
    return decodeEvent(7, '{"v":1,"event":{"type":"bot-warmed"}}');
  } catch (failure) {
    return failure;
  }
}

/** A store whose desk was started by these versions, one after the other. */
async function startedBy(...versions: readonly string[]): Promise<Store> {
  const store = openMemoryStore();
  const { epoch } = await store.acquire(DESK_STREAM);
  const facts = { wallMs: wallMs(1), marketMs: marketMs(1), requestId: undefined };
  const bodies = versions.map((version) =>
    encodeEvent({ ...facts, event: { type: "desk-started", version, safe: false, crash: undefined } }),
  );
  await store.append({ stream: DESK_STREAM, epoch, expectedSequence: 0, bodies: [...bodies, '{"v":9,"event":{"type":"what"}}'] });
  return store;
}

/** Puts processes of these versions beside this one, or others in their place. */
function shared(store: Store, versions: readonly string[]): Store {
  return Object.assign(store, { cluster: { members: async () => versions.map((version) => ({ version }) as Member) } });
}

it("a process that meets an unknown event names the version that works on the desk beside it, or that had the desk last", async () => {
  const store = await startedBy("0.8.0", "0.10.0", "0.9.0");
  const said =
    'STORE_URL: row 7 holds the event "bot-warmed" of version 1, which version 0.9.0 does not know. Start version 0.10.0 or a newer one, or put a backup of before it in its place.';
  const failure = await namingBuild(unknown(), store, options);
  expect(failure).toBeInstanceOf(NewerBuild);
  expect(messageOf(failure)).toBe(said);
  expect(messageOf(await namingBuild(unknown(), shared(store, ["0.8.0", "0.11.0"]), options))).toBe(said.replace("0.10.0", "0.11.0"));
  // No process of a newer version is there any more.
  expect(messageOf(await namingBuild(unknown(), shared(store, ["0.9.0"]), options))).toBe(said);
});

it("a version that nobody can name is called the newer one, whether none is known or the store does not answer", async () => {
  const closed = shared(await startedBy("0.10.0"), []);
  closed.read = () => Promise.reject(new StoreUnavailable("the store is closed"));
  for (const store of [await startedBy("0.8.0"), closed, undefined])
    expect(messageOf(await namingBuild(unknown(), store, options))).toMatch(
      /does not know\. Start the newer version that wrote it, or put/,
    );
});

it("everything else is what it was, also for a process at work", async () => {
  const store = await startedBy("0.10.0");
  const other = new Error("the disk is gone");
  expect(await namingBuild(other, store, options)).toBe(other);
  const fatal: unknown[] = [];
  const onFatal = namingFatal({ ...options, onFatal: (failure) => void fatal.push(failure) }, store);
  onFatal(other);
  onFatal(unknown());
  await expect.poll(() => fatal.length).toBe(2);
  expect([fatal[0], fatal[1] instanceof NewerBuild]).toEqual([other, true]);
});
