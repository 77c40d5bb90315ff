import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tableOf } from "../../bench/kit/figures.ts";
import { CYCLE_MINUTES, kindOf, openJumps, SYMBOLS, symbolAt } from "../../bench/kit/market.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";

const BENCH = join(import.meta.dirname, "../../bench");

describe("the benches", () => {
  test("are all files that export a function", async () => {
    const names = readdirSync(BENCH).filter((file) => file.endsWith(".ts") && file !== "run.ts");
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { default: bench } = (await import(join(BENCH, name))) as { default: unknown };
      expect(bench, name).toBeTypeOf("function");
    }
  });

  test("are refused by a wrong name, with the names that there are", async () => {
    const ran = promisify(execFile)(process.execPath, [join(BENCH, "run.ts"), "slot"]);
    await expect(ran).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no bench named "slot".*slash, slots, start, statistics, takeover, watch/),
    });
  });

  test("tell a time as a multiple of the calibration step and as it was", () => {
    const table = tableOf([{ bench: "slots", what: "a step", value: 25_000, unit: "ns", stepNs: 5 }]);
    expect(table).toContain("| slots | a step | 5,000 | 25 us |");
  });
});

describe("the market of the benches", () => {
  test("lets two symbols jump in an acting minute and none in others", async () => {
    const market = openJumps();
    const symbols = new Set(Array.from({ length: SYMBOLS }, (_, index) => symbolAt(index)));
    const until = marketMs(market.startMs + 60 * CYCLE_MINUTES * MINUTE_MS);
    const { steps } = await market.advance(market.startMs, until, symbols, Number.MAX_SAFE_INTEGER);
    const jumps = steps.map(({ candles }) => [...candles.values()].filter(({ open, close }) => open !== close).length);
    expect(jumps).toEqual(jumps.map((_, minute) => (kindOf(minute) === "act" ? 2 : 0)));
    expect(jumps.length).toBe(60 * CYCLE_MINUTES);
  });
});
