import { expect, it } from "vitest";
import { isQuiet } from "../../src/domain/quiet.ts";
import { HOUR_MS, MINUTE_MS, wallMs } from "../../src/domain/time.ts";

const BERLIN = "Europe/Berlin";
const at = (instant: string) => wallMs(Date.parse(instant));

/** The instants, in UTC, at which a night's quiet begins and ends. */
function turns(hours: { from: string; to: string; timeZone: string }, fromInstant: string, spanHours: number): string[] {
  const found: string[] = [];
  const startMs = at(fromInstant);
  let was = isQuiet(hours, wallMs(startMs - MINUTE_MS));
  for (let ms: number = startMs; ms < startMs + spanHours * HOUR_MS; ms += MINUTE_MS) {
    const is = isQuiet(hours, wallMs(ms));
    if (is !== was) found.push(`${is ? "quiet" : "loud"} ${new Date(ms).toISOString().slice(5, 16)}`);
    was = is;
  }
  return found;
}

it("is quiet from the first moment of the hours up to, not including, their end", () => {
  const noon = { from: "12:00", to: "13:30", timeZone: "UTC" };
  const told = ["11:59:59.999", "12:00:00.000", "13:29:59.999", "13:30:00.000"].map((time) => isQuiet(noon, at(`2026-03-01T${time}Z`)));
  expect(told).toEqual([false, true, true, false]);
});

it("reaches over midnight, on the clock of its zone", () => {
  const night = { from: "22:00", to: "07:00", timeZone: BERLIN };
  expect(turns(night, "2026-01-10T12:00:00Z", 24)).toEqual(["quiet 01-10T21:00", "loud 01-11T06:00"]);
  expect(turns({ ...night, from: "00:00" }, "2026-01-10T12:00:00Z", 24)).toEqual(["quiet 01-10T23:00", "loud 01-11T06:00"]);
  expect(turns({ ...night, to: "00:00" }, "2026-01-10T12:00:00Z", 24)).toEqual(["quiet 01-10T21:00", "loud 01-10T23:00"]);
});

it("is an hour shorter in the night in which the clocks go forward, and an hour longer when they go back", () => {
  const night = { from: "22:00", to: "07:00", timeZone: BERLIN };
  expect(turns(night, "2026-03-28T12:00:00Z", 24)).toEqual(["quiet 03-28T21:00", "loud 03-29T05:00"]);
  expect(turns(night, "2026-10-24T12:00:00Z", 24)).toEqual(["quiet 10-24T20:00", "loud 10-25T06:00"]);
});

it("turns right after the change at a time that the spring night skips", () => {
  expect(turns({ from: "22:00", to: "02:30", timeZone: BERLIN }, "2026-03-28T12:00:00Z", 24)).toEqual([
    "quiet 03-28T21:00",
    "loud 03-29T01:00",
  ]);
  expect(turns({ from: "02:30", to: "07:00", timeZone: BERLIN }, "2026-03-28T12:00:00Z", 24)).toEqual([
    "quiet 03-29T01:00",
    "loud 03-29T05:00",
  ]);
});

it("turns once, at the first of the two, at a time that the autumn night shows twice", () => {
  expect(turns({ from: "22:00", to: "02:30", timeZone: BERLIN }, "2026-10-24T12:00:00Z", 24)).toEqual([
    "quiet 10-24T20:00",
    "loud 10-25T00:30",
  ]);
  expect(turns({ from: "02:30", to: "07:00", timeZone: BERLIN }, "2026-10-24T12:00:00Z", 24)).toEqual([
    "quiet 10-25T00:30",
    "loud 10-25T06:00",
  ]);
  // Havana turns its clocks back at 01:00, so that midnight comes twice.
  const havana = { from: "00:30", to: "06:00", timeZone: "America/Havana" };
  expect(turns(havana, "2026-10-31T16:00:00Z", 24)).toEqual(["quiet 11-01T04:30", "loud 11-01T11:00"]);
});
