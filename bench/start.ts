import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSimulated } from "../src/feeds/simulated.ts";
import { openSqliteStore } from "../src/stores/sqlite.ts";
import { seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { residentOf } from "./kit/process.ts";

const ENTRY = join(import.meta.dirname, "../bin/scalpstorm.js");
const SEED = 42;
const ROUNDS = 7;
/** How the first line of a desk begins that is ready. */
const WELCOME = '{"kind":"welcome"';
const IDLE_MS = 5_000;
const END_MS = 10_000;

/** From the start of the process to the terminal's welcome, each time in a fresh process; and what it holds once it idles. */
export default async function start(figures: Figures): Promise<void> {
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) bare.push((await run(process.execPath, ["-e", ""], tmpdir(), {})).ms);
  figures.time("a process that does nothing", quantile(bare, 0.5));
  for (const bots of [0, 100]) {
    const label = bots === 0 ? "empty store" : `${bots} bots`;
    for (const cached of [true, false]) {
      const times: number[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const { ms } = await ready(bots, cached, 0);
        if (round > 0) times.push(ms);
      }
      figures.time(`ready, ${label}, ${cached ? "compile cache" : "no compile cache"}: p50`, quantile(times, 0.5));
    }
    const { residentBytes } = await ready(bots, true, IDLE_MS);
    if (residentBytes !== undefined) figures.megabytes(`resident memory, ${label}, after ${IDLE_MS / 1_000} s`, residentBytes);
  }
}

/** One desk in a folder of its own: its time to the welcome, and its memory after some idling. */
async function ready(bots: number, cached: boolean, idleMs: number): Promise<{ ms: number; residentBytes: number | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  const file = join(folder, "desk.sqlite");
  if (bots > 0) {
    const store = await openSqliteStore({ file });
    await seedBots(store, openSimulated({ seed: SEED }), bots);
    await store.close();
  }
  const settings = { STORE_URL: `sqlite:${file}`, MARKET: `simulated:${SEED}`, ...(cached ? {} : { NODE_DISABLE_COMPILE_CACHE: "1" }) };
  const found = await run(process.execPath, [ENTRY, "--json"], folder, settings, idleMs);
  rmSync(folder, { recursive: true, force: true });
  // A process that died is no start, however fast it was.
  if (!found.said.startsWith(WELCOME) || found.exitCode !== 0)
    throw new Error(`the desk did not start and stop well: exit code ${found.exitCode}, first output "${found.said.slice(0, 80)}"`);
  return found;
}

/** Runs a process to its first line (or its end), lets it idle, and ends it. */
async function run(command: string, args: string[], folder: string, settings: Record<string, string>, idleMs = 0) {
  const began = performance.now();
  const child = spawn(command, args, { cwd: folder, env: { PATH: process.env.PATH, ...settings }, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let said = "";
  const spoke = new Promise<void>((resolve) =>
    child.stdout.once("data", (text) => {
      said = String(text);
      resolve();
    }),
  );
  await Promise.race([spoke, ended]);
  const ms = performance.now() - began;
  if (idleMs > 0) await new Promise((resolve) => setTimeout(resolve, idleMs));
  const residentBytes = residentOf(child.pid ?? 0);
  const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(late);
  return { ms, residentBytes, said, exitCode: child.exitCode };
}
