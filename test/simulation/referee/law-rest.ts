import { NOTHING, textOf } from "./exact.ts";
import { type Asked, Broken, type Facts, type Law, type ProcessFacts, type SentOrder } from "./law.ts";
import type { LogRow } from "./log.ts";

/** 10: what an earlier holder of a stream writes is never kept after a later one took it. */
export class HolderLaw implements Law {
  readonly id = "10";
  readonly #facts: Facts;
  readonly #epochs = new Map<string, number>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ stream, epoch }: LogRow): void {
    const newest = this.#epochs.get(stream) ?? 0;
    if (epoch > newest && newest > 0) this.#facts.coverage.mark("antecedent 10: a stream changes its holder");
    if (epoch < newest) throw new Broken(this.id, `${stream} took a row of epoch ${epoch} after one of epoch ${newest}`);
    this.#epochs.set(stream, epoch);
  }
}

/** 11: what a paper bot orders is never seen by an exchange. */
export class PaperLaw implements Law {
  readonly id = "11";
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  sent({ clientOrderId, venue }: SentOrder): void {
    const { books, coverage } = this.#facts;
    const mode = books.accounts.get(books.sentOrder(clientOrderId)?.account ?? "")?.mode ?? "unknown";
    coverage.mark(`antecedent 11: an order of a ${mode} account is sent`);
    if ((mode === "paper") !== (venue === "paper")) throw new Broken(this.id, `${clientOrderId} of a ${mode} account reached the ${venue}`);
  }
}

/** Port calls and sleeps of one process that may be open at once. */
const CALLS_WAITING_MAX = 200;
const SLEEPING_MAX = 100;
const BATCH_MAX = 1_000;

/** 15: what waits, waits within bounds. */
export class BoundsLaw implements Law {
  readonly id = "15";
  readonly #facts: Facts;
  #batch = 0;
  #rows = 0;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ batch, stream }: LogRow): void {
    this.#rows = batch === this.#batch ? this.#rows + 1 : 1;
    this.#batch = batch;
    if (this.#rows > BATCH_MAX) throw new Broken(this.id, `one batch of ${stream} holds more than ${BATCH_MAX} rows`);
  }

  second({ callsWaiting, sleeping, number }: ProcessFacts): void {
    if (callsWaiting > 3) this.#facts.coverage.mark("antecedent 15: more than three calls wait");
    if (callsWaiting > CALLS_WAITING_MAX) throw new Broken(this.id, `${callsWaiting} port calls of process ${number} wait`);
    if (sleeping > SLEEPING_MAX) throw new Broken(this.id, `${sleeping} sleeps of process ${number} wait`);
  }
}

/** A market order of a paper account has worked for longer than it may. */
const ENTRY_WORKS_MS = 7 * 60_000;
const MARKET_LAG_MS = 130_000;

/** 16: so long after the last fault, nothing is left open. */
export class ConvergenceLaw implements Law {
  readonly id = "16";
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  quietEnd(process: ProcessFacts, open: readonly Asked[]): void {
    const { books, coverage } = this.#facts;
    coverage.mark("antecedent 16: a run ends quiet");
    const nowMs = this.#facts.trueMs();
    if (!process.alive || process.told === undefined) throw new Broken(this.id, "no process runs");
    for (const order of books.working) {
      coverage.mark("antecedent 16: an order works at the end");
      if (order.status === "in-flight" || order.status === "unknown")
        throw new Broken(this.id, `${order.clientOrderId} (${order.purpose}) is still ${order.status}`);
      if (order.purpose === "entry" && books.accounts.get(order.account)?.mode === "paper" && nowMs - order.durableMs > ENTRY_WORKS_MS)
        throw new Broken(this.id, `the entry ${order.clientOrderId} still works after ${nowMs - order.durableMs} ms`);
    }
    for (const bot of books.bots.values()) {
      if (books.halted?.panic && bot.position !== NOTHING)
        throw new Broken(this.id, `a panic is on and ${bot.name} still holds ${textOf(bot.position)}`);
    }
    if (books.blind.size > 0) throw new Broken(this.id, `the watch still calls itself blind for ${[...books.blind].join(", ")}`);
    if (open.length > 0) throw new Broken(this.id, `${open[0]?.requestId} was never answered`);
    const { problems, marketMs, unknownOrders } = process.told();
    const other = problems.filter((problem) => !/^(halted|panic):/.test(problem));
    if (other.length > 0) throw new Broken(this.id, `the desk still says: ${other[0]}`);
    if (unknownOrders > 0) throw new Broken(this.id, `the desk still says that ${unknownOrders} orders are unanswered`);
    const reads = [...books.bots.values()].some(
      ({ status, account }) => status === "running" && books.accounts.get(account)?.mode === "paper",
    );
    if (reads && nowMs - marketMs > MARKET_LAG_MS) throw new Broken(this.id, `the market stands ${nowMs - marketMs} ms behind`);
  }
}
