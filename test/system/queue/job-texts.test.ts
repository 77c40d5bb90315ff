import { describe, expect, it } from "vitest";
import type { JobOutcome } from "../../../src/ports/queue.ts";
import { outcomeText, parseOutcome, parseWaiting, waitingText } from "../../../src/system/queue/job-texts.ts";
import { canary } from "../../kit/canary/canary.ts";
import { testSignatures } from "../../kit/queue/signatures.ts";

const OWN = testSignatures();
const JOB = { kind: "report", id: "r:1", body: '{"bot":"dip"}' };
const DONE: JobOutcome = { kind: "done", result: "10000.5" };

describe("the text of a job", () => {
  it("is read by a process of the same desk alone, under its own kind and id, with its own time", () => {
    const text = waitingText(JOB, 60_000, OWN);
    expect(parseWaiting(text, JOB, OWN)).toEqual({ body: JOB.body, untilWallMs: 60_000 });
    for (const other of [testSignatures({ desk: "other" }), testSignatures({ key: canary("other key") })])
      expect(parseWaiting(text, JOB, other)).toBeUndefined();
    for (const other of [
      { ...JOB, kind: "chart" },
      { ...JOB, id: "r:2" },
    ])
      expect(parseWaiting(text, other, OWN)).toBeUndefined();
    expect(parseWaiting(text.replace("60000", "90000"), JOB, OWN)).toBeUndefined();
  });
});

describe("the text of an outcome", () => {
  it("counts for its own job alone, and as what it is", () => {
    const text = outcomeText(JOB, DONE, OWN);
    expect(parseOutcome(text, JOB, OWN)).toEqual(DONE);
    expect(parseOutcome(text, JOB, testSignatures({ desk: "other" }))).toBeUndefined();
    for (const other of [{ kind: "chart" }, { id: "r:2" }, { body: "{}" }])
      expect(parseOutcome(text, { ...JOB, ...other }, OWN)).toBeUndefined();
    const failed = text.replace('"done","result"', '"failed","reason"');
    expect(JSON.parse(failed)).toMatchObject({ kind: "failed", reason: "10000.5" });
    expect(parseOutcome(failed, JOB, OWN)).toBeUndefined();
  });

  it("is none where the signature of the job stands in the place of its own", () => {
    const { signature } = JSON.parse(waitingText({ ...JOB, body: "10000.5" }, 60_000, OWN));
    expect(parseOutcome(JSON.stringify({ ...DONE, signature }), JOB, OWN)).toBeUndefined();
  });
});
