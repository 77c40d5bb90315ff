import type { BreakerName } from "../domain/breaker.ts";
import type { Reading } from "../risk/breaker-machine.ts";

/** What a process measures about itself and its surroundings, for the technical breakers. It is not durable: what it lacks after a restart only makes breakers wait. */
export interface Technical {
  reading(breaker: BreakerName): Reading | undefined;
  /** What a half-open breaker was tried with has shown since then. */
  evidence(breaker: BreakerName): "good" | "bad" | undefined;
  /** A breaker has opened, or was made half-open: what was measured before counts no more. */
  begin(breaker: BreakerName): void;
}

/** Writings that are looked at, and how many of them must be slow. */
const WRITINGS = 5;
const SLOW_OF_THEM = 3;

/** How long the store takes to write an account's events. */
export class StorePace implements Technical {
  #tookMs: number[] = [];
  /** Asked every second, and other only after a writing. */
  #reading: Reading | undefined;

  wrote(tookMs: number): void {
    this.#tookMs = [...this.#tookMs, tookMs].slice(-WRITINGS);
    const value = this.#tookMs.toSorted((a, b) => b - a)[SLOW_OF_THEM - 1];
    const said = (slowMs: number) => `${SLOW_OF_THEM} of the last ${this.#tookMs.length} writings took ${Math.round(slowMs)} ms or longer`;
    this.#reading = value === undefined ? undefined : { value, because: said(value) };
  }

  reading(breaker: BreakerName): Reading | undefined {
    return breaker === "store" ? this.#reading : undefined;
  }

  /** The event that makes it half-open is itself written, and says how quick that was. */
  evidence(breaker: BreakerName): "good" | undefined {
    const newest = this.#tookMs.at(-1);
    return breaker === "store" && newest !== undefined && newest < QUICK_MS ? "good" : undefined;
  }

  begin(breaker: BreakerName): void {
    if (breaker !== "store") return;
    this.#tookMs = [];
    this.#reading = undefined;
  }
}

/** A writing that is quick enough to count as a sign that the store is well again. */
const QUICK_MS = 500;

/** Several sources as one. */
export function together(sources: readonly Technical[]): Technical {
  const first = <T>(ask: (source: Technical) => T | undefined): T | undefined => {
    for (const source of sources) {
      const found = ask(source);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    reading: (breaker) => first((source) => source.reading(breaker)),
    evidence: (breaker) => first((source) => source.evidence(breaker)),
    begin: (breaker) => {
      for (const source of sources) source.begin(breaker);
    },
  };
}
