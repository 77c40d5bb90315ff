import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { keepForScan } from "./canary/watch.ts";

const ENTRY = fileURLToPath(new URL("../../bin/scalpstorm.js", import.meta.url));
const PATIENCE_MS = 20_000;

const shownView = z.object({
  title: z.string(),
  tone: z.string(),
  lines: z.array(z.string()),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  table: z.object({ rows: z.array(z.array(z.string())) }).optional(),
});
const shownLine = z.object({ kind: z.string(), command: z.string().optional(), repeat: z.boolean().optional(), view: shownView });

/** One line that `--json` prints. */
export type Shown = z.output<typeof shownLine>;

export interface DeskProcessOptions {
  /** Where it runs: its settings, store, log and panic file are there and nowhere else. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** What is started in the place of this Node and the entry, such as a container that has its own. */
  readonly program?: readonly [string, ...string[]];
  /** Commands to type; the end of input follows unless `keepOpen`. */
  readonly typed?: readonly string[];
  readonly keepOpen?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A real desk process. It stays in the process group of whoever started it, so that ending that group ends it, too; whoever starts one
 * also ends it, by `kill` or `end`.
 */
export class DeskProcess {
  readonly pid: number;
  /** What `--json` printed so far, each line whole. */
  readonly shown: Shown[] = [];
  /** Everything that came out, byte for byte. */
  stdout = "";
  stderr = "";
  /** Resolves when the process has ended and everything that it had written was read. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #listeners = new Set<() => void>();
  #ended: Exit | undefined;

  constructor({
    folder,
    settings = {},
    flags = ["--json"],
    program = [process.execPath, ENTRY, ...flags],
    typed = [],
    keepOpen = false,
  }: DeskProcessOptions) {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, HOME: folder, NO_COLOR: "1", STORE_URL: "sqlite:data/desk.sqlite", ...settings };
    const [file, ...args] = program;
    this.#child = spawn(file, args, { cwd: folder, env });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdin.on("error", () => undefined);
    for (const line of typed) this.type(line);
    if (!keepOpen) this.#child.stdin.end();
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#read(line));
    this.exited = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        keepForScan("stdout", this.stdout);
        keepForScan("stderr", this.stderr);
        this.#ended = { code, signal };
        this.#changed();
        resolve({ code, signal });
      });
    });
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The end that no process sees coming. */
  async kill(): Promise<Exit> {
    this.#child.kill("SIGKILL");
    return this.exited;
  }

  /** The end that it is asked for. */
  async end(): Promise<Exit> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }

  /** Resolves with the first value that is not undefined; asked again whenever the process says something or `poke` is called. */
  until<T>(look: () => T | undefined, what: string, timeoutMs = PATIENCE_MS): Promise<T> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const finish = (act: () => void) => {
      clearTimeout(timer);
      this.#listeners.delete(listener);
      act();
    };
    const fail = (why: string) =>
      finish(() => reject(new Error(`${why} ${what}\nstdout: ${tail(this.stdout)}\nstderr: ${tail(this.stderr)}`)));
    const timer = setTimeout(() => fail(`${timeoutMs} ms passed without`), timeoutMs);
    const listener = () => {
      const value = look();
      if (value !== undefined) finish(() => resolve(value));
      else if (this.#ended) fail(`the process ended (${this.#ended.code ?? this.#ended.signal}) without`);
    };
    this.#listeners.add(listener);
    return promise;
  }

  poke(): void {
    this.#changed();
  }

  /** The first line so far, or to come, that fits. */
  line(fits: (line: Shown) => boolean, what: string, timeoutMs?: number): Promise<Shown> {
    return this.until(() => this.shown.find(fits), what, timeoutMs);
  }

  /** The answer to a command that was typed. */
  answer(command: string): Promise<Shown> {
    return this.line((line) => line.kind === "view" && line.command === command, `an answer to "${command}"`);
  }

  alert(title: string): Promise<Shown> {
    return this.line((line) => line.kind === "alert" && line.view.title.includes(title), `an alert that says "${title}"`);
  }

  logged(text: string, timeoutMs?: number): Promise<true> {
    return this.until(() => (this.stderr.includes(text) ? true : undefined), `"${text}" on stderr`, timeoutMs);
  }

  #read(line: string): void {
    const parsed = shownLine.safeParse(jsonOf(line));
    if (parsed.success) this.shown.push(parsed.data);
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Undefined for what a killed process could not finish. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function tail(text: string): string {
  return text.slice(-2_000);
}
