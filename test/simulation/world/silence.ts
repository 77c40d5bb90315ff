import type { Environment } from "../../../src/ports/live-venue.ts";
import type { Wire, WireAnswer } from "../../../src/venues/wire.ts";

const ASKS_FOR_SILENCE: ReadonlySet<number> = new Set([418, 429]);
const MS_PER_SECOND = 1_000;

export interface SilenceOptions {
  /** True time. */
  readonly nowMs: () => number;
  readonly mark: (what: string) => void;
  /** Until when the log says that the exchange sends the desk away, in true time; 0 when it does not say, or when a wrong clock wrote it. */
  readonly loggedUntilMs: () => number;
}

/** What each process was told about silence, and whether it kept it: every request is seen as it leaves, under the process's own request budget. */
export class Silence {
  /** Requests that left in spite of it. */
  readonly knocks: string[] = [];
  readonly #options: SilenceOptions;
  readonly #told = new Map<string, { readonly sinceMs: number; readonly untilMs: number }>();

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** A process opens an account: by now it has read its log. */
  watched(wire: Wire, process: number, environment: Environment): Wire {
    const untilMs = this.#options.loggedUntilMs();
    if (untilMs > this.#options.nowMs()) {
      this.#options.mark("antecedent 23: a process that begins finds a silence in its log");
      this.#tell(process, environment, untilMs);
    }
    return {
      send: async (call) => {
        this.#look(process, environment, `${call.method} ${call.path}`);
        const answer = await wire.send(call);
        this.#hear(process, environment, answer);
        return answer;
      },
      setOffset: (offsetMs) => wire.setOffset(offsetMs),
      close: () => wire.close(),
    };
  }

  #look(process: number, environment: Environment, what: string): void {
    const told = this.#told.get(`${process} ${environment}`);
    const nowMs = this.#options.nowMs();
    // What was let go at the very instant at which the answer came may still leave.
    if (!told || nowMs <= told.sinceMs || nowMs >= told.untilMs) return;
    this.knocks.push(
      `process ${process} sent ${what} to the ${environment} world ${Math.round(told.untilMs - nowMs)} ms before its silence ended`,
    );
  }

  #hear(process: number, environment: Environment, answer: WireAnswer): void {
    if (answer.phase !== "answered" || !ASKS_FOR_SILENCE.has(answer.status)) return;
    const seconds = Number(answer.headers.get("retry-after") ?? 0);
    if (seconds <= 0) return;
    this.#options.mark(`antecedent 23: a process is told to be silent (${answer.status})`);
    this.#tell(process, environment, this.#options.nowMs() + seconds * MS_PER_SECOND);
  }

  #tell(process: number, environment: Environment, untilMs: number): void {
    const name = `${process} ${environment}`;
    const known = this.#told.get(name);
    if (!known || untilMs > known.untilMs) this.#told.set(name, { sinceMs: this.#options.nowMs(), untilMs });
  }
}
