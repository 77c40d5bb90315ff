import type { AppendBatch } from "../../../src/ports/store.ts";
import type { SimExchange } from "../world/exchange.ts";
import { type Asked, Broken, type Facts, type Law, type ProcessFacts, type SentOrder } from "./law.ts";
import { AdviceLaw } from "./law-advice.ts";
import { BooksLaw, LimitsLaw } from "./law-books.ts";
import { BreakerLaw } from "./law-breakers.ts";
import { DecisionLaw } from "./law-decisions.ts";
import { AcceptedLaw, VenueBooks, VenueQuietLaw } from "./law-exchange.ts";
import { ExitsLaw } from "./law-exits.ts";
import { PersonalLimitsLaw } from "./law-limits.ts";
import { NakedLaw } from "./law-naked.ts";
import { ObedienceLaw } from "./law-obedience.ts";
import { Edges, OnceLaw } from "./law-orders.ts";
import { PlansLaw } from "./law-plans.ts";
import { StopLaw } from "./law-protection.ts";
import { BoundsLaw, ConvergenceLaw, HolderLaw, PaperLaw } from "./law-rest.ts";
import { SilenceLaw } from "./law-silence.ts";
import { rowsOf } from "./log.ts";

/** An invariant that was broken, and when. */
export interface Violation {
  readonly law: string;
  readonly text: string;
  readonly atMs: number;
}

/** Watches a world and says which invariants it broke. It never asks the engine's books, but for comparing what they say with the truth. */
export class Referee {
  readonly violations: Violation[] = [];
  readonly #facts: Facts;
  readonly #nowMs: () => number;
  readonly #laws: readonly Law[];
  /** Those that look each second, and those that look at each row. */
  readonly #watching: readonly Law[];
  readonly #arriving: readonly Law[];
  readonly #durable: readonly Law[];
  #batches = 0;

  constructor(facts: Facts, nowMs: () => number, laws: readonly Law[]) {
    this.#facts = facts;
    this.#nowMs = nowMs;
    this.#laws = laws;
    this.#watching = laws.filter(({ second }) => second !== undefined);
    this.#arriving = laws.filter(({ arriving }) => arriving !== undefined);
    this.#durable = laws.filter(({ durable }) => durable !== undefined);
  }

  /** A batch is durable now: the only thing of ours that the referee believes. */
  durable(batch: AppendBatch, firstSequence: number): void {
    this.#batches += 1;
    for (const row of rowsOf(batch, firstSequence, this.#batches, this.#facts.trueMs())) {
      this.#judge((law) => law.arriving?.(row), this.#arriving);
      this.#judge(() => this.#facts.books.apply(row), [{ id: "4" }]);
      this.#judge((law) => law.durable?.(row), this.#durable);
    }
  }

  sent(order: SentOrder): void {
    this.#judge((law) => law.sent?.(order));
  }

  asked(asked: Asked): void {
    this.#judge((law) => law.asked?.(asked));
  }

  done(asked: Asked): void {
    this.#judge((law) => law.done?.(asked));
  }

  refused(asked: Asked, because: string): void {
    this.#judge((law) => law.refused?.(asked, because));
  }

  /** Something that a law looks at in the moment in which it happens. */
  judge(id: string, look: () => void): void {
    this.#judge(look, [{ id }]);
  }

  second(process: ProcessFacts): void {
    this.#judge((law) => law.second?.(process), this.#watching);
  }

  quietEnd(process: ProcessFacts, open: readonly Asked[]): void {
    this.#judge((law) => law.quietEnd?.(process, open));
  }

  /** What a process called fatal, or a start that failed, and nothing in the world explains. */
  unexplained(what: string): void {
    this.#note(new Broken("12", what));
  }

  #judge(ask: (law: Law) => void, laws: readonly Law[] = this.#laws): void {
    for (const law of laws) {
      try {
        ask(law);
      } catch (failure) {
        this.#note(failure instanceof Broken ? failure : new Broken(law.id, String(failure)));
      }
    }
  }

  #note({ law, message }: Broken): void {
    this.violations.push({ law, text: message, atMs: this.#nowMs() });
  }
}

/** All invariants, of accounts on paper and at the exchange. */
export function allLaws(facts: Facts, wallMs: () => number, exchange: SimExchange): Law[] {
  const venue = new VenueBooks(facts, exchange.accounts, exchange.core);
  return [
    new SilenceLaw(exchange),
    new AcceptedLaw(facts, venue),
    new NakedLaw(facts, venue),
    new VenueQuietLaw(facts, venue),
    new ExitsLaw(facts, venue),
    new Edges(facts),
    new DecisionLaw(facts),
    new OnceLaw(facts),
    new BooksLaw(facts, venue),
    new StopLaw(facts),
    new LimitsLaw(facts),
    new BreakerLaw(facts),
    new PersonalLimitsLaw(facts),
    new PlansLaw(facts),
    new AdviceLaw(facts),
    new ObedienceLaw(facts, wallMs),
    new HolderLaw(facts),
    new PaperLaw(facts),
    new BoundsLaw(facts),
    new ConvergenceLaw(facts),
  ];
}
