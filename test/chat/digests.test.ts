import { describe, expect, it } from "vitest";
import { Digests } from "../../src/chat/digests.ts";
import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import type { Digest, DigestPeriod } from "../../src/domain/digest.ts";
import type { DeskEvent } from "../../src/domain/events.ts";
import { ZERO } from "../../src/domain/money.ts";
import { HOUR_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import type { DeskLedger } from "../../src/ports/engine.ts";
import { cronerCalendar } from "../../src/system/calendar.ts";
import { QUIET } from "./delivery.rig.ts";

const PLACE = "discord:1";
const at = (text: string) => marketMs(Date.parse(`${text}:00Z`));
const digestOf = (day: string): Digest => ({
  day,
  currency: "USDT",
  market: "simulated",
  equity: ZERO,
  realized: ZERO,
  unrealized: ZERO,
  fees: ZERO,
  fills: 0,
  bots: [],
});

/** A desk's stream by hand; `restart` folds it anew, as the next process does. */
class Desk implements DeskLedger {
  readonly written: { atMs: number; event: DeskEvent }[] = [];
  state = emptyDesk();
  nowMs = 0;
  failure: Error | undefined;

  async append(events: readonly DeskEvent[]): Promise<void> {
    if (this.failure) throw this.failure;
    for (const event of events) {
      this.written.push({ atMs: this.nowMs, event });
      this.#fold(event, this.nowMs);
    }
  }

  restart(): void {
    this.state = emptyDesk();
    for (const { event, atMs } of this.written) this.#fold(event, atMs);
  }

  async set(time: string | undefined, timeZone: string, text: string): Promise<void> {
    this.nowMs = at(text);
    await this.append([{ type: "channel-digest-set", place: PLACE, at: time, timeZone, by: "discord:1" }]);
  }

  get days(): string[] {
    return this.written
      .map(({ event }) => event)
      .filter((event) => event.type === "digest-due")
      .map(({ day }) => day);
  }

  #fold(event: DeskEvent, atMs: number): void {
    applyDeskEvent(this.state, {
      sequence: this.state.sequence + 1,
      wallMs: wallMs(0),
      marketMs: marketMs(atMs),
      requestId: undefined,
      event,
    });
  }
}

const open = (desk: Desk) => new Digests({ desk, calendar: cronerCalendar(), logger: QUIET, digestOf });

/** The market moves on by the hour, and the engine runs what is due. */
async function pass(desk: Desk, digests: Digests, from: string, until: string): Promise<void> {
  for (let ms: number = at(from); ms <= at(until); ms += HOUR_MS) {
    desk.nowMs = ms;
    if (digests.dueMs() <= ms) await digests.run(marketMs(ms));
  }
}

it("makes one digest a day, of the day before when it comes in the morning", async () => {
  const desk = new Desk();
  await desk.set("08:00", "Europe/Berlin", "2021-05-19T12:00");
  await pass(desk, open(desk), "2021-05-19T12:00", "2021-05-22T12:00");
  expect(desk.days).toEqual(["2021-05-19", "2021-05-20", "2021-05-21"]);
});

it("covers the day so far when it comes at noon or later", async () => {
  const desk = new Desk();
  await desk.set("22:00", "America/New_York", "2021-05-19T12:00");
  await pass(desk, open(desk), "2021-05-19T12:00", "2021-05-21T12:00");
  expect(desk.days).toEqual(["2021-05-19", "2021-05-20"]);
});

it("has nothing due without a channel that wants one, nor after it was switched off", async () => {
  const desk = new Desk();
  const digests = open(desk);
  expect(digests.dueMs()).toBe(Number.POSITIVE_INFINITY);
  await desk.set("08:00", "UTC", "2021-05-19T12:00");
  expect(digests.dueMs()).toBe(at("2021-05-20T08:00"));
  await desk.set(undefined, "UTC", "2021-05-19T13:00");
  expect(digests.dueMs()).toBe(Number.POSITIVE_INFINITY);
});

it("never makes a day's digest twice, across restarts and new settings", async () => {
  const desk = new Desk();
  await desk.set("20:00", "UTC", "2021-05-19T12:00");
  await pass(desk, open(desk), "2021-05-19T12:00", "2021-05-19T20:00");
  desk.restart();
  await pass(desk, open(desk), "2021-05-19T20:00", "2021-05-19T21:00");
  await desk.set("23:00", "UTC", "2021-05-19T21:00");
  await pass(desk, open(desk), "2021-05-19T21:00", "2021-05-20T23:00");
  expect(desk.days).toEqual(["2021-05-19", "2021-05-20"]);
});

