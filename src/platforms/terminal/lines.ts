import { StringDecoder } from "node:string_decoder";

/** Longest line that is read whole, in characters. What follows is dropped up to the next line end. */
export const LINE_CHARS_MAX = 1_000_000;
/** How much is kept of a line that is longer. */
const HEAD_CHARS = 20_000;

export interface TypedLine {
  readonly text: string;
  /** Set when the line was longer than this many characters; only its beginning is here then. */
  readonly tornAt: number | undefined;
  /** Typed where nothing was shown: a value of a form. */
  readonly hidden?: boolean;
}

/** Where lines come from, one at a time: the next is taken when the former was answered. */
export interface LineSource {
  /** The next line; undefined after the last one. */
  next(): Promise<TypedLine | undefined>;
  close(): void;
}

/** Lines of a stream. Reads on only when its lines are wanted, so that memory stays bounded. */
export class StreamLines implements LineSource {
  readonly #input: NodeJS.ReadableStream;
  readonly #decoder = new StringDecoder("utf8");
  #ready: TypedLine[] = [];
  #tail = "";
  #torn = false;
  #ended = false;
  #attached = false;
  #waiting: ((line: TypedLine | undefined) => void) | undefined;

  constructor(input: NodeJS.ReadableStream) {
    this.#input = input;
  }

  next(): Promise<TypedLine | undefined> {
    const line = this.#ready.shift();
    if (line || this.#ended) return Promise.resolve(line);
    const { promise, resolve } = Promise.withResolvers<TypedLine | undefined>();
    this.#waiting = resolve;
    this.#attach();
    this.#input.resume();
    return promise;
  }

  close(): void {
    this.#ready = [];
    this.#ended = true;
    this.#input.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    this.#input.pause();
    // A pipe that its writer holds open must not keep the process.
    if ("unref" in this.#input && typeof this.#input.unref === "function") this.#input.unref();
    this.#hand();
  }

  #attach(): void {
    if (this.#attached) return;
    this.#attached = true;
    // A broken input ends like a finished one; this listener stays, because a late error must not end the desk either.
    this.#input.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onEnd).on("error", this.#onEnd);
  }

  readonly #onData = (chunk: Buffer | string) => {
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#take(text.slice(from, end));
      this.#finishLine();
      from = end + 1;
    }
    this.#take(text.slice(from));
    this.#hand();
    if (this.#waiting === undefined) this.#input.pause();
  };

  readonly #onEnd = () => {
    if (this.#ended) return;
    this.#take(this.#decoder.end());
    if (this.#tail !== "") this.#finishLine();
    this.#ended = true;
    this.#hand();
  };

  #take(part: string): void {
    if (this.#torn) return;
    this.#torn = this.#tail.length + part.length > LINE_CHARS_MAX;
    this.#tail = this.#torn ? (this.#tail + part.slice(0, HEAD_CHARS)).slice(0, HEAD_CHARS) : this.#tail + part;
  }

  #finishLine(): void {
    this.#ready.push({ text: this.#tail.replace(/^\ufeff/, "").replace(/\r$/, ""), tornAt: this.#torn ? LINE_CHARS_MAX : undefined });
    this.#tail = "";
    this.#torn = false;
  }

  #hand(): void {
    const waiting = this.#waiting;
    if (!waiting || (this.#ready.length === 0 && !this.#ended)) return;
    this.#waiting = undefined;
    waiting(this.#ready.shift());
  }
}
