#!/usr/bin/env node
// The entry: plain JavaScript that an older Node can read as well, so that it can find the right one or say what to do.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MAJOR_MIN = 24;
const NO_EXPERIMENTS = "--disable-warning=ExperimentalWarning";
const FORWARDED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"];
const ENDING_SIGNALS = ["SIGINT", "SIGTERM"];
const entry = fileURLToPath(import.meta.url);
const root = join(dirname(entry), "..");

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) await run();
else runOn(bundledRuntime());

/** Starts the desk in this process: from its sources where they are, else from the build. */
async function run() {
  nodeModule.enableCompileCache();
  hideExperimentalWarnings();
  if (process.pid === 1) endWhileNobodyElseDoes();
  const source = join(root, "src", "main.ts");
  const built = join(root, "dist", "src", "main.js");
  await import(pathToFileURL(existsSync(built) && !existsSync(source) ? built : source).href);
}

/** The first process of a container is not ended by a signal that it does not handle, and what is loaded takes seconds until it handles any. */
function endWhileNobodyElseDoes() {
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(128 + constants.signals[signal]));
  }
}

/** node:sqlite and type stripping are marked experimental, which is no news to whoever runs the desk. Other warnings stay. */
function hideExperimentalWarnings() {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name === "ExperimentalWarning") return;
    for (const listener of listeners) listener.call(process, warning);
  });
}

/** The Node that was installed beside the project for this platform, if it was. */
function bundledRuntime() {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  try {
    const folder = dirname(nodeModule.createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Runs this entry again on another Node, as if it had been started on it: same terminal, signals and exit. */
function runOn(runtime) {
  if (runtime === undefined) {
    process.stderr.write(
      `ScalpStorm needs Node ${NODE_MAJOR_MIN} or newer and found ${process.versions.node}: install it from https://nodejs.org, or run "npm ci" without --omit=optional to get one beside the project.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(runtime, [NO_EXPERIMENTS, ...process.execArgv, entry, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends its interrupt to the whole group, so the child has it already; sent again it would count as the second one.
  const ignored = process.stdin.isTTY ? "SIGINT" : undefined;
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => signal !== ignored && child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`The Node beside the project (${runtime}) cannot be started: ${error.message}. Run "npm ci" again.\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    for (const each of FORWARDED_SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
    // Where a signal cannot end this process, its conventional exit code does.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
  });
}
