import { describe, expect, it } from "vitest";
import { Days } from "../../src/engine/days.ts";

const NOON = Date.UTC(2026, 2, 29, 12, 0);
const HOUR_MS = 3_600_000;

describe("days of the books", () => {
  const days = new Days("UTC");
  const begins = (hours: number, current: string | undefined) => days.begins(NOON + hours * HOUR_MS, current);

  it("begin where books are in none, and each once", () => {
    expect(begins(0, undefined)).toBe(true);
    expect(begins(0, "2026-03-29")).toBe(false);
    expect(begins(11.9, "2026-03-29")).toBe(false);
    expect(begins(12, "2026-03-29")).toBe(true);
  });

  it("do not come back with an instant of yesterday: a late candle, or a clock that was put right", () => {
    expect(begins(11.99, "2026-03-30")).toBe(false);
    expect(begins(-12, "2026-03-30")).toBe(false);
  });

  it("end at once where they lie further ahead than any clock is put right: it was wrong, and limits of a day would hold for years", () => {
    expect(begins(0, "2026-03-31")).toBe(true);
    expect(begins(0, "2030-01-01")).toBe(true);
  });

  it("follow the calendar of their time zone, also where a day has 23 hours", () => {
    const berlin = new Days("Europe/Berlin");
    expect(berlin.of(Date.UTC(2026, 2, 28, 23, 0))).toBe("2026-03-29");
    expect(berlin.begins(Date.UTC(2026, 2, 29, 21, 59), "2026-03-29")).toBe(false);
    expect(berlin.begins(Date.UTC(2026, 2, 29, 22, 0), "2026-03-29")).toBe(true);
  });
});
