import { createHash } from "node:crypto";

/** As many as the processor's cache still has when they are put together. */
const CHUNK_CHARACTERS = 1 << 12;

/** Everything that happened in one world, as one hash; the same lines are read by a person when somebody listens. */
export class Trace {
  readonly #hash = createHash("sha256");
  readonly nowMs: () => number;
  readonly #listener: ((line: string, isNoise: boolean) => void) | undefined;
  #chunk = "";
  #lines = 0;

  constructor(nowMs: () => number, listener?: (line: string, isNoise: boolean) => void) {
    this.nowMs = nowMs;
    this.#listener = listener;
  }

  get lines(): number {
    return this.#lines;
  }

  /** A fact for the hash and for the reader, who may leave out what is only noise there. */
  tell(line: string, noise = false): void {
    this.#lines += 1;
    this.#chunk += `${this.nowMs()} ${line}\n`;
    if (this.#chunk.length >= CHUNK_CHARACTERS) this.#flush();
    if (this.#listener !== undefined) this.#listener(`${clockText(this.nowMs())} ${line}`, noise);
  }

  /** The hash of all that was told. Nothing may be told after it. */
  digest(): string {
    this.#flush();
    return this.#hash.digest("hex").slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(this.#chunk);
    this.#chunk = "";
  }
}

/** Virtual time as `01:02:03.450`. */
export function clockText(spanMs: number): string {
  const seconds = Math.floor(spanMs / 1_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const millis = String(Math.floor(spanMs % 1_000)).padStart(3, "0");
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${millis}`;
}
