import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { discard, temporaryFolder } from "./kit/canary/watch.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
let folder = "";

beforeEach(() => {
  folder = temporaryFolder("main");
});
afterEach(() => discard(folder));

test("A desk makes its store and what lies beside it readable by its own user alone, whatever mask it was started with", async () => {
  const child = spawn("sh", ["-c", 'umask 000; exec "$0" "$1" --script', process.execPath, MAIN], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      MARKET_SPEED: "script",
      STORE_URL: `sqlite:${join(folder, "data/desk.sqlite")}`,
      PANIC_FILE: join(folder, "PANIC"),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  child.stderr.resume();
  child.stdin.write("system version\n");
  for await (const chunk of child.stdout) if (String(chunk).includes("> system version")) break;
  const modes = Object.fromEntries(
    readdirSync(join(folder, "data")).map((name) => [name, (statSync(join(folder, "data", name)).mode & 0o777).toString(8)]),
  );
  child.stdin.end();
  await closed;
  expect(modes).toMatchObject({ "desk.sqlite": "600", "desk.sqlite-wal": "600", "desk.sqlite-shm": "600" });
  expect(Object.values(modes).filter((mode) => mode !== "600")).toEqual([]);
});
