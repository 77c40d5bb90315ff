import { Broken, type Facts, type Law, type ProcessFacts, type SentOrder } from "./law.ts";
import type { Fact, LogRow } from "./log.ts";

/** A breaker that closes positions has done so by then, once nothing is wrong any more. */
const FLAT_WITHIN_MS = 120_000;

/** A breaker as the log has it. */
interface Opened {
  readonly stream: string;
  readonly name: string;
  readonly scope: string;
  readonly reaction: string;
  readonly day: string | undefined;
  readonly sinceMs: number;
  probing: boolean;
  /** The entry that a half-open one is tried with. */
  probe: string | undefined;
}

/** 27: no entry is decided on while a breaker that concerns it is open, none is sent to paper then, and where one closes positions nothing is held in the end. */
export class BreakerLaw implements Law {
  readonly id = "27";
  readonly #facts: Facts;
  readonly #open = new Map<string, Opened>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ event, stream, trueMs }: LogRow): void {
    if (stream === "desk") return;
    const key = event.type.startsWith("breaker-") ? `${stream} ${event.text("breaker")} ${event.textOr("scope", stream)}` : "";
    switch (event.type) {
      case "breaker-tripped":
        return this.#opens(key, stream, event, trueMs);
      case "breaker-probing": {
        this.#facts.coverage.mark("antecedent 27: a breaker is half-open");
        const open = this.#open.get(key);
        if (!open) throw new Broken(this.id, `${key} is tried and was not open`);
        open.probing = true;
        open.probe = undefined;
        return;
      }
      case "breaker-reset":
        this.#facts.coverage.mark(`antecedent 27: a breaker is closed by ${event.text("by") === "desk" ? "the desk" : "a person"}`);
        if (!this.#open.delete(key)) throw new Broken(this.id, `${key} is closed and was not open`);
        return;
      case "day-started":
        for (const [each, open] of this.#open)
          if (open.stream === stream && open.day !== undefined && open.day !== event.text("day")) this.#open.delete(each);
        return;
      case "intent":
        return this.#decided(stream, event.part("intent"));
      case "wish-denied":
        if (event.text("code") === "breaker") this.#facts.coverage.mark("antecedent 27: a breaker denies an entry");
        return;
      case "order-canceled":
      case "order-expired":
        // What was never sent proves nothing, and another one may be tried.
        for (const open of this.#open.values()) if (open.probe === event.text("clientOrderId")) open.probe = undefined;
    }
  }

  #opens(key: string, stream: string, event: Fact, sinceMs: number): void {
    const [name, reaction, span] = [event.text("breaker"), event.textOr("reaction", "deny"), event.textIf("span")];
    if (this.#open.has(key) && !event.flag("again")) throw new Broken(this.id, `${key} opens and is open already`);
    this.#facts.coverage.mark(`antecedent 27: a breaker opens (${name})`);
    this.#facts.coverage.mark(`antecedent 27: an open breaker is to ${reaction}`);
    const lastsForDay = !event.has("span") || span === "day";
    const scope = event.textOr("scope", stream);
    this.#open.set(key, {
      ...{ stream, name, scope, reaction, sinceMs, probing: false, probe: undefined },
      day: lastsForDay ? event.text("day") : undefined,
    });
  }

  #decided(stream: string, intent: Fact): void {
    if (intent.text("purpose") === "entry") this.#mayEnter(stream, intent.text("botId"), intent.text("clientOrderId"), "is decided on");
  }

  /** On paper a send is one moment; what goes to an exchange may be on its way while a breaker opens. */
  sent({ clientOrderId, venue }: SentOrder): void {
    const order = this.#facts.books.sentOrder(clientOrderId);
    if (venue === "paper" && order?.purpose === "entry") this.#mayEnter(order.account, order.bot, clientOrderId, "is sent");
  }

  #mayEnter(stream: string, botId: string, clientOrderId: string, what: string): void {
    const bot = this.#facts.books.botOf(botId);
    const scopes = [`bot:${botId}`, `symbol:${bot.symbol}`, stream, "all"];
    for (const open of this.#open.values()) {
      const isOwn = open.stream === stream;
      if (open.reaction !== "halt" && !(isOwn && scopes.includes(open.scope))) continue;
      // What was written in another stream is known a moment later. A crash after the decision changes no books on paper: the order still goes at its own place in market time.
      if (!isOwn && (what === "is decided on" || this.#decidedMs(clientOrderId) - open.sinceMs <= this.#facts.viewMs)) continue;
      if (open.name === "rejects" && open.probing && (open.probe === undefined || open.probe === clientOrderId)) {
        this.#facts.coverage.mark("antecedent 27: a half-open breaker is tried with an entry");
        open.probe = clientOrderId;
        continue;
      }
      throw new Broken(
        this.id,
        `an entry of ${bot.name} ${what} while the ${open.name} breaker of ${open.scope} is open in ${open.stream}`,
      );
    }
  }

  /** When the first attempt at what an order is for became durable. */
  #decidedMs(clientOrderId: string): number {
    const { books } = this.#facts;
    const sent = books.sentOrder(clientOrderId);
    const attempts = [...books.orders.values()].filter(({ intentId }) => intentId === sent?.intentId);
    return Math.min(...attempts.map(({ durableMs }) => durableMs));
  }

  quietEnd(process: ProcessFacts): void {
    const healthySinceMs = this.#facts.healthySinceMs();
    if (!process.alive || healthySinceMs === undefined) return;
    for (const open of this.#open.values()) {
      if (open.reaction !== "flatten" || this.#facts.trueMs() - Math.max(open.sinceMs, healthySinceMs) < FLAT_WITHIN_MS) continue;
      for (const bot of this.#facts.books.bots.values()) {
        if (bot.account !== open.stream || ![`bot:${bot.id}`, `symbol:${bot.symbol}`, open.stream, "all"].includes(open.scope)) continue;
        this.#facts.coverage.mark("antecedent 27: a bot is flat under a breaker that closes");
        if (bot.position !== NOTHING)
          throw new Broken(this.id, `${bot.name} still holds something under the ${open.name} breaker of ${open.scope}`);
      }
    }
  }
}

const NOTHING = 0n;
