import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("../../../bin/scalpstorm.js", import.meta.url));
/** A little more than the desk gives itself to stop. */
const STOP_PATIENCE_MS = 15_000;
const LAST_WORDS_MAX = 12;
const CLAIM_LINE = /\/access link code:(\S+)/;

/** Settings that would connect the demo to something outside of it, or to somebody's own desk. */
const OUTSIDE = /^(?:DISCORD_|TELEGRAM_|OWNER_IDS|HEARTBEAT_URL|STORE_URL|LOG_FILE|PANIC_FILE|NODE_OPTIONS|KEY_|LIVE_CEILING|\w+_API_URL)/;

/** The real desk as its user starts it: a process with nothing but its environment. */
export class DeskProcess {
  /** Resolves with how it ended, in one sentence and the last lines it wrote. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lastWords: string[] = [];
  readonly #awaited = new Map<string, () => void>();
  readonly #code = Promise.withResolvers<string>();

  constructor(folder: string, environment: NodeJS.ProcessEnv, settings: Record<string, string>) {
    const inherited = Object.fromEntries(Object.entries(environment).filter(([name]) => !OUTSIDE.test(name)));
    this.#child = spawn(process.execPath, [ENTRY], {
      cwd: folder,
      env: { ...inherited, ...settings },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl+C reaches the whole group of a terminal; the demo alone decides when the desk stops.
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#hear(line));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(`The desk could not be started: ${error.message}`));
      this.#child.once("close", (code, signal) => resolve(`The desk ended (${signal ?? code}).\n${this.#lastWords.join("\n")}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The code that the desk prints while nobody owns it. */
  get claimCode(): Promise<string> {
    return this.#code.promise;
  }

  /** Types a line at the desk's own terminal; resolves once what it prints says that. */
  async type(line: string, expected: string): Promise<void> {
    const heard = Promise.withResolvers<void>();
    this.#awaited.set(expected, heard.resolve);
    this.#child.stdin?.write(`${line}\n`);
    await Promise.race([heard.promise, this.ended.then((how) => Promise.reject(new Error(how)))]);
  }

  /** Asks it to stop, and insists when it takes too long. */
  async stop(): Promise<void> {
    const insist = setTimeout(() => this.#child.kill("SIGKILL"), STOP_PATIENCE_MS);
    this.#child.kill("SIGTERM");
    await this.ended;
    clearTimeout(insist);
  }

  #hear(line: string): void {
    for (const [expected, resolve] of this.#awaited) {
      if (!line.includes(expected)) continue;
      this.#awaited.delete(expected);
      resolve();
    }
    const code = CLAIM_LINE.exec(line)?.[1];
    if (code !== undefined) this.#code.resolve(code);
    this.#lastWords.push(line);
    if (this.#lastWords.length > LAST_WORDS_MAX) this.#lastWords.shift();
  }
}
