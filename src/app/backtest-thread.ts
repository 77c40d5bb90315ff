import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { CandleChunk } from "../backtest/chunks.ts";
import { type BacktestJob, runBacktest } from "../backtest/run.ts";
import type { CandleSource } from "../backtest/source.ts";
import { messageOf, UserError } from "../domain/errors.ts";
import { fromJson, toJson } from "../domain/money.ts";
import { openMemoryStore } from "../stores/memory.ts";
import { systemClock } from "../system/clock.ts";
import { SILENT } from "../system/silent-logger.ts";
import { openPaperVenue } from "../venues/paper.ts";

/** What the thread asks its desk for and tells it. A job and a result go as text, because decimals lose their kind on the way. */
export type FromBacktest =
  | { readonly kind: "candles"; readonly minutes: number | undefined }
  | { readonly kind: "progress"; readonly atMs: number }
  | { readonly kind: "done"; readonly result: string }
  | { readonly kind: "failed"; readonly message: string; readonly isRefusal: boolean };

/** The next piece of candles; undefined after the last. */
export interface ToBacktest {
  readonly chunk: CandleChunk | undefined;
}

/** The desk on the other side of the port: one question at a time. */
class PortSource implements CandleSource {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  before(minutes: number): Promise<CandleChunk | undefined> {
    return this.#ask(minutes);
  }

  next(): Promise<CandleChunk | undefined> {
    return this.#ask(undefined);
  }

  #ask(minutes: number | undefined): Promise<CandleChunk | undefined> {
    const answer = new Promise<CandleChunk | undefined>((resolve) => {
      this.#port.once("message", ({ chunk }: ToBacktest) => resolve(chunk));
    });
    this.#port.postMessage({ kind: "candles", minutes } satisfies FromBacktest);
    return answer;
  }
}

async function run(port: MessagePort, job: BacktestJob): Promise<FromBacktest> {
  try {
    const result = await runBacktest(job, {
      source: new PortSource(port),
      store: openMemoryStore(),
      clock: systemClock(),
      // What a run has to say is in its result; the desk's log is about the desk.
      logger: SILENT,
      openVenue: openPaperVenue,
      onProgress: (atMs) => port.postMessage({ kind: "progress", atMs } satisfies FromBacktest),
    });
    return { kind: "done", result: toJson(result) };
  } catch (thrown) {
    return { kind: "failed", message: messageOf(thrown), isRefusal: thrown instanceof UserError };
  }
}

if (parentPort) {
  const port = parentPort;
  // The desk ends this thread when it has the answer.
  void run(port, fromJson(workerData as string) as BacktestJob).then((answer) => port.postMessage(answer));
}
