import { expect, it } from "vitest";
import { type JobWish, QueueUnavailable } from "../../../src/ports/queue.ts";
import { type QueueStage, type StagedProcess, settledOn } from "./stage.ts";

const HANDLING = { concurrency: 2, timeoutMs: 60_000 };
const KEPT_MS = 60_000;
const FORGED = JSON.stringify({ kind: "done", result: "equity 999999" });
const wish = (id: string, body = "body"): JobWish => ({ kind: "report", id, body, timeoutMs: 60_000 });

/** What ordinary work may rely on where others write to what is between the processes, too: they have its connection and not the key of the desk. */
export function forgeryContract(stage: () => QueueStage): void {
  const settled = <T>(promise: Promise<T>) => settledOn(stage(), promise);

  /** What is there at last. */
  async function found<T>(ask: () => Promise<T | undefined>): Promise<T> {
    let answer: T | undefined;
    let isAsking = false;
    await stage().until("it is there", () => {
      if (answer === undefined && !isAsking) {
        isAsking = true;
        void ask().then((each) => {
          answer = each;
          isAsking = false;
        });
      }
      return answer !== undefined;
    });
    return answer as T;
  }

  /** Whether a process that was cut off has its way again. */
  function reachable({ queue }: StagedProcess): () => boolean {
    let answers = false;
    const answered = () => {
      answers = true;
    };
    return () => {
      queue.ensure([]).then(answered, () => undefined);
      return answers;
    };
  }

  /** Does every job, and knows which ones. */
  function working({ queue }: StagedProcess): string[] {
    const done: string[] = [];
    queue.handle("report", {
      ...HANDLING,
      run: async ({ id, body }) => {
        done.push(`${id} of ${body}`);
        return `${id} of ${body}`;
      },
    });
    return done;
  }

  it.each([
    ["made up", FORGED],
    ["made up with a signature", JSON.stringify({ ...JSON.parse(FORGED), signature: "0".repeat(64) })],
    ["no outcome", "not json"],
    ["none of all words", "null"],
  ])("takes no outcome that is %s, and says that nothing is known", async (_name, text) => {
    const [{ queue }, intruder] = [await stage().process(), await stage().intruder()];
    await intruder.keep("report 1", text, KEPT_MS);
    await expect(settled(queue.submit(wish("1")))).rejects.toThrow(QueueUnavailable);
    await expect(settled(queue.submit(wish("1")))).rejects.toThrow("signed by no process of this desk");
  });

  it("takes an outcome neither for another job nor for another body of the same job", async () => {
    const [gateway, engine, intruder] = [await stage().process(), await stage().process(), await stage().intruder()];
    working(engine);
    expect(await settled(gateway.queue.submit(wish("1", "cheap")))).toEqual({ kind: "done", result: "1 of cheap" });
    const honest = (await intruder.kept("report 1")) ?? "";
    await intruder.keep("report 2", honest, KEPT_MS);
    await expect(settled(gateway.queue.submit(wish("2", "cheap")))).rejects.toThrow(QueueUnavailable);
    await expect(settled(gateway.queue.submit(wish("1", "dear")))).rejects.toThrow(QueueUnavailable);
    await intruder.keep("report 1", honest.replace("cheap", "dear"), KEPT_MS);
    await expect(settled(gateway.queue.submit(wish("1", "cheap")))).rejects.toThrow(QueueUnavailable);
    await intruder.keep("report 1", honest, KEPT_MS);
    expect(await settled(gateway.queue.submit(wish("1", "cheap")))).toEqual({ kind: "done", result: "1 of cheap" });
  });

  it("does no job that was made up or changed, and says so once", async () => {
    const [gateway, engine, intruder] = [await stage().process(), await stage().process(), await stage().intruder()];
    const waiting = gateway.queue.submit(wish("honest"));
    const list = intruder.list("job-report");
    const taken = await found(() => list.take());
    const swapped = taken.body.replace('"body":"body"', '"body":"other"');
    const made = JSON.stringify({ body: "body", untilWallMs: stage().clock.wall() + KEPT_MS });
    await list.add([made, "not json", "null", taken.body, swapped].map((body, index) => ({ id: `forged ${index}`, body })));
    await list.finish(taken);
    await list.add([{ id: "honest", body: swapped }]);
    const done = working(engine);
    expect(await settled(waiting)).toEqual({ kind: "done", result: "honest of body" });
    expect(done).toEqual(["honest of body"]);
    expect(engine.warnings.filter((warning) => warning.includes("signed"))).toHaveLength(1);
  });

  it("does a job though its outcome was made up already, and puts its own in the place", async () => {
    const [gateway, engine, intruder] = [await stage().process(), await stage().process(), await stage().intruder()];
    gateway.queue.submit(wish("1")).catch(() => undefined);
    const list = intruder.list("job-report");
    const taken = await found(() => list.take());
    gateway.cut();
    await intruder.keep("report 1", FORGED, KEPT_MS);
    await list.offer(taken, 0);
    working(engine);
    const own = await found(async () => {
      const text = await intruder.kept("report 1");
      return text === FORGED ? undefined : text;
    });
    expect(own).toContain("1 of body");
    gateway.mend();
    await stage().until("it can be asked again", reachable(gateway));
    expect(await settled(gateway.queue.submit(wish("1")))).toEqual({ kind: "done", result: "1 of body" });
  });
}
