import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

const repository = join(import.meta.dirname, "../..");
const oldNode = "/usr/bin/node";
const runtime = `node-${process.platform}-${process.arch}`;
const desk = `
  process.emitWarning("new", "ExperimentalWarning");
  process.emitWarning("real trouble");
  if (process.argv.includes("wait")) process.on("SIGTERM", () => process.exit(7));
  process.stdout.write(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2), word: process.env.WORD }) + "\\n");
  if (process.argv.includes("wait")) setInterval(() => {}, 1000);
  else if (process.argv.includes("die")) process.kill(process.pid, "SIGKILL");
  else process.exitCode = 3;
`;

let root = "";
beforeEach(() => {
  root = temporaryFolder("entry");
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  cpSync(join(repository, "bin"), join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "src/main.ts"), `const typed: string = "";\nvoid typed;\n${desk}`);
});
afterEach(() => {
  // The scan would follow the link into a whole Node: two hundred megabytes that no test has written.
  rmSync(join(root, "node_modules"), { recursive: true, force: true });
  discard(root);
});

function start(node: string, ...args: string[]) {
  const child = spawn(node, [join(root, "bin/scalpstorm.js"), ...args], { env: { WORD: "kept" } });
  let out = "";
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const started = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      resolve();
    });
  });
  const ended = new Promise<{ code: number | null; signal: string | null; out: string; err: string }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, started, ended };
}

describe("the entry on a current Node", () => {
  test("runs the sources with the arguments and keeps real warnings only", async () => {
    const { code, out, err } = await start(process.execPath, "--seed", "7").ended;
    expect(JSON.parse(out)).toEqual({ node: process.versions.node, args: ["--seed", "7"], word: "kept" });
    expect(code).toBe(3);
    expect(err).toContain("real trouble");
    expect(err).not.toContain("Experimental");
  });

  test("runs the build where there are no sources", async () => {
    mkdirSync(join(root, "dist/src"), { recursive: true });
    writeFileSync(join(root, "dist/src/main.js"), 'process.stdout.write("built");');
    expect((await start(process.execPath).ended).out).toContain('"node"');
    rmSync(join(root, "src/main.ts"));
    expect((await start(process.execPath).ended).out).toBe("built");
  });
});

/** These need a second Node on the machine that is older than ours. */
const major = existsSync(oldNode) ? Number(spawnSync(oldNode, ["-p", "process.versions.node"]).stdout.toString().split(".")[0]) : 99;
const onOldNode = describe.runIf(major < 24 && existsSync(join(repository, "node_modules", runtime)));

onOldNode("the entry on an older Node", () => {
  const link = () => {
    mkdirSync(join(root, "node_modules"));
    symlinkSync(join(repository, "node_modules", runtime), join(root, "node_modules", runtime));
  };

  test("runs itself again on the Node beside the project, with arguments, environment and exit code", async () => {
    link();
    const { code, out, err } = await start(oldNode, "a b").ended;
    expect(JSON.parse(out)).toMatchObject({ node: expect.stringMatching(/^24\./), args: ["a b"], word: "kept" });
    expect(code).toBe(3);
    expect(err).not.toContain("Experimental");
  });

  test("forwards a signal and ends by the signal that ended the desk", async () => {
    link();
    const waiting = start(oldNode, "wait");
    await waiting.started;
    waiting.child.kill("SIGTERM");
    expect((await waiting.ended).code).toBe(7);
    expect((await start(oldNode, "die").ended).signal).toBe("SIGKILL");
  });

  test("says in one sentence what to do when there is no newer Node", async () => {
    const { code, out, err } = await start(oldNode).ended;
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^ScalpStorm needs Node 24 or newer and found \d+\.\d+\.\d+: install .+\n$/);
  });
});
