import { UserError } from "../../domain/errors.ts";
import type { AskBook } from "../../ports/asks.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WakeUps } from "../../ports/queue.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import { type Answer, decodeAnswer, encodeAnswer, failureOf, type Reached } from "./answers.ts";

/** Answers are looked for so often while some are awaited, and at once at a word. */
const LOOK_EVERY_MS = 250;
/** So long somebody has to begin what is asked; then it is taken back, unless it lowers risk. */
const BEGIN_MS = 10_000;
/** And so long to do what was begun. */
const DONE_MS = 60_000;

/** Before the stream of which something is asked: a word that names it costs a question only where that is held. */
const ASKED = "asked ";

/** The stream of which something is asked, if a word says so. */
export function askedIn(topic: string): string | undefined {
  return topic.startsWith(ASKED) ? topic.slice(ASKED.length) : undefined;
}

/** The word that an ask was answered. It names the ask, so that it costs a question only where that is awaited. */
export function answeredOf(id: string): string {
  return `answered ${id}`;
}

export interface AskerOptions {
  readonly book: AskBook;
  readonly wakeUps: Pick<WakeUps, "tell" | "onTell">;
  readonly clock: Clock;
}

export interface Wish {
  /** The same id is the same ask for ever: asked again, it is answered as before. */
  readonly id: string;
  readonly stream: string;
  readonly call: string;
  readonly args: readonly unknown[];
  /** It is not taken back when nobody begins it in time. */
  readonly stands: boolean;
  /** It changes nothing, so that there is nothing to be said of what was done. */
  readonly isQuestion?: boolean;
  /** What is asked and of whom, for people, as "the account main". */
  readonly of: string;
}

export interface Done {
  readonly result: unknown;
  readonly reached: Reached;
}

/** Whoever was asked has not answered, in one sentence for people. */
export class NobodyAnswers extends UserError {
  /** Nobody had begun it, and nobody ever will under this id. */
  readonly isTakenBack: boolean;

  constructor(message: string, options: { readonly cause?: unknown; readonly isTakenBack?: boolean } = {}) {
    super(message, options);
    this.isTakenBack = options.isTakenBack ?? false;
  }
}

/** Asks the process that has a stream to do something, through the store, and waits for what became of it. */
export class Asker {
  readonly #options: AskerOptions;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  /** The words for which those who wait listen. */
  readonly #words = new Set<string>();
  #looking = false;
  #wake = new AbortController();

  constructor(options: AskerOptions) {
    this.#options = options;
    options.wakeUps.onTell((topic) => {
      if (this.#words.has(topic)) this.#wake.abort();
    });
  }

  /** Rejects with NobodyAnswers when nobody does it, and with what the other process refused it with. */
  async ask(wish: Wish): Promise<Done> {
    const { book, clock, wakeUps } = this.#options;
    const { id, stream, call, args } = wish;
    const answered = Promise.withResolvers<Answer>();
    try {
      await book.ask({ id, stream, body: encodeAnswer({ call, args }), wallMs: clock.wall() });
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      throw new NobodyAnswers(
        `The store does not answer now (${failure.message}), so nobody knows whether this is done. Look again in a moment.`,
        {
          cause: failure,
        },
      );
    }
    this.#waiting.set(id, answered.resolve);
    this.#words.add(answeredOf(id));
    wakeUps.tell(`${ASKED}${stream}`);
    void this.#look();
    try {
      const answer = await this.#within(answered.promise, wish);
      if (answer.kind === "refused") throw failureOf(answer);
      return { result: answer.result, reached: answer.reached };
    } finally {
      this.#waiting.delete(id);
      this.#words.delete(answeredOf(id));
    }
  }

  async #within(answered: Promise<Answer>, { id, stands, isQuestion, of }: Wish): Promise<Answer> {
    const early = await this.#before(answered, BEGIN_MS);
    if (early) return early;
    if (stands)
      throw new NobodyAnswers(
        `No process of this desk has answered for ${of} within ${BEGIN_MS / 1_000} s. It is written down and done as soon as one has it; system nodes shows which are there.`,
      );
    if (await this.#withdrawn(id))
      throw new NobodyAnswers(
        `No process of this desk has ${of} now, so ${isQuestion ? "nobody can say that" : "nothing was done"}. Try again in a moment; system nodes shows which are there.`,
        { isTakenBack: true },
      );
    const late = await this.#before(answered, DONE_MS);
    if (late) return late;
    throw new NobodyAnswers(
      `What was asked of ${of} has begun and has not ended within ${DONE_MS / 1_000} s. Look again in a moment what came of it.`,
    );
  }

  async #before(answered: Promise<Answer>, timeoutMs: number): Promise<Answer | undefined> {
    const done = new AbortController();
    try {
      return await Promise.race([answered, this.#options.clock.sleep(timeoutMs, done.signal).then(() => undefined)]);
    } finally {
      done.abort();
    }
  }

  /** A store that does not answer leaves it open: then it may have begun. */
  async #withdrawn(id: string): Promise<boolean> {
    try {
      return await this.#options.book.withdraw(id);
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      return false;
    }
  }

  /** One look for all that wait, at a word or after a while, again and again until nobody does. At once nothing can be answered that was just asked. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { book, clock } = this.#options;
    try {
      while (this.#waiting.size > 0) {
        await clock.sleep(LOOK_EVERY_MS, this.#wake.signal);
        this.#wake = new AbortController();
        if (this.#waiting.size === 0) return;
        for (const [id, body] of await answersOf(book, [...this.#waiting.keys()])) {
          this.#waiting.get(id)?.(decodeAnswer(body) as Answer);
          this.#waiting.delete(id);
        }
      }
    } finally {
      this.#looking = false;
    }
  }
}

async function answersOf(book: AskBook, ids: readonly string[]): Promise<Map<string, string>> {
  try {
    return await book.answers(ids);
  } catch (failure) {
    if (!(failure instanceof StoreUnavailable)) throw failure;
    return new Map();
  }
}
