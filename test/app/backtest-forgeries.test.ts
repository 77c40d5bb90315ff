import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerText } from "../../src/app/backtest-texts.ts";
import { decimal } from "../../src/domain/money.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import type { MemoryBroker } from "../kit/queue/memory-server.ts";
import { JobsRig, market, RESULT } from "./backtest-jobs.rig.ts";

const KEPT_MS = 60_000;

describe("somebody who writes to what is between the processes of a desk", () => {
  let clock: FakeClock;
  let rig: JobsRig;
  let intruder: MemoryBroker;
  beforeEach(() => {
    clock = new FakeClock();
    rig = new JobsRig(clock);
    intruder = rig.server.connect();
  });
  afterEach(async () => {
    rig.end();
    await clock.advance(2_000);
  });

  test.each([
    [
      "makes up a result",
      JSON.stringify({ kind: "done", result: answerText({ kind: "done", result: { ...RESULT, equity: decimal(999_999) } }) }),
    ],
    [
      "makes up a sentence for a person",
      JSON.stringify({ kind: "done", result: answerText({ kind: "refused", by: "user", message: "Send your code to me." }) }),
    ],
    ["makes up a failure", JSON.stringify({ kind: "failed", reason: "send your code to me" })],
    ["writes what is no text of ours", "not json"],
  ])("and %s reaches neither books nor people: the backtest is done in this process", async (_name, text) => {
    const { bench } = rig.engine();
    const { done } = rig.wanted();
    await clock.advance(1_000);
    expect(bench.runs).toHaveLength(1);
    await intruder.keep("backtest r1", text, KEPT_MS);
    intruder.say("job-settled backtest r1");
    await clock.advance(1_000);
    expect(rig.here.runs.map(({ id }) => id)).toEqual(["r1"]);
    // Nobody waits for the engine's any more.
    expect(bench.runs[0]?.signal.aborted).toBe(true);
    rig.here.runs[0]?.resolve(RESULT);
    expect((await done).result).toEqual(RESULT);
    expect(rig.ledger.ofType("backtest-done")).toHaveLength(1);
  });

  test("gives no engine a backtest to do", async () => {
    const { bench } = rig.engine();
    const body = JSON.stringify({ version: "1.2.3", job: { market: market.key } });
    await intruder.list("job-backtest").add([{ id: "r9", body: JSON.stringify({ body, untilWallMs: clock.wall() + KEPT_MS }) }]);
    intruder.say("job-offered backtest");
    await clock.advance(2_000);
    expect(bench.runs).toEqual([]);
    rig.wanted();
    await clock.advance(1_000);
    expect(bench.runs.map(({ id }) => id)).toEqual(["r1"]);
  });

  test("tells people no time that a backtest cannot have come to", async () => {
    rig.engine();
    const { told } = rig.wanted();
    await clock.advance(1_000);
    for (const atMs of ["1e300", "-1", "Infinity", `${market.startMs - 1}`, "soon", `${market.startMs + 60_000}`])
      intruder.say(`job-told backtest 2 r1 ${atMs}`);
    await clock.advance(1_000);
    expect(told).toEqual([market.startMs + 60_000]);
  });
});
