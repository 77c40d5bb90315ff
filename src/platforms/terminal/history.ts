import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { looksPrivate } from "./private-lines.ts";

export const HISTORY_LINES_MAX = 500;
const OWNER_ONLY = 0o600;

/** The typed lines of earlier days, newest first. A history that cannot be read or kept is a comfort lost, not a fault. */
export class History {
  readonly #file: string | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(file: string | undefined) {
    this.#file = file;
  }

  async load(): Promise<string[]> {
    if (this.#file === undefined) return [];
    const text = await readFile(this.#file, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line !== "" && !looksPrivate(line));
    return lines.slice(-HISTORY_LINES_MAX).reverse();
  }

  /** Keeps what does not look secret. Never rejects. */
  save(newestFirst: readonly string[]): void {
    const file = this.#file;
    if (file === undefined) return;
    const lines = newestFirst.filter((line) => !looksPrivate(line) && !/[\r\n]/.test(line)).slice(0, HISTORY_LINES_MAX);
    const text = lines.toReversed().map((line) => `${line}\n`);
    this.#saving = this.#saving
      .then(() => mkdir(dirname(file), { recursive: true }))
      .then(() => writeFile(file, text.join(""), { mode: OWNER_ONLY }))
      .catch(() => undefined);
  }

  /** Resolves when the last save is over. */
  async saved(): Promise<void> {
    await this.#saving;
  }
}
