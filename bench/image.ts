import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Container, type ImageFacts, imageFacts, openToAll } from "../test/kit/services/container.ts";
import { freePort } from "../test/kit/services/server.ts";
import { type Figures, quantile } from "./kit/figures.ts";

const ROUNDS = 5;
const LOOK_EVERY_MS = 10;
const HEALTHY_MAX_MS = 60_000;
const IDLE_MS = 60_000;

/** The image that `.ci/image` built: its size, how soon a container of it is healthy, and what it holds after a minute. */
export default async function image(figures: Figures): Promise<void> {
  const facts = await factsIfThere();
  if (facts === undefined) return;
  figures.megabytes("size, its base included", facts.sizeBytes);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push((await live(0)).ms);
  figures.time("from the start of a container until it is healthy, empty store: p50", quantile(times, 0.5));
  figures.megabytes(`resident memory, empty store, after ${IDLE_MS / 1_000} s`, (await live(IDLE_MS)).residentBytes);
}

async function factsIfThere(): Promise<ImageFacts | undefined> {
  try {
    return await imageFacts();
  } catch (thrown) {
    process.stderr.write(`left out: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return undefined;
  }
}

/** One container with an empty folder, from its start to its end. */
async function live(idleMs: number): Promise<{ ms: number; residentBytes: number }> {
  const data = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  openToAll(data);
  const port = await freePort();
  const beganMs = performance.now();
  const container = new Container({ data, settings: { HTTP_ADDRESS: `127.0.0.1:${port}` }, network: "host" });
  try {
    while (!(await isHealthy(port))) {
      if (performance.now() - beganMs > HEALTHY_MAX_MS) throw new Error(`the container is not healthy: ${container.desk.stderr}`);
      await pause(LOOK_EVERY_MS);
    }
    const ms = performance.now() - beganMs;
    await pause(idleMs);
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec((await container.exec("cat", "/proc/1/status")).stdout)?.[1];
    const { code } = await container.desk.end();
    // A container that died is no start, however fast it was.
    if (code !== 0 || kilobytes === undefined) throw new Error(`the container did not end well: exit code ${code}`);
    return { ms, residentBytes: Number(kilobytes) * 1_024 };
  } finally {
    await container.remove();
    rmSync(data, { recursive: true, force: true });
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/health`)).ok;
  } catch {
    return false;
  }
}
