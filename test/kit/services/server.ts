import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { keepForScan } from "../canary/watch.ts";

/** A real server as a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = "";
  #heard: () => void = () => undefined;

  constructor(binary: string, args: readonly string[], folder: string) {
    this.#name = binary.split("/").at(-1) ?? binary;
    this.#child = spawn(binary, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.once("exit", () => this.#heard());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString("utf8");
        this.#heard();
      });
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it printed last, for a message. */
  get lastWords(): string {
    return this.#output.slice(-1_000);
  }

  /** Resolves when it has printed this; rejects when it ended before. */
  async said(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (!this.running) throw new Error(`${this.#name} ended before it said "${text}": ${this.lastWords}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard = resolve;
      await promise;
    }
  }

  /** SIGSTOP and SIGCONT make it deaf and wake it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.running) {
      const ended = once(this.#child, "exit");
      this.#child.kill(signal);
      if (signal !== "SIGCONT") await ended;
    }
    keepForScan(this.#name, this.#output);
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
