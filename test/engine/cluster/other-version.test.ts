import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { UnknownEvent } from "../../../src/domain/event-codec.ts";
import type { DeskEvent } from "../../../src/domain/events.ts";
import { perform } from "../../../src/engine/cluster/calls.ts";
import { appendFor } from "../../../src/engine/cluster/followed-desk.ts";
import { DESK_STREAM } from "../../../src/engine/streams.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { desk, fatalOf, running } from "../../kit/cluster-desk.ts";
import { type ClusterRig, streamOf } from "../../kit/cluster-rig.ts";
import { recordedEvents } from "../../kit/engine-rig.ts";
import { MemoryProcess } from "../../kit/memory-cluster/process.ts";

const STREAM = streamOf("discord:1");

/** Lets a process of a newer version write what no other knows into an account's stream, which it takes from nobody. */
async function writesNews({ server, clock }: ClusterRig): Promise<void> {
  const facts = { name: "newer", role: "engine", pid: 99, host: "test", version: "9.0.0", startedMs: clock.wall() } as const;
  const { store } = await MemoryProcess.join(server, facts, { clock, onTaken: () => undefined });
  const { epoch } = await store.acquire(STREAM);
  const rows = await store.read(STREAM, 0, 1_000);
  await store.append({ stream: STREAM, epoch, expectedSequence: rows.length, bodies: ['{"v":1,"event":{"type":"bot-warmed"}}'] });
}

describe("a process beside one of a newer version", () => {
  it("ends when it reads what it does not know, and knows by then all that came before", async () => {
    const { rig, gateway } = await desk(1);
    await running(rig, "one");
    const [, engine] = rig.processes;
    engine!.kill();
    await rig.beat(16);
    const known = gateway.rig.books("discord:1").sequence;
    await writesNews(rig);
    await rig.beat(2);
    expect(fatalOf(rig).every((failure) => failure instanceof UnknownEvent)).toBe(true);
    expect(fatalOf(rig)).not.toEqual([]);
    expect(gateway.rig.books("discord:1").sequence).toBe(known);
  });

  it("starts no desk of which it cannot read all accounts, and the next start is not told of a crash", async () => {
    const { rig, gateway } = await desk(1);
    await running(rig, "one");
    await gateway.rig.stop("stopped");
    await gateway.process.store.close();
    rig.processes[1]!.kill();
    await rig.beat(16);
    await writesNews(rig);
    await expect(rig.start("gateway")).rejects.toThrow(UnknownEvent);
    const last = (await recordedEvents<DeskEvent>(rig.server.disk, DESK_STREAM)).slice(-2).map(({ event }) => event);
    expect(last).toMatchObject([
      { type: "desk-started" },
      { type: "desk-stopped", reason: expect.stringContaining("cannot read all accounts") },
    ]);
  });

  it("says to a person that it cannot do what only the newer one can", async () => {
    const { rig } = await desk(1);
    const { engine } = rig.processes[1]!.rig;
    await expect(perform({ engine, live: undefined as never }, "warmBot", [])).rejects.toThrow(UserError);
    await expect(perform({ engine, live: undefined as never }, "warmBot", [])).rejects.toThrow(
      /nothing was done.*one version; system nodes/,
    );
  });

  it("tells one that wants to say something new to the desk to say it later, and refuses what an engine may never say", async () => {
    const { rig, gateway } = await desk(1);
    const engine = rig.processes[1]!;
    const news = { type: "bot-warmed", bot: "one" } as never;
    await expect(rig.during(engine.rig.desk.append([news]))).rejects.toThrow(StoreUnavailable);
    const halted = { type: "resumed", reason: "no", by: "engine" } as const;
    await expect(appendFor(gateway.rig.desk, [[halted]])).rejects.toThrow(/an engine may not write "resumed"/);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("reads the stream where the books were kept in a shape that it does not know", async () => {
    const { rig, gateway } = await desk(1);
    await running(rig, "one");
    const { sequence } = gateway.rig.books("discord:1");
    const body = JSON.stringify({ version: 99, marketMs: 0, state: { sequence, bots: "elsewhere" }, books: {} });
    await gateway.process.store.saveSnapshot({ stream: STREAM, sequence, body });
    const engine = await rig.start("engine");
    await rig.beat(2);
    expect(engine.rig.books("discord:1").bots.size).toBe(1);
    expect(engine.rig.front.bot("one")?.state.status).toBe("running");
  });
});
