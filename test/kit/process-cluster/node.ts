import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { DeskProcess, type Exit } from "../process-desk.ts";
import { pause } from "../process-live-desk.ts";
import type { Build } from "./build.ts";

export type NodeRole = "gateway" | "engine";

/** What a supervisor waits before it starts a process again. */
const RESTART_MS = 1_000;
/** What the lives of a node have logged, one after the other. */
const OUTPUT = "output.log";
/** Codes with which a process may end by itself: it was asked to, or another one has taken what it had. */
const ORDERLY: ReadonlySet<number | null> = new Set([0, 70]);

export interface NodeOptions {
  readonly name: string;
  readonly role: NodeRole;
  /** Of its HTTP address. */
  readonly port: number;
  readonly folder: string;
  /** Settings of one life; each has an address of its own. */
  readonly settings: (life: number) => Readonly<Record<string, string>>;
  /** Which build of the product it runs; the sources as they are where none is named. */
  readonly build?: Build | undefined;
}

/** A place for one process, which a supervisor starts again whenever it has ended. */
export class ClusterNode {
  readonly name: string;
  readonly role: NodeRole;
  readonly port: number;
  /** How often each way of ending that nobody wished has come, in words. */
  readonly strangeEnds: string[] = [];
  /** Ends with exit code 70, which say that another process has taken what it had. */
  readonly ownEnds: Exit[] = [];
  lives = 0;
  /** The most memory that a life of it had, in bytes. */
  peakBytes = 0;
  process: DeskProcess;
  readonly #options: NodeOptions;
  #isOver = false;
  #isKilled = false;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.role = options.role;
    this.port = options.port;
    mkdirSync(options.folder, { recursive: true });
    this.process = this.#start();
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    await this.process.kill();
  }

  /** Ends it for good, as asked; returns its exit. */
  async end(): Promise<Exit> {
    this.#isOver = true;
    const { process } = this;
    process.signal("SIGCONT");
    const ended = await process.end();
    if (!ORDERLY.has(ended.code)) this.#strange(process, ended);
    return ended;
  }

  async abandon(): Promise<void> {
    this.#isOver = true;
    await this.process.kill();
  }

  /** What the lives that are over have logged, each with its end. */
  get said(): string {
    return readFileSync(join(this.#options.folder, OUTPUT), "utf8");
  }

  /** Looks at its memory. */
  weigh(): void {
    try {
      const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
      const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
      this.peakBytes = Math.max(this.peakBytes, Number(kilobytes) * 1_024);
    } catch {
      // It has just ended.
    }
  }

  #start(): DeskProcess {
    this.lives += 1;
    const { folder, settings, build } = this.#options;
    const program = build && ([execPath, build.entry, "--json"] as const);
    const started = new DeskProcess({ folder, settings: settings(this.lives), keepOpen: true, ...(program && { program }) });
    void started.exited.then((exit) => this.#ended(started, exit));
    return started;
  }

  async #ended(process: DeskProcess, exit: Exit): Promise<void> {
    const ending = `--- life ${this.lives}, process ${process.pid}, ended with ${exit.code ?? exit.signal}`;
    appendFileSync(join(this.#options.folder, OUTPUT), `${process.stderr}${ending}\n`);
    if (this.#isOver) return;
    if (!this.#isKilled) {
      if (ORDERLY.has(exit.code)) this.ownEnds.push(exit);
      else this.#strange(process, exit);
    }
    this.#isKilled = false;
    await pause(RESTART_MS);
    if (!this.#isOver) this.process = this.#start();
  }

  #strange(process: DeskProcess, { code, signal }: Exit): void {
    this.strangeEnds.push(
      `${this.name} ended by itself with ${code ?? signal}: ${process.stderr.trim().split("\n").slice(-3).join(" | ").slice(-600)}`,
    );
  }
}
