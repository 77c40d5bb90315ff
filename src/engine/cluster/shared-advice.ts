import type { Advice, NoAdvice } from "../../domain/advice.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { AdvisedSymbol, Advisor } from "../../ports/advisor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WakeUps } from "../../ports/queue.ts";
import { type Store, StoreUnavailable } from "../../ports/store.ts";
import { rememberedOn } from "../advice.ts";
import { decodeAnswer, encodeAnswer } from "./answers.ts";
import { Rounds } from "./rounds.ts";

/** The name under which the desk's advice is kept with the snapshots, and the word that it has changed. */
const ADVICE = "advice";
/** The process that has the desk looks so often whether there is other advice than it has kept, */
const KEEP_EVERY_MS = 5 * SECOND_MS;
/** and the others read it so often, and at once at the word. */
const READ_EVERY_MS = 15 * SECOND_MS;

const NOT_READ: NoAdvice = { none: "the process that asks the service has kept nothing on it yet" };

type Notes = ReadonlyMap<string, Advice | NoAdvice>;

interface AdviceParts {
  readonly store: Pick<Store, "saveSnapshot" | "loadSnapshot">;
  readonly wakeUps: Pick<WakeUps, "tell" | "onTell">;
  readonly clock: Clock;
  /** Symbols on which advice is wanted here. */
  readonly wanted: () => readonly AdvisedSymbol[];
  readonly onFatal: (failure: unknown) => void;
}

/** Keeps what the service thinks where all processes of the desk can read it. It is asked by the process that has the desk, once for all of them. */
export class KeptAdvice {
  readonly #parts: AdviceParts;
  readonly #rounds: Rounds;

  constructor(parts: AdviceParts, advisor: () => Advisor | undefined) {
    this.#parts = parts;
    let kept: string | undefined;
    this.#rounds = new Rounds(parts.clock, KEEP_EVERY_MS, async () => {
      const notes = parts.wanted().map((each) => [keyOf(each), rememberedOn(advisor(), each)] as const);
      const body = encodeAnswer(new Map(notes));
      if (body === kept || (kept === undefined && notes.length === 0)) return;
      if (!(await reached(parts.store.saveSnapshot({ stream: ADVICE, sequence: 0, body })))) return;
      kept = body;
      parts.wakeUps.tell(ADVICE);
    });
  }

  start(): void {
    this.#rounds.start(this.#parts.onFatal);
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }
}

/** The desk's advice in a process that has accounts: read from the store beside the trading, and asked from memory. What is not renewed grows old there, and whoever uses it looks at its age. */
export class ReadAdvice implements Advisor {
  readonly #parts: AdviceParts;
  readonly #rounds: Rounds;
  #notes: Notes = new Map();
  #stopListening = (): void => undefined;

  constructor(parts: AdviceParts) {
    this.#parts = parts;
    this.#rounds = new Rounds(parts.clock, READ_EVERY_MS, async () => {
      // Most desks have no bot that asks: then nothing is read.
      if (parts.wanted().length === 0) return;
      const read = await reached(parts.store.loadSnapshot(ADVICE));
      if (read?.value) this.#notes = decodeAnswer(read.value.body) as Notes;
    });
  }

  on(market: string, symbol: string): Advice | NoAdvice {
    return this.#notes.get(keyOf({ market, symbol })) ?? NOT_READ;
  }

  start(): void {
    this.#stopListening = this.#parts.wakeUps.onTell((topic) => {
      if (topic === ADVICE) this.#rounds.wake();
    });
    this.#rounds.start(this.#parts.onFatal);
  }

  async stop(): Promise<void> {
    this.#stopListening();
    await this.#rounds.stop();
  }
}

/** Undefined where the store does not answer: the next round tries again. */
async function reached<T>(asked: Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await asked };
  } catch (failure) {
    if (!(failure instanceof StoreUnavailable)) throw failure;
    return undefined;
  }
}

function keyOf({ market, symbol }: AdvisedSymbol): string {
  return `${market} ${symbol}`;
}
