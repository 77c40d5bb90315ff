/** How the reporter to the AI service stands. */
export interface ShenronStatus {
  /** Where the service is, as set; undefined where none is. Without path, query or user. */
  readonly host: string;
  /** Undefined before the first try. */
  readonly isReachable: boolean | undefined;
  /** Durable events that are not reported yet, those without news in them included. */
  readonly lagEvents: number;
  readonly lastSuccessAgeMs: number | undefined;
  /** What is wrong now, in one sentence; undefined while all is well. */
  readonly trouble: string | undefined;
  /** Until the next try while something is wrong. */
  readonly retryInMs: number | undefined;
  /** On how many of the symbols that bots ask about there is advice, and why not on all; nothing is said where no bot asks. */
  readonly advice?: { readonly wanted: number; readonly known: number; readonly trouble: string | undefined };
  /** What this process has reported. */
  readonly reports: number;
  readonly items: number;
}

/** Something from the desk's books that an answer may state: by its id, never in digits of its own. */
export interface AskFact {
  /** As `f12`. */
  readonly id: string;
  /** What it is of: `bot:dip`, `order:abc`, `decision:dip@1621429200000`, `account:main`. */
  readonly source: string;
  readonly label: string;
  readonly value: string;
}

/** One claim of an answer as the service wrote it: nothing of it is believed yet. */
export interface AskClaim {
  readonly text: string;
  readonly cites: readonly string[];
}

/** The AI service as commands see it. Nothing here is ever waited for by trading. */
export interface Shenron {
  /** From memory. */
  status(): ShenronStatus;
  /** Reports everything that is not reported yet, without waiting for the pause after a failure. Resolves when that is done, has failed or takes too long. */
  report(): Promise<ShenronStatus>;
  /** Asks once, with all that the answer may be made from. Rejects with TransientError in one sentence of ours. */
  ask(question: string, facts: readonly AskFact[], requestId: string): Promise<readonly AskClaim[]>;
}
