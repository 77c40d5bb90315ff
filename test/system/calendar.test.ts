import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_MS, dayOf, HOUR_MS } from "../../src/domain/time.ts";
import { cronerCalendar } from "../../src/system/calendar.ts";

const calendar = cronerCalendar();
const at = (iso: string) => new Date(iso).getTime();
const nextAt = (hhmm: string, zone: string, afterIso: string) => new Date(calendar.nextAt(hhmm, zone, at(afterIso))).toISOString();

describe("the calendar at a daylight saving change", () => {
  test.each([
    ["Europe/Berlin", "02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"],
    ["America/New_York", "02:30", "2026-03-08T05:00:00Z", "2026-03-08T07:00:00.000Z"],
    ["Australia/Lord_Howe", "02:15", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00.000Z"],
    ["America/Santiago", "00:00", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00.000Z"],
  ])("in %s a skipped %s happens right after the change", (zone, hhmm, after, expected) => {
    expect(nextAt(hhmm, zone, after)).toBe(expected);
  });

  test.each([
    ["Europe/Berlin", "02:30", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"],
    ["America/New_York", "01:30", "2026-11-01T05:00:00Z", "2026-11-01T05:30:00.000Z", "2026-11-02T06:30:00.000Z"],
    ["Australia/Lord_Howe", "01:45", "2026-04-04T14:00:00Z", "2026-04-04T14:45:00.000Z", "2026-04-05T15:15:00.000Z"],
  ])("in %s a repeated %s happens once, at its first time", (zone, hhmm, after, first, second) => {
    expect(nextAt(hhmm, zone, after)).toBe(first);
    expect(nextAt(hhmm, zone, first)).toBe(second);
    expect(nextAt(hhmm, zone, new Date(at(first) + HOUR_MS / 4).toISOString())).toBe(second);
  });
});

describe("the calendar", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

  test("gives the next day when it is exactly that time now", () => {
    expect(nextAt("08:00", "UTC", "2026-05-01T08:00:00Z")).toBe("2026-05-02T08:00:00.000Z");
    expect(nextAt("08:00", "UTC", "2026-05-01T07:59:59.999Z")).toBe("2026-05-01T08:00:00.000Z");
  });

  test("gives each local day exactly one instant from 2020 to 2035", () => {
    const start = fc.integer({ min: at("2020-01-01T00:00:00Z"), max: at("2035-11-01T00:00:00Z") });
    const hhmm = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
    fc.assert(
      fc.property(fc.constantFrom(...zones), hhmm, start, (zone, time, startMs) => {
        for (let day = 0, found = calendar.nextAt(time, zone, startMs); day < 30; day++) {
          const next = calendar.nextAt(time, zone, found);
          const tomorrow = dayOf(at(`${dayOf(found, zone)}T12:00:00Z`) + DAY_MS, "UTC");
          expect(dayOf(next, zone), `${time} in ${zone} after ${new Date(found).toISOString()}`).toBe(tomorrow);
          found = next;
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(zones)("happens once on each day around every change in %s from 2020 to 2035", (zone) => {
    const local = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "short" });
    const timeOf = (epochMs: number) => local.format(epochMs).slice(-5);
    const changes: number[] = [];
    for (let noon = at("2020-01-01T12:00:00Z"); noon < at("2035-12-30T12:00:00Z"); noon += DAY_MS) {
      if (timeOf(noon) !== timeOf(noon + DAY_MS)) changes.push(noon);
    }
    expect(changes.length).toBe(32);
    for (const change of changes) {
      for (const time of ["00:00", "01:15", "01:45", "02:00", "02:30", "23:59"]) {
        const runs = [calendar.nextAt(time, zone, change - 2 * DAY_MS)];
        while (runs.length < 5) runs.push(calendar.nextAt(time, zone, runs.at(-1)!));
        const days = runs.map((run) => local.format(run).slice(0, 10));
        const noons = days.map((day) => at(`${day}T12:00:00Z`));
        expect(noons, `${time} in ${zone} on ${days.join(" ")}`).toEqual(noons.map((_, index) => noons[0]! + index * DAY_MS));
      }
    }
  });

  test.each(["8:00", "24:00", "12:60", "noon", ""])("refuses %j as a time of day", (text) => {
    expect(() => calendar.nextAt(text, "UTC", 0)).toThrow(RangeError);
  });
});
