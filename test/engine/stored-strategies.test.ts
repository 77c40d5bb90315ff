import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { BotSpec } from "../../src/domain/bot.ts";
import { fromJson } from "../../src/domain/money.ts";
import { BotStrategies } from "../../src/engine/bot-strategies.ts";

const RECORDED = resolve(import.meta.dirname, "../fixtures/streams/v1.jsonl");

test("bots of recorded books, made when their strategies were code, find what decides for them by the same names and parameters", () => {
  const strategies = new BotStrategies();
  const specs = readFileSync(RECORDED, "utf8").trimEnd().split("\n").flatMap(specsIn);
  const named = specs.filter(({ strategy }) => ["bollinger-breakout", "ema-cross", "rsi-reversion"].includes(strategy));
  expect(named.length).toBeGreaterThan(2);
  for (const spec of named) {
    const decider = strategies.of(spec);
    const read = Object.values(decider.indicators).flatMap(({ params }) => Object.values(params));
    expect(read.length).toBeGreaterThan(0);
    for (const number of read) expect(Object.values(spec.params)).toContain(number);
    expect(strategies.of({ ...spec, params: { ...spec.params } })).toBe(decider);
  }
});

function specsIn(line: string): BotSpec[] {
  const { event } = (fromJson(line) as { event?: { type: string; bot?: BotSpec } }) ?? {};
  return event?.type === "bot-created" && event.bot ? [event.bot] : [];
}
