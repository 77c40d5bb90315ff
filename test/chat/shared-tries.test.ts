import { beforeEach, describe, expect, test } from "vitest";
import { Tries } from "../../src/chat/tries.ts";
import type { Place } from "../../src/ports/platform.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { MemoryTries } from "../kit/shared/memory-tries.ts";
import { ADMIN, ChatDesk, textOf } from "./door.ts";

const PHONE = "telegram:9";
const CHAT: Place = { platform: "telegram", id: "telegram:9", direct: true };
const LIMITS = { triesMax: 3, perMs: 60_000, peopleMax: 10 };

describe("tries that processes count together", () => {
  let clock: FakeClock;
  let all: MemoryTries;
  let a: Tries;
  let b: Tries;

  beforeEach(() => {
    clock = new FakeClock();
    all = new MemoryTries(clock);
    [a, b] = [new Tries(clock, LIMITS, { all, what: "code" }), new Tries(clock, LIMITS, { all, what: "code" })];
  });

  test("end at one of them when another has seen them all, for as long as there", async () => {
    a.miss("ann");
    await clock.advance(20_000);
    a.miss("ann");
    await b.recount("ann");
    expect(b.left("ann")).toBe(1);
    expect(b.miss("ann")).toBe(0);
    await a.recount("ann");
    expect([a.left("ann"), b.left("ann"), a.left("bob")]).toEqual([0, 0, 3]);
    await clock.advance(40_000);
    await Promise.all([a.recount("ann"), b.recount("ann")]);
    expect([a.left("ann"), b.left("ann")]).toEqual([3, 3]);
  });

  test("are forgotten by all after a right one", async () => {
    a.miss("ann");
    a.forget("ann");
    await b.recount("ann");
    expect([a.left("ann"), b.left("ann")]).toEqual([3, 3]);
  });

  test("are counted by each process alone while nothing answers, and no fewer after a loss", async () => {
    a.miss("ann");
    all.isDeaf = true;
    a.miss("ann");
    await a.recount("ann");
    expect(a.left("ann")).toBe(1);
    all.isDeaf = false;
    all.flush();
    await a.recount("ann");
    expect(a.left("ann")).toBe(1);
    expect(a.miss("ann")).toBe(0);
  });

  test("of other things are not mixed", async () => {
    const other = new Tries(clock, LIMITS, { all, what: "digits" });
    a.miss("ann");
    await other.recount("ann");
    expect(other.left("ann")).toBe(3);
  });
});

describe("a guesser", () => {
  test("who was stopped at one process of a desk is stopped at the next one, too, also with the right code", async () => {
    const sharedTries = new MemoryTries(new FakeClock());
    const open = () => ChatDesk.open({ sharedTries, claim: undefined });
    const [first, second] = [await open(), await open()];
    for (let time = 0; time < 5; time += 1) await first.type("access link code:aaaaaaaaaaaa", PHONE, CHAT);
    const asked = await second.type("access link");
    await second.approve(asked);
    const [, code = ""] = /access link code:(\w+)/.exec(textOf(await second.press(asked, "Continue"))) ?? [];
    expect(code).toHaveLength(12);
    expect((await second.type(`access link code:${code}`, PHONE, CHAT)).title).toContain("Too many wrong codes");
    expect(sharedTries.asked).toBeGreaterThan(0);
  });

  test("of approvals is stopped at the next process", async () => {
    const sharedTries = new MemoryTries(new FakeClock());
    const open = () => ChatDesk.open({ sharedTries, claim: undefined });
    const [first, second] = [await open(), await open()];
    for (let time = 0; time < 5; time += 1) await first.type("access approve aaaaaaaa", ADMIN);
    expect((await second.type("access approve aaaaaaaa", ADMIN)).title).toContain("5 wrong codes");
    const alone = await ChatDesk.open();
    expect((await alone.type("access approve aaaaaaaa", ADMIN)).title).toContain("Nothing of yours waits under that code");
  });
});
