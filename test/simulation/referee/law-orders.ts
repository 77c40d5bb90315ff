import { type BookedOrder, isOver } from "./books.ts";
import { textOf } from "./exact.ts";
import { Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { LogRow } from "./log.ts";

/** 3: at most one accepted order per intent, and the intent is durable before the venue can see it. */
export class OnceLaw implements Law {
  readonly id = "3";
  readonly #facts: Facts;
  readonly #sent = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  sent({ clientOrderId: sentId, process }: SentOrder): void {
    const { books, coverage } = this.#facts;
    coverage.mark("antecedent 3: an order reaches its venue");
    const order = books.sentOrder(sentId);
    if (!order) throw new Broken(this.id, `process ${process} sent ${sentId} before its attempt was durable`);
    const { clientOrderId } = order;
    if (this.#sent.has(clientOrderId)) throw new Broken(this.id, `${clientOrderId} was sent twice`);
    this.#sent.add(clientOrderId);
    const attempts = books.intents.get(order.intentId) ?? [];
    if (attempts.length > 1) coverage.mark("antecedent 3: an intent gets another attempt");
    for (const other of attempts) {
      if (other.clientOrderId !== clientOrderId && !isOver(other))
        throw new Broken(this.id, `${clientOrderId} was sent while ${other.clientOrderId} of the same intent was ${other.status}`);
    }
  }

  durable({ event }: LogRow): void {
    if (event.type !== "order-filled") return;
    const fill = event.part("fill");
    const order = this.#facts.books.orders.get(fill.text("clientOrderId"));
    if (!order) return;
    this.#facts.coverage.mark("antecedent 3: a fill of an intent");
    const attempts = this.#facts.books.intents.get(order.intentId) ?? [];
    const filled = attempts.filter((each) => each.filled > 0n);
    const sum = filled.reduce((total, each) => total + each.filled, 0n);
    if (filled.length > 1) throw new Broken(this.id, `${filled.map(namesOf).join(" and ")} of one intent both filled`);
    if (sum > order.quantity) throw new Broken(this.id, `${namesOf(order)} filled ${textOf(sum)} of ${textOf(order.quantity)}`);
  }
}

function namesOf({ clientOrderId, attempt }: BookedOrder): string {
  return `${clientOrderId} (attempt ${attempt})`;
}

const EDGES: Readonly<Record<string, string>> = {
  "order-accepted": "accepted",
  "order-rejected": "rejected",
  "order-unknown": "unknown",
  "order-canceled": "canceled",
  "order-expired": "expired",
};

/** Counts the edges of the order protocol as the log shows them. It breaks nothing by itself. */
export class Edges implements Law {
  readonly id = "edges";
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  arriving({ event }: LogRow): void {
    const { books, coverage } = this.#facts;
    if (event.type === "intent") return coverage.mark(`edge intent -> attempt (${event.part("intent").text("purpose")})`);
    if (event.type === "attempt") return coverage.mark("edge proven absent -> another attempt");
    if (event.type === "order-filled") return coverage.mark(`edge filled (${event.text("purpose")})`);
    const to = EDGES[event.type];
    if (to === undefined) return;
    const order = books.orders.get(event.text("clientOrderId"));
    if (order) coverage.mark(`edge ${order.status} -> ${to}`);
  }
}
