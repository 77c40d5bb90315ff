import { describe, expect, it } from "vitest";
import { BODY_CHARS_MAX, JobTooLate, QueueUnavailable, RESULT_CHARS_MAX } from "../../../src/ports/queue.ts";
import { type QueueStage, settledOn } from "./stage.ts";

const HANDLING = { concurrency: 2, timeoutMs: 60_000 };
const wish = (id: string, body = "body", timeoutMs = 60_000) => ({ kind: "report", id, body, timeoutMs });

export function jobContract(stage: () => QueueStage): void {
  const settled = <T>(promise: Promise<T>) => settledOn(stage(), promise);

  describe("work", () => {
    it("is done by a process that handles its kind, and its result or the reason of its failure comes back", async () => {
      const [gateway, engine] = [await stage().process(), await stage().process()];
      engine.queue.handle("report", {
        ...HANDLING,
        run: async ({ id, body }) => {
          if (body === "bad") throw new Error("there is no such report");
          return `${id} of ${body}`;
        },
      });
      expect(await settled(gateway.queue.submit(wish("r:1")))).toEqual({ kind: "done", result: "r:1 of body" });
      expect(await settled(gateway.queue.submit(wish("2", "bad")))).toEqual({ kind: "failed", reason: "there is no such report" });
    });

    it("is answered from what is kept when it is asked for again", async () => {
      const [gateway, engine] = [await stage().process(), await stage().process()];
      let runs = 0;
      engine.queue.handle("report", {
        ...HANDLING,
        run: async () => {
          runs += 1;
          return `run ${runs}`;
        },
      });
      const asked = [gateway, engine, gateway].map(({ queue }) => queue.submit(wish("same")));
      for (const each of asked) expect(await settled(each)).toEqual({ kind: "done", result: "run 1" });
      expect(await settled(gateway.queue.submit(wish("same")))).toEqual({ kind: "done", result: "run 1" });
      expect(runs).toBe(1);
    });

    it("is bounded for each process, and waits meanwhile", async () => {
      const { queue } = await stage().process();
      const open: (() => void)[] = [];
      let most = 0;
      let now = 0;
      queue.handle("report", {
        ...HANDLING,
        run: async () => {
          now += 1;
          most = Math.max(most, now);
          await new Promise<void>((resolve) => open.push(resolve));
          now -= 1;
          return "";
        },
      });
      const asked = Promise.all(["a", "b", "c", "d", "e"].map((id) => queue.submit(wish(id))));
      for (let done = 0; done < 5; done += 1) {
        const together = Math.min(2, 5 - done);
        await stage().until(`${together} are being done`, () => open.length === together);
        open.shift()?.();
      }
      expect(await settled(asked)).toHaveLength(5);
      expect(most).toBe(2);
    });

    it("is done by another process when one dies with it, and by none when three did", async () => {
      const gateway = await stage().process();
      for (let death = 1; death <= 3; death += 1) {
        const engine = await stage().process();
        const begun: string[] = [];
        engine.queue.handle("report", {
          ...HANDLING,
          run: ({ id }, signal) => {
            begun.push(id);
            return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("ended"))));
          },
        });
        if (death === 1) gateway.queue.submit(wish("deadly", "", 90_000)).catch(() => undefined);
        await stage().until(`it was begun ${death} times`, () => begun.length === 1);
        engine.cut();
      }
      const last = await stage().process();
      last.queue.handle("report", { ...HANDLING, run: async () => "survived" });
      const outcome = await settled(gateway.queue.submit(wish("deadly", "", 90_000)));
      expect(outcome).toEqual({ kind: "failed", reason: "it was begun 3 times, and each time its process ended before it" });
    });

    it("goes to another process when the one that does it is ended", async () => {
      const [gateway, first, second] = [await stage().process(), await stage().process(), await stage().process()];
      const begun: string[] = [];
      const shift = first.queue.handle("report", {
        ...HANDLING,
        run: ({ id }, signal) => {
          begun.push(id);
          return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("ended"))));
        },
      });
      const asked = gateway.queue.submit(wish("moved"));
      await stage().until("it was begun", () => begun.length === 1);
      second.queue.handle("report", { ...HANDLING, run: async () => "by the second" });
      await settled(shift.end());
      expect(await settled(asked)).toEqual({ kind: "done", result: "by the second" });
    });

    it("fails when it takes too long, and is told so by its signal", async () => {
      const { queue } = await stage().process();
      let isTold = false;
      queue.handle("report", {
        concurrency: 1,
        timeoutMs: 300,
        run: (_job, signal) =>
          new Promise((resolve) =>
            signal.addEventListener("abort", () => {
              isTold = true;
              resolve("too late");
            }),
          ),
      });
      expect(await settled(queue.submit(wish("slow")))).toEqual({ kind: "failed", reason: "it took longer than 0.3 s" });
      expect(isTold).toBe(true);
    });
  });

  describe("who waits for work", () => {
    it("is told when nobody has done it in time, and then nobody does it", async () => {
      const { queue } = await stage().process();
      await expect(settled(queue.submit(wish("early", "body", 1_000)))).rejects.toThrow(JobTooLate);
      const done: string[] = [];
      queue.handle("report", {
        ...HANDLING,
        run: async ({ id }) => {
          done.push(id);
          return "";
        },
      });
      await settled(queue.submit(wish("later")));
      expect(done).toEqual(["later"]);
    });

    it("hears what is told of it while it is done", async () => {
      const [gateway, engine] = [await stage().process(), await stage().process()];
      const heard: string[] = [];
      const hears = (id: string) => gateway.queue.submit({ ...wish(id), onTold: (told) => heard.push(`${id}: ${told}`) });
      let isHeard = false;
      engine.queue.handle("report", {
        ...HANDLING,
        run: async ({ id }, _signal, tell) => {
          while (!isHeard) {
            tell(`half of ${id}`);
            await stage().clock.sleep(50);
          }
          return "";
        },
      });
      const both = Promise.all([hears("r"), hears("r 1")]);
      await stage().until("both are heard of", () => new Set(heard).size === 2);
      isHeard = true;
      await settled(both);
      expect([...new Set(heard)].sort()).toEqual(["r 1: half of r 1", "r: half of r"]);
    });

    it("may give it up: nobody begins it any more, and who does it is told to end", async () => {
      const [gateway, engine] = [await stage().process(), await stage().process()];
      const reason = new Error("nobody wants it any more");
      const givesUp = (id: string) => {
        const giving = new AbortController();
        const waiting = gateway.queue.submit({ ...wish(id), signal: giving.signal });
        waiting.catch(() => undefined);
        return { waiting, giveUp: () => giving.abort(reason) };
      };
      const early = givesUp("early");
      early.giveUp();
      await expect(settled(early.waiting)).rejects.toBe(reason);
      const done: string[] = [];
      let isTold = false;
      engine.queue.handle("report", {
        ...HANDLING,
        run: ({ id }, signal) => {
          done.push(id);
          if (done.length > 1) return Promise.resolve("done again");
          return new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => {
              isTold = true;
              reject(new Error("ended"));
            }),
          );
        },
      });
      const late = givesUp("late");
      await stage().until("it was begun", () => done.length > 0);
      late.giveUp();
      await expect(settled(late.waiting)).rejects.toBe(reason);
      await stage().until("who does it was told", () => isTold);
      expect(done).toEqual(["late"]);
      expect(await settled(gateway.queue.submit(wish("late")))).toEqual({ kind: "done", result: "done again" });
    });

    it("is told when nothing answers", async () => {
      const { queue } = await stage().process();
      const waiting = queue.submit(wish("before"));
      waiting.catch(() => undefined);
      await stage().stop();
      await expect(settled(queue.submit(wish("after")))).rejects.toThrow(QueueUnavailable);
      await expect(settled(waiting)).rejects.toThrow(QueueUnavailable);
      await stage().start();
    });

    it("gets its outcome though everything was forgotten meanwhile", async () => {
      const [gateway, engine] = [await stage().process(), await stage().process()];
      const waiting = gateway.queue.submit(wish("again"));
      await stage().flush();
      engine.queue.handle("report", { ...HANDLING, run: async () => "done" });
      expect(await settled(waiting)).toEqual({ kind: "done", result: "done" });
    });

    it("is refused what is too long, and told of results that are", async () => {
      const { queue } = await stage().process();
      await expect(queue.submit(wish("long", "x".repeat(BODY_CHARS_MAX + 1)))).rejects.toThrow("at most 262144 characters");
      await expect(queue.submit({ ...wish("a"), kind: "No Kind" })).rejects.toThrow(RangeError);
      queue.handle("report", { ...HANDLING, run: async () => "x".repeat(RESULT_CHARS_MAX + 1) });
      expect(await settled(queue.submit(wish("much")))).toMatchObject({ kind: "failed" });
    });
  });
}