it.each([
  ["2021-03-26T12:00", "2021-03-30T12:00", ["2021-03-26", "2021-03-27", "2021-03-28", "2021-03-29"]],
  ["2021-10-29T12:00", "2021-11-02T12:00", ["2021-10-29", "2021-10-30", "2021-10-31", "2021-11-01"]],
])("makes exactly one a day over a clock change, also at a time that it skips or repeats (from %s)", async (from, until, days) => {
  const desk = new Desk();
  await desk.set("02:30", "Europe/Berlin", from);
  await pass(desk, open(desk), from, until);
  expect(desk.days).toEqual(days);
});

it("makes up for missed days with the newest only", async () => {
  const desk = new Desk();
  await desk.set("08:00", "UTC", "2021-05-19T12:00");
  const digests = open(desk);
  desk.nowMs = at("2021-06-19T09:30");
  await digests.run(marketMs(desk.nowMs));
  expect(desk.days).toEqual(["2021-06-18"]);
  expect(digests.dueMs()).toBe(at("2021-06-20T08:00"));
});

it("lets the market go on when the desk cannot be written, and tries again a minute later", async () => {
  const desk = new Desk();
  await desk.set("08:00", "UTC", "2021-05-19T12:00");
  const digests = open(desk);
  desk.nowMs = at("2021-05-20T08:00");
  desk.failure = new Error("disk full");
  await digests.run(marketMs(desk.nowMs));
  expect(digests.dueMs()).toBe(at("2021-05-20T08:01"));
  desk.failure = undefined;
  await digests.run(at("2021-05-20T08:01"));
  expect(desk.days).toEqual(["2021-05-19"]);
});

describe("digests of weeks and months", () => {
  const setPeriod = async (desk: Desk, period: DigestPeriod, time: string | undefined, timeZone: string, text: string) => {
    desk.nowMs = at(text);
    await desk.append([{ type: "channel-digest-set", place: PLACE, at: time, timeZone, by: "discord:1", period }]);
  };
  const told = (desk: Desk) =>
    desk.written.flatMap(({ event, atMs }) =>
      event.type === "digest-due" ? [`${event.period ?? "daily"} ${event.day} at ${new Date(atMs).toISOString().slice(0, 13)}`] : [],
    );

  it("come once the week is over, on Monday at their time, and say which week by its Monday", async () => {
    const desk = new Desk();
    await setPeriod(desk, "weekly", "08:00", "Europe/Berlin", "2021-05-19T12:00");
    await pass(desk, open(desk), "2021-05-19T12:00", "2021-06-01T12:00");
    expect(told(desk)).toEqual(["weekly 2021-05-17 at 2021-05-24T06", "weekly 2021-05-24 at 2021-05-31T06"]);
  });

  it("come on the first of a month, also over the turn of a year and a change of the clocks", async () => {
    const desk = new Desk();
    await setPeriod(desk, "monthly", "22:00", "America/New_York", "2020-11-15T12:00");
    await pass(desk, open(desk), "2020-11-15T12:00", "2021-03-02T12:00");
    expect(told(desk)).toEqual([
      "monthly 2020-11-01 at 2020-12-02T03",
      "monthly 2020-12-01 at 2021-01-02T03",
      "monthly 2021-01-01 at 2021-02-02T03",
      "monthly 2021-02-01 at 2021-03-02T03",
    ]);
  });

  it("go beside the daily one, each for itself, over restarts and new settings, and none is told twice", async () => {
    const desk = new Desk();
    await desk.set("08:00", "UTC", "2021-05-22T12:00");
    await setPeriod(desk, "weekly", "08:00", "UTC", "2021-05-22T12:00");
    await pass(desk, open(desk), "2021-05-22T12:00", "2021-05-24T08:00");
    desk.restart();
    await setPeriod(desk, "weekly", "09:00", "UTC", "2021-05-24T08:00");
    await pass(desk, open(desk), "2021-05-24T08:00", "2021-05-24T12:00");
    expect(told(desk)).toEqual([
      "daily 2021-05-22 at 2021-05-23T08",
      "daily 2021-05-23 at 2021-05-24T08",
      "weekly 2021-05-17 at 2021-05-24T08",
    ]);
    await setPeriod(desk, "weekly", undefined, "UTC", "2021-05-24T12:00");
    await pass(desk, open(desk), "2021-05-24T12:00", "2021-06-02T12:00");
    expect(told(desk).filter((each) => each.startsWith("weekly"))).toHaveLength(1);
  });

  it("of several that were missed make only the newest", async () => {
    const desk = new Desk();
    await setPeriod(desk, "weekly", "08:00", "UTC", "2021-05-19T12:00");
    const digests = open(desk);
    desk.nowMs = at("2021-06-23T09:30");
    await digests.run(marketMs(desk.nowMs));
    expect(told(desk)).toEqual(["weekly 2021-06-14 at 2021-06-23T09"]);
    expect(digests.dueMs()).toBe(at("2021-06-28T08:00"));
  });
});
