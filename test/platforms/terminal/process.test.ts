import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { until } from "./rig.ts";
import { KEYS } from "./tty.ts";

const CHILD = fileURLToPath(new URL("process.child.ts", import.meta.url));
/** Gives a process a real pseudo-terminal. */
const SCRIPT = "/usr/bin/script";

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  text(): string;
  readonly exitCode: Promise<number | null>;
}

function running(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { env: { ...process.env, TERM: "xterm" } });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  return { child, text: () => text, exitCode: new Promise((resolve) => child.on("close", resolve)) };
}

test("a process on a pipe ends by itself after exit, though its input stays open", async () => {
  const { child, text, exitCode } = running(process.execPath, [CHILD]);
  child.stdin.write("bot list\nexit\n");
  expect(await exitCode).toBe(0);
  expect(text()).toBe("· Welcome\n> bot list\n✓ done: bot list\n> exit\n");
});

test("a process whose reader went away ends in order", async () => {
  const { child, exitCode } = running(process.execPath, [CHILD]);
  child.stdout.destroy();
  child.stdin.write("bot list\n".repeat(100));
  child.stdin.end();
  expect(await exitCode).toBe(0);
});

test.skipIf(!existsSync(SCRIPT))("on a real pseudo-terminal a person gets a prompt, and Ctrl+D gives the terminal back", async () => {
  const { child, text, exitCode } = running(SCRIPT, ["-qec", `"${process.execPath}" "${CHILD}"; stty -a`, "/dev/null"]);
  await until(() => text().includes("storm> "), "the prompt");
  child.stdin.write(`bot cr${KEYS.tab}`);
  await until(() => text().includes("eate "), "the completion");
  child.stdin.write(KEYS.enter);
  await until(() => text().includes("1) BTC/USDT  2) ETH/USDT"), "the question");
  child.stdin.write(`2${KEYS.enter}`);
  await until(() => text().includes("✓ A bot on ETH/USDT is made"), "the answer");
  child.stdin.write(KEYS.ctrlD);
  await until(() => /[^-]icanon/.test(text()), "a terminal that is not raw");
  expect(await exitCode).toBe(0);
});
