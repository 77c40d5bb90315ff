import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { LiveStage, leaks, pause } from "../kit/process-live-desk.ts";
import { heldAt, unsettled, unsound } from "../kit/process-live-referee.ts";

const TIMEOUT_MS = 600_000;
/** With everything lost that can be lost, and a fence that passes. */
const FLAT_MAX_MS = 240_000;
const LOOK_EVERY_MS = 250;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) discard(folder);
});

/** A desk that trades at all three exchanges and holds two positions at each. */
async function holding(): Promise<LiveStage> {
  const folder = temporaryFolder("panic");
  folders.push(folder);
  const stage = await LiveStage.open({ folder, seed: SEED });
  await stage.setUp();
  for (const seat of stage.world.seats) {
    for (const coin of ["SOL", "LTC"]) await stage.hold(seat, coin);
  }
  await until(() => stage.world.seats.every((seat) => heldAt(seat).length >= 2), "two positions at each exchange");
  await until(() => unsettled(stage.world, stage.books()).length === 0, "books at rest");
  return stage;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const untilMs = Date.now() + FLAT_MAX_MS; !holds(); ) {
    if (Date.now() > untilMs) throw new Error(`${FLAT_MAX_MS} ms passed without ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Panics, is killed in the middle, and goes on until nothing is held. */
async function endsFlat(stage: LiveStage, panic: () => void): Promise<void> {
  stage.world.spoil(true);
  panic();
  await stage.desk?.alert("Panic: entries are halted");
  await pause(stage.draw() * 1_000);
  await stage.kill();
  await stage.startUp();
  await until(() => stage.world.seats.every((seat) => heldAt(seat).length === 0), "everything sold");
  stage.world.spoil(false);
  await until(() => stage.books().every(({ panicked }) => !panicked), "the end of the panic in the books");
  await until(() => unsettled(stage.world, stage.books()).length === 0, "books at rest");
  expect(JSON.stringify((await stage.say("system health")).view)).toMatch(/panic/i);
  const entry = await stage.say("order enter account:binance symbol:SOL/USDT side:buy amount:500 stop:2% confirm:yes");
  expect(entry.view.title).toMatch(/halted|panic/i);
  await stage.end();
  expect([...unsound(stage.world, stage.books()), ...leaks(stage)]).toEqual([]);
}

describe.concurrent("a panic from outside in live trading", () => {
  const doors: readonly (readonly [string, (stage: LiveStage) => void])[] = [
    ["the panic file", ({ folder }) => writeFileSync(join(folder, "data", "PANIC"), "")],
    ["the signal SIGUSR2", ({ desk }) => desk?.signal("SIGUSR2")],
  ];
  it.for(doors)(
    `ends flat at every exchange, although answers are lost and the desk is killed in the middle: by %s, SEED=${SEED}`,
    { timeout: TIMEOUT_MS },
    async ([, panic]) => {
      const stage = await holding();
      try {
        await endsFlat(stage, () => panic(stage));
      } finally {
        await stage.close();
      }
    },
  );
});
