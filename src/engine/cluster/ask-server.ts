import { messageOf } from "../../domain/errors.ts";
import type { Ask, AskBook } from "../../ports/asks.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { WakeUps } from "../../ports/queue.ts";
import { AppendRefused, StoreUnavailable } from "../../ports/store.ts";
import { type Answer, decodeAnswer, encodeAnswer, type Reached, refusalOf } from "./answers.ts";
import { answeredOf, askedIn } from "./asker.ts";
import { NotHeldHere } from "./followed-stream.ts";
import { Rounds } from "./rounds.ts";

/** Asks are looked for so often, and at once at a word. */
const LOOK_EVERY_MS = 500;
/** Asks that are done at once; the others wait. */
const RUNNING_MAX = 64;
/** Between tries to write an answer down. */
const AGAIN_MS = 500;

export interface AskServerOptions {
  readonly book: AskBook;
  readonly wakeUps: Pick<WakeUps, "tell" | "onTell">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Streams that this process holds and answers for. */
  readonly streams: () => readonly string[];
  /** Does what is asked of a stream. */
  readonly serve: (stream: string, call: string, args: readonly unknown[]) => Promise<unknown>;
  /** How far streams have come that the effect of an ask of that stream is in. */
  readonly reached: (stream: string) => Reached;
  readonly onFatal: (failure: unknown) => void;
}

/** Does what other processes ask of the streams that this one holds. An effect carries the request's id, so that an ask that is done again finds it. */
export class AskServer {
  readonly #options: AskServerOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Asks that were begun here when their stream had just been given back. The store offers them to other processes only, and this one may have it again. */
  readonly #left = new Map<string, Ask>();
  readonly #rounds: Rounds;
  #stopListening = (): void => undefined;

  constructor(options: AskServerOptions) {
    this.#options = options;
    this.#rounds = new Rounds(options.clock, LOOK_EVERY_MS, async () => {
      for (const ask of await this.#open()) if (this.#running.size < RUNNING_MAX && !this.#rounds.isOver) this.#begin(ask);
    });
  }

  start(): void {
    const { wakeUps, onFatal, streams } = this.#options;
    this.#stopListening = wakeUps.onTell((topic) => {
      const stream = askedIn(topic);
      if (stream !== undefined && streams().includes(stream)) this.look();
    });
    this.#rounds.start(onFatal);
  }

  /** Looks at once, as after a stream was taken. */
  look(): void {
    this.#rounds.wake();
  }

  /** Begins nothing more and resolves when what was begun has ended. */
  async stop(): Promise<void> {
    this.#stopListening();
    await this.#rounds.stop();
    await Promise.all(this.#running.values());
  }

  async #open(): Promise<readonly Ask[]> {
    const { book, streams } = this.#options;
    const held = streams();
    if (held.length === 0) return [];
    try {
      const left = [...this.#left.values()].filter(({ stream }) => held.includes(stream));
      return [...left, ...(await book.open(held))].filter(({ id }) => !this.#running.has(id));
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      return [];
    }
  }

  #begin(ask: Ask): void {
    const run = this.#do(ask)
      .catch((failure: unknown) => {
        // Whoever has the stream next does what this process could not.
        if (failure instanceof NotHeldHere) this.#left.set(ask.id, ask);
        else if (!(failure instanceof AppendRefused)) this.#options.onFatal(failure);
      })
      .finally(() => {
        this.#running.delete(ask.id);
        if (this.#running.size >= RUNNING_MAX - 1) this.look();
      });
    this.#running.set(ask.id, run);
  }

  async #do(ask: Ask): Promise<void> {
    const { book, wakeUps } = this.#options;
    this.#left.delete(ask.id);
    if (!(await this.#patiently(() => book.begin(ask.id)))) return;
    // It may have been given back while this was on its way.
    if (!this.#options.streams().includes(ask.stream)) throw new NotHeldHere(`the stream ${ask.stream} was given back`);
    const body = encodeAnswer(await this.#outcome(ask));
    await this.#patiently(() => book.answer(ask.id, body));
    wakeUps.tell(answeredOf(ask.id));
  }

  async #outcome({ id, stream, body }: Ask): Promise<Answer> {
    const { serve, reached, logger } = this.#options;
    try {
      const { call, args } = decodeAnswer(body) as { readonly call: string; readonly args: readonly unknown[] };
      const result = await serve(stream, call, args);
      return { kind: "done", result, reached: reached(stream) };
    } catch (failure) {
      if (failure instanceof AppendRefused || failure instanceof NotHeldHere) throw failure;
      const refusal = refusalOf(failure);
      if (refusal.by === "fault")
        logger.error({ ask: id, stream, failure: messageOf(failure) }, "what another process asked for has failed");
      return refusal;
    }
  }

  /** A store that does not answer is asked again: the other side waits, or has given up by then. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (failure) {
        if (!(failure instanceof StoreUnavailable) || this.#rounds.isOver) throw failure;
        await this.#options.clock.sleep(AGAIN_MS, this.#rounds.signal);
      }
    }
  }
}
