import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const LONGEST = 2_000;

/** A few words that a crashing process leaves for the next one. Best effort on both sides: without it the next start says that the cause is unknown. */
export class CrashNote {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Writes at once, for the process is about to end. The text must hold no secret. */
  leave(cause: string): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, cause.slice(0, LONGEST), { mode: 0o600 });
    } catch {
      // The disk may be the very reason for the crash.
    }
  }

  /** The note of the last crash, read once. */
  take(): string | undefined {
    try {
      const cause = readFileSync(this.#file, "utf8").slice(0, LONGEST);
      rmSync(this.#file);
      return cause;
    } catch {
      return undefined;
    }
  }
}
