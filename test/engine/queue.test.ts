import { describe, expect, it } from "vitest";
import { SerialQueue } from "../../src/engine/queue.ts";

describe("a serial queue", () => {
  it("runs one task after another, and a failed one lets the next run", async () => {
    const queue = new SerialQueue();
    const ran: string[] = [];
    const slow = queue.run(async () => {
      await Promise.resolve();
      ran.push("first");
    });
    const failed = queue.run(() => Promise.reject(new Error("no")));
    const last = queue.run(async () => void ran.push("last"));
    expect(queue.depth).toBe(3);
    await slow;
    await expect(failed).rejects.toThrow("no");
    await last;
    expect(ran).toEqual(["first", "last"]);
    expect(queue.depth).toBe(0);
  });

  it("lets what lowers risk overtake everything that waits, in its own order, but not what runs", async () => {
    const queue = new SerialQueue();
    const ran: string[] = [];
    const note = (name: string) => async () => void ran.push(name);
    const gate = Promise.withResolvers<void>();
    void queue.run(async () => {
      await gate.promise;
      ran.push("running");
    });
    await Promise.resolve();
    for (const name of ["step 1", "step 2"]) void queue.run(note(name));
    for (const name of ["panic", "stop"]) void queue.runFirst(note(name));
    gate.resolve();
    await queue.idle();
    expect(ran).toEqual(["running", "panic", "stop", "step 1", "step 2"]);
  });

  it("is idle when all that was queued has ended, also after a failure", async () => {
    const queue = new SerialQueue();
    const ran: string[] = [];
    queue.run(() => Promise.reject(new Error("no"))).catch(() => ran.push("told"));
    void queue.runFirst(async () => void ran.push("urgent"));
    await queue.idle();
    expect(ran).toEqual(["urgent", "told"]);
    await queue.idle();
  });
});
