import type { Look } from "./render.ts";

const DEFAULT_WIDTH = 80;

/** Writes to the terminal or a pipe. A reader that is gone is no fault of the desk: from then on nothing is written. */
export class Output {
  readonly stream: NodeJS.WritableStream;
  #closed = false;

  constructor(stream: NodeJS.WritableStream) {
    this.stream = stream;
    stream.on("error", this.#onEnd);
    stream.on("close", this.#onEnd);
    stream.on("finish", this.#onEnd);
  }

  get closed(): boolean {
    return this.#closed || !this.stream.writable;
  }

  /** Columns of a terminal; a pipe has no width. */
  get widthMax(): Look["widthMax"] {
    if (!isTty(this.stream)) return Number.POSITIVE_INFINITY;
    const columns = "columns" in this.stream ? this.stream.columns : undefined;
    return typeof columns === "number" && columns > 0 ? columns : DEFAULT_WIDTH;
  }

  /** Resolves with true once the text was flushed, with false when nobody reads any more. */
  write(text: string): Promise<boolean> {
    if (this.closed) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const gone = () => resolve(false);
    this.stream.once("close", gone);
    try {
      this.stream.write(text, (error) => {
        this.stream.off("close", gone);
        if (error) this.#closed = true;
        resolve(!error);
      });
    } catch {
      this.#closed = true;
      gone();
    }
    return promise;
  }

  readonly #onEnd = () => {
    this.#closed = true;
  };
}

/** Whether a stream is a terminal, where somebody may sit, and not a pipe or a file. */
export function isTty(stream: NodeJS.ReadableStream | NodeJS.WritableStream): boolean {
  return "isTTY" in stream && stream.isTTY === true;
}
