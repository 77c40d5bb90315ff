import { expect, it } from "vitest";
import { timesOf } from "../../src/chat/record-times.ts";
import { MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";
import { fillOf } from "./delivery.rig.ts";

const WALL = Date.UTC(2026, 0, 1, 9, 30);
const OLD = Date.UTC(2025, 0, 4, 6, 43);

function recorded(atMs: number) {
  const event = { type: "bot-started", botId: "b1" } as const;
  return { sequence: 1, wallMs: wallMs(WALL), marketMs: marketMs(atMs), requestId: undefined, event };
}

it("the times of records are one column where the market is at the wall's time, to the minute", () => {
  const records = [recorded(WALL), recorded(WALL - MINUTE_MS)];
  const { columns, cells } = timesOf(records);
  expect(columns).toEqual(["Time (UTC)"]);
  expect(records.map(cells)).toEqual([["2026-01-01 09:30"], ["2026-01-01 09:30"]]);
});

it("the times of records have the market's beside the wall's where one is apart, and only in its row", () => {
  const records = [recorded(WALL), recorded(OLD)];
  const { columns, cells } = timesOf(records);
  expect(columns).toEqual(["Time (UTC)", "Market"]);
  expect(records.map(cells)).toEqual([
    ["2026-01-01 09:30", ""],
    ["2026-01-01 09:30", "2025-01-04 06:43"],
  ]);
});

it("the times of records are those of the fill where it filled before the step that told of it", () => {
  const fill = fillOf("b1", 1);
  if (fill.type !== "order-filled") throw new Error("a fill was expected");
  const record = { ...recorded(OLD + MINUTE_MS), event: { ...fill, fill: { ...fill.fill, marketMs: marketMs(OLD) } } };
  expect(timesOf([record]).cells(record)[1]).toBe("2025-01-04 06:43");
});
