import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../kit/desk-rig.ts";
import { cleanUpAfterEach, startRig, storeFile } from "../kit/desk-stage.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const BEAT_MS = 5_000;
const PATH = "/ping/of-this-desk";

const monitors: { stop(): void }[] = [];
cleanUpAfterEach();
afterEach(() => {
  for (const monitor of monitors.splice(0)) monitor.stop();
});

/** An outside monitor that counts who calls. */
async function startMonitor() {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? "");
    response.end("OK");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  monitors.push({ stop: () => server.close().closeAllConnections() });
  const address = server.address();
  return { calls, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}${PATH}` };
}

describe("the heartbeat to an outside monitor", () => {
  it("comes every half minute while the desk is well, also while a person has halted it, and not while its store hangs", async () => {
    const { calls, url } = await startMonitor();
    const clock = new FakeClock();
    const rig = await startRig({ file: storeFile(), clock, environment: { HEARTBEAT_URL: url } });
    const live = async (seconds: number) => {
      for (let passed = 0; passed < seconds * 1_000; passed += BEAT_MS) {
        await clock.advance(BEAT_MS);
        await rig.beat();
        await settled();
      }
    };
    // Snapshots are written by another thread: a real moment for each beat.
    const settled = () => rig.desk.opened.pulse.keep();
    await rig.beat();
    await until(() => calls.length === 1);
    await live(60);
    await until(() => calls.length === 3);
    expect(new Set(calls)).toEqual(new Set([PATH]));

    rig.gate.hold((name) => name === "saveSnapshot");
    for (let beat = 0; beat < 24; beat += 1) {
      await clock.advance(BEAT_MS);
      await rig.beat();
    }
    expect(rig.desk.opened.engine.health().problems.join()).toContain("the store has not written");
    rig.gate.release();
    await settled();
    await rig.beat();
    await until(() => calls.length === 4);

    expect(await rig.admin.run("system halt reason:news")).toContain("halted");
    await live(60);
    await until(() => calls.length === 6);
  });
});
