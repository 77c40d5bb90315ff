import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import { Place } from "./sqlite.kit.ts";

const CHILD = fileURLToPath(new URL("./sqlite.child.ts", import.meta.url));
const ROUNDS = 3;
const ACKNOWLEDGED_BEFORE_KILL = 40;

let place: Place;
const children: ChildProcess[] = [];

beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await place.destroy();
});

/** Starts the child and hands over each line that it prints; resolves with all lines once the child has ended. */
async function runChild(task: "hold" | "append", onLine: (line: string, child: ChildProcess, count: number) => void): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, task, place.file], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => onLine(line, child, lines.push(line)));
  await once(child, "close");
  return lines;
}

describe("one store has one process", () => {
  it("a second process is refused at once and told who holds the store", async () => {
    await place.open();
    const lines = await runChild("hold", () => undefined);
    expect(lines).toEqual([
      `STORE_URL: the store ${place.file} is in use by process ${process.pid} on host "${hostname()}". Stop that process first, or name another file: one store has one process.`,
    ]);
  });

  it("a second opening in the same process is refused too, also under another name of the file", async () => {
    await place.open();
    const alias = join(place.folder, "alias.sqlite");
    symlinkSync(place.file, alias);
    await expect(place.open()).rejects.toThrow(ConfigError);
    await expect(place.open({ file: alias })).rejects.toThrow(`is in use by process ${process.pid}`);
  });

  it("the lock vanishes with a process that was killed, and what it left beside is not believed", async () => {
    let holder = "";
    const killed = await runChild("hold", (_line, child) => {
      place.open().then(
        () => expect.unreachable("the store was opened twice"),
        (refusal: Error) => {
          holder = refusal.message;
          child.kill("SIGKILL");
        },
      );
    });
    expect(killed).toEqual(["open"]);
    expect(holder).toContain(`is in use by process ${children[0]?.pid}`);
    const store = await place.open();
    expect(await store.streams()).toEqual([]);
  });

  it("a holder's note without a lock keeps nobody out, and a damaged note only costs the name", async () => {
    mkdirSync(dirname(place.file), { recursive: true });
    const note = `${place.file}.holder.json`;
    writeFileSync(note, JSON.stringify({ pid: 1, host: "elsewhere" }));
    await place.open();
    writeFileSync(note, "{");
    await expect(place.open()).rejects.toThrow("is in use by another process. Stop that process first");
  });
});

describe("kill -9", () => {
  it("loses nothing that was acknowledged and leaves no hole, round after round", { timeout: 30_000 }, async () => {
    let epochs = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const acknowledged = await runChild("append", (_line, child, count) => {
        if (count === ACKNOWLEDGED_BEFORE_KILL) child.kill("SIGKILL");
      });
      expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_BEFORE_KILL);
      const store = await place.open();
      const rows = await store.read("desk", 0, 1_000_000);
      expect(rows.length).toBeGreaterThanOrEqual(Math.max(...acknowledged.map(Number)));
      expect(rows.length % 3).toBe(0);
      expect(rows.every((row, index) => row.sequence === index + 1 && row.body === `event ${index + 1}`)).toBe(true);
      epochs += 2;
      expect(await store.acquire("desk")).toEqual({ epoch: epochs, lastSequence: rows.length });
      await place.closeAll();
    }
  });
});
