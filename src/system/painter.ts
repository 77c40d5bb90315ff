import { Worker } from "node:worker_threads";
import { SECOND_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Painted, Painter, Picture } from "../ports/picture.ts";
import type { FromPainter, PaintRequest } from "./painter/protocol.ts";

/** A picture that is not there after so long is given up, waiting included; the first one also waits for the library. */
export const PAINT_MAX_MS = 5 * SECOND_MS;
/** Pictures that may wait. One more is a problem at once. */
export const PICTURES_WAITING_MAX = 16;
/** A larger drawing than any of ours is not even tried. */
export const SVG_CHARACTERS_MAX = 2_000_000;
/** Equal pictures, for several channels or tried again, are drawn once. */
const KEPT_MAX = 8;
/** A thread is replaced after so many pictures, whatever it kept of them. */
const PICTURES_A_THREAD_MAX = 1_000;
/** Of the thread's own heap; the library's memory ends with the thread. */
const HEAP_MAX_MB = 192;

export interface PainterOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The drawing thread; tests may hand in one that misbehaves. */
  readonly thread?: URL;
}

interface Waiting {
  readonly id: number;
  readonly svg: string;
  readonly settle: (painted: Painted) => void;
}

/** Draws on one thread of its own, which begins with the first picture. Whatever the thread does ends in a problem of its picture. */
export function openPainter(options: PainterOptions): Painter {
  return new ThreadPainter(options);
}

class ThreadPainter implements Painter {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #thread: URL;
  readonly #kept = new Map<string, Promise<Painted>>();
  #queue: Waiting[] = [];
  #current: Waiting | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #paintedHere = 0;
  #lastId = 0;
  /** Why nothing can be drawn any more. */
  #over: string | undefined;

  constructor({ clock, logger, thread }: PainterOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#thread = thread ?? new URL(import.meta.url.endsWith(".ts") ? "./painter/worker.ts" : "./painter/worker.js", import.meta.url);
  }

  paint({ svg }: Picture): Promise<Painted> {
    if (this.#over !== undefined) return Promise.resolve({ problem: this.#over });
    if (svg.length > SVG_CHARACTERS_MAX) return Promise.resolve({ problem: "it is too large" });
    const kept = this.#kept.get(svg);
    if (kept) return kept;
    if (this.#queue.length >= PICTURES_WAITING_MAX) return Promise.resolve({ problem: "too many others are being drawn" });
    const painted = this.#painted(svg);
    this.#keep(svg, painted);
    return painted;
  }

  async close(): Promise<void> {
    this.#over = "the desk stops";
    const worker = this.#worker;
    this.#worker = undefined;
    for (const waiting of this.#takeAll()) waiting.settle({ problem: this.#over });
    await worker?.terminate();
  }

  async #painted(svg: string): Promise<Painted> {
    const { promise, resolve } = Promise.withResolvers<Painted>();
    const inTime = new AbortController();
    const waiting: Waiting = { id: ++this.#lastId, svg, settle: resolve };
    this.#queue.push(waiting);
    this.#next();
    const late = this.#clock.sleep(PAINT_MAX_MS, inTime.signal).then(() => {
      if (!inTime.signal.aborted) this.#giveUp(waiting);
    });
    const painted = await promise;
    inTime.abort();
    await late;
    return painted;
  }

  #next(): void {
    if (this.#current || this.#queue.length === 0) return;
    if (!this.#worker) this.#worker = this.#begin();
    if (!this.#isReady) return;
    this.#current = this.#queue.shift();
    if (this.#current) this.#worker.postMessage({ id: this.#current.id, svg: this.#current.svg } satisfies PaintRequest);
  }

  #begin(): Worker {
    const worker = new Worker(this.#thread, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB } });
    this.#isReady = false;
    this.#paintedHere = 0;
    // A desk that ends does not wait for a picture.
    worker.unref();
    worker.on("message", (message: FromPainter) => {
      if (worker === this.#worker) this.#hear(message);
    });
    worker.on("error", (error) => {
      if (worker === this.#worker) this.#lose(error.message);
    });
    worker.on("exit", () => {
      if (worker === this.#worker) this.#lose("its thread ended");
    });
    return worker;
  }

  #hear(message: FromPainter): void {
    if (message.kind === "unfit") {
      this.#logger.error({ problem: message.problem }, "no charts can be drawn in this process");
      this.#over = `this installation cannot draw: ${message.problem}`;
      void this.#worker?.terminate();
      for (const waiting of this.#takeAll()) waiting.settle({ problem: this.#over });
      return;
    }
    if (message.kind === "ready") this.#isReady = true;
    else if (message.id === this.#current?.id) {
      const { settle } = this.#current;
      this.#current = undefined;
      this.#paintedHere += 1;
      settle(message.kind === "painted" ? { png: message.png } : { problem: message.problem });
      if (this.#paintedHere >= PICTURES_A_THREAD_MAX) this.#endThread();
    }
    this.#next();
  }

  /** The thread failed: its picture is lost, the others go to a new thread. One that never became ready would fail again. */
  #lose(problem: string): void {
    this.#logger.error({ problem }, "the thread that draws charts failed");
    const lost = this.#current ? [this.#current] : this.#isReady ? [] : this.#takeAll();
    this.#current = undefined;
    this.#endThread();
    for (const { settle } of lost) settle({ problem });
    this.#next();
  }

  /** A picture that is drawn too long takes its thread with it: nothing else stops a drawing. */
  #giveUp(waiting: Waiting): void {
    const isDrawn = this.#current === waiting;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    if (isDrawn) {
      this.#current = undefined;
      this.#endThread();
    }
    waiting.settle({ problem: "it took too long" });
    this.#next();
  }

  #endThread(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    void worker?.terminate();
  }

  #takeAll(): readonly Waiting[] {
    const all = [...(this.#current ? [this.#current] : []), ...this.#queue];
    this.#current = undefined;
    this.#queue = [];
    return all;
  }

  /** Only what came out well is kept. */
  #keep(svg: string, painted: Promise<Painted>): void {
    this.#kept.set(svg, painted);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    void painted.then((outcome) => {
      if ("problem" in outcome && this.#kept.get(svg) === painted) this.#kept.delete(svg);
    });
  }
}
