import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { LiveStage, symbolAt, WELCOME_MAX_MS } from "../test/kit/process-live-desk.ts";
import { heldAt, unsettled } from "../test/kit/process-live-referee.ts";
import type { WorldSeat } from "../test/kit/process-live-world.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { residentOf } from "./kit/process.ts";
import { until } from "./kit/until.ts";

const SEED = 42;
const ROUNDS = 5;
const COINS = 20;
const PRICE = 50;
/** Bots with money at each exchange; those at the last hold a position by hand. With paper ones that makes a hundred. */
const LIVE = { binance: 20, binanceus: 16, blofin: 4 } as const;
const PAPER = 60;
const IDLE_MS = 5_000;
const LOOK_EVERY_MS = 50;
const READY_MAX_MS = 120_000;
/** Figures of the exchanges alone: chat platforms have their own. */
const NO_CHATS = { DISCORD_TOKEN: "", TELEGRAM_TOKEN: "", LOG_LEVEL: "info" };

/**
 * A real process with accounts at three simulated exchanges on sockets, killed and started again: until its welcome, and until each account has been
 * reconciled whole and may enter; and what it holds once it idles.
 */
export default async function restart(figures: Figures): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  const coins = new Map(Array.from({ length: COINS }, (_, index) => [`C${index}`, PRICE + index]));
  const stage = await LiveStage.open({ folder, seed: SEED, coins, settings: NO_CHATS });
  try {
    await stage.startUp();
    for (const seat of stage.world.seats) await stage.connect(seat);
    await measure(figures, stage, "three exchanges, no bots");
    const bots = await makeBots(stage);
    await measure(figures, stage, `three exchanges, ${bots} bots (${PAPER} on paper)`);
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeBots(stage: LiveStage): Promise<number> {
  const rules = 'strategy:ema-cross timeframe:1m params:"fast=5 slow=20" size:100USDT stop:5%';
  for (let index = 0; index < PAPER; index += 1)
    await stage.sayWell(`bot create name:paper-${index} symbol:C${index % COINS}/USDT ${rules} start:yes`);
  for (const seat of stage.world.seats) {
    for (let index = 0; index < LIVE[seat.id]; index += 1) await stage.sayWell(lineOf(seat, index));
  }
  const held = stage.world.seats.find(({ id }) => id === "blofin");
  await until(() => held === undefined || heldAt(held).length >= LIVE.blofin, "positions at Blofin");
  await until(() => unsettled(stage.world, stage.books()).length === 0, "books at rest");
  return PAPER + Object.values(LIVE).reduce((sum, count) => sum + count, 0);
}

function lineOf(seat: WorldSeat, index: number): string {
  if (seat.kind === "spot") return `bot promote bot:paper-${index} account:${seat.id} name:${seat.id}-${index} confirm:yes`;
  return `order enter account:${seat.id} symbol:${symbolAt(seat, `C${index}`)} side:buy amount:100 stop:20% confirm:yes`;
}

async function measure(figures: Figures, stage: LiveStage, label: string): Promise<void> {
  const times = new Map<string, number[]>();
  const note = (what: string, ms: number) => void times.set(what, [...(times.get(what) ?? []), ms]);
  let residentBytes: number | undefined;
  for (let round = 0; round <= ROUNDS; round += 1) {
    await stage.kill();
    const beganMs = performance.now();
    const desk = stage.start();
    await desk.line(({ kind }) => kind === "welcome", "a welcome", WELCOME_MAX_MS);
    const welcomeMs = performance.now() - beganMs;
    const ready = await reconciled(stage, beganMs);
    if (round === ROUNDS) {
      await pause(IDLE_MS);
      residentBytes = residentOf(desk.pid);
    }
    // The first one fills the compile cache.
    if (round === 0) continue;
    note("to the welcome", welcomeMs);
    for (const [id, ms] of ready) note(`until entries are allowed at ${id}`, ms);
  }
  for (const [what, spans] of times) figures.time(`${label}: killed and started again, ${what}, p50`, quantile(spans, 0.5));
  if (residentBytes !== undefined) figures.megabytes(`${label}: resident memory ${IDLE_MS / 1_000} s later`, residentBytes);
}

/** When each account was reconciled, as its desk says. */
async function reconciled(stage: LiveStage, beganMs: number): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  while (found.size < stage.world.seats.length) {
    const { view } = await stage.say("account list");
    const waiting = view.lines.filter((line) => line.includes("reconciled")).map((line) => line.toLowerCase());
    for (const { id } of stage.world.seats)
      if (!found.has(id) && !waiting.some((line) => line.startsWith(`${id} (live)`))) found.set(id, performance.now() - beganMs);
    if (performance.now() - beganMs > READY_MAX_MS) throw new Error(`accounts were not reconciled: ${JSON.stringify(view)}`);
    await pause(LOOK_EVERY_MS);
  }
  return found;
}
