import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { tell } from "./story.ts";

const FIXTURES = resolve(import.meta.dirname, "../fixtures");

/** The candles at which each strategy, with its own numbers, bought, added and sold; `+30`, `^32` and `-34` by their place in the file. */
const GOLDEN = JSON.parse(readFileSync(resolve(FIXTURES, "strategies/decisions.json"), "utf8")) as Record<string, Record<string, string>>;

const MARKS = { enter: "+", add: "^", exit: "-" } as const;

describe.each(["BTCUSDT", "DOGEUSDT"])("over twelve committed hours of %s", (market) => {
  const candles = candlesIn(`candles/simulated-seed42-${market}-1m.csv`);

  test.each(strategyNames())("%s decides as it did when this was written", (name) => {
    const strategy = strategyNamed(name);
    const own = strategy.params.parse({}) as Record<string, number>;
    const told = tell(strategy, candles, (strategy.settle?.(own, candles[0]?.open) ?? own) as Record<string, number>);
    const decided = told.flatMap(({ index, signal }) => (signal.kind === "hold" ? [] : [`${MARKS[signal.kind]}${index}`]));
    expect(decided.join(" ")).toBe(GOLDEN[market]?.[name]);
  });

  test("nothing else is written down", () => {
    expect(Object.keys(GOLDEN[market] ?? {})).toEqual(strategyNames());
  });
});

function candlesIn(file: string): Candle[] {
  const [, ...lines] = readFileSync(resolve(FIXTURES, file), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [openTimeMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(",").map(Number);
    return { openTimeMs, open, high, low, close, volume };
  });
}
