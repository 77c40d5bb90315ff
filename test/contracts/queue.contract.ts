import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QueueUnavailable } from "../../src/ports/queue.ts";
import { accountContract } from "./queue/accounts.ts";
import { forgeryContract } from "./queue/forgeries.ts";
import { jobContract } from "./queue/jobs.ts";
import type { QueueStage } from "./queue/stage.ts";

/** The contract of src/ports/queue.ts. Every queue passes it. */
export function queueContract(name: string, open: () => Promise<QueueStage>): void {
  describe(`${name} keeps the queue contract`, () => {
    let stage: QueueStage;
    beforeEach(async () => {
      stage = await open();
    });
    afterEach(() => stage.end());

    describe("accounts", () => accountContract(() => stage));
    describe("ordinary work", () => jobContract(() => stage));
    describe("ordinary work, where others write, too,", () => forgeryContract(() => stage));
    describe("words", () => wordContract(() => stage));
  });
}

function wordContract(stage: () => QueueStage): void {
  it("reach every process, together when they come together, and end with the listener", async () => {
    const [a, b] = [await stage().process(), await stage().process()];
    const heard: string[] = [];
    const heardHere: string[] = [];
    const stop = b.queue.onTell((topic) => heard.push(topic));
    a.queue.onTell((topic) => heardHere.push(topic));
    // A connection that hears may need a moment, and what is lost is told again.
    await stage().until("both hear", () => {
      a.queue.tell("hello");
      return heard.length > 0 && heardHere.length > 0;
    });
    for (let time = 0; time < 500; time += 1) a.queue.tell("desk");
    b.queue.tell("account:ann");
    await stage().until("both were heard", () => heard.includes("desk") && heard.includes("account:ann"));
    stop();
    a.queue.tell("last");
    await stage().until("it was heard by the other", () => heardHere.includes("last"));
    expect(heard.filter((topic) => topic === "desk").length).toBeLessThanOrEqual(2);
    expect(heard).not.toContain("last");
  });

  it("are lost without harm while nothing answers, and heard again after it", async () => {
    const [a, b] = [await stage().process(), await stage().process()];
    const heard: string[] = [];
    b.queue.onTell((topic) => heard.push(topic));
    await stage().stop();
    a.queue.tell("lost");
    await expect(a.queue.ensure(["account:ann"])).rejects.toThrow(QueueUnavailable);
    await stage().start();
    await stage().until("it is heard", () => {
      a.queue.tell("back");
      return heard.includes("back");
    });
    expect(heard).not.toContain("lost");
  });
}
