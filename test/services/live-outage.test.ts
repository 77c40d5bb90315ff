import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { factsOf } from "../kit/process-books.ts";
import { LiveStage, pause } from "../kit/process-live-desk.ts";
import { heldAt } from "../kit/process-live-referee.ts";

const TIMEOUT_MS = 240_000;
/** What a shutdown may take, and a machine that others use. */
const STOP_MAX_MS = 5_000;
/** The lists of symbols are waited for, all exchanges at the same time; not for each bot's candles. */
const START_MAX_MS = 30_000;
const LOOK_EVERY_MS = 100;

let stage: LiveStage;
let folder = "";
beforeEach(async () => {
  folder = temporaryFolder("outage");
  stage = await LiveStage.open({ folder, seed: 11 });
});
afterEach(async () => {
  await stage.close();
  discard(folder);
});

function silence(on: boolean): void {
  for (const { line } of stage.world.seats) line.silent = on;
}

async function until(holds: () => boolean): Promise<void> {
  for (const untilMs = Date.now() + TIMEOUT_MS / 2; !holds() && Date.now() < untilMs; ) await pause(LOOK_EVERY_MS);
  expect(holds()).toBe(true);
}

describe("exchanges that do not answer at all", () => {
  it(
    "keep the desk neither from ending in time, nor from starting with chat and panic at hand, and the panic ends when they are back",
    async () => {
      await stage.setUp();
      for (const seat of stage.world.seats) await stage.hold(seat, "SOL");
      await until(() => stage.world.seats.every((seat) => heldAt(seat).length >= 2));
      silence(true);
      await pause(2_000);
      const askedMs = performance.now();
      await stage.end();
      expect(performance.now() - askedMs).toBeLessThan(STOP_MAX_MS);
      expect(
        factsOf(stage.file)
          .filter(({ stream }) => stream === "desk")
          .at(-1)?.event,
      ).toMatchObject({ type: "desk-stopped" });

      const startedMs = performance.now();
      const desk = await stage.startUp();
      expect(performance.now() - startedMs).toBeLessThan(START_MAX_MS);
      expect(JSON.stringify((await stage.say("bot list")).view)).toContain("live-binance-btc");
      writeFileSync(join(folder, "data", "PANIC"), "");
      await desk.alert("Panic: entries are halted");
      silence(false);
      await until(() => stage.world.seats.every((seat) => heldAt(seat).length === 0));
      await until(() => stage.books().every(({ panicked }) => !panicked));
      await stage.end();
    },
    TIMEOUT_MS,
  );
});
