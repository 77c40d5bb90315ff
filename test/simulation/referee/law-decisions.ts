import { type Timeframe, timeframeMs } from "../../../src/domain/timeframe.ts";
import { Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { LogRow } from "./log.ts";

const MINUTE_MS = 60_000;
/** A decision on a candle that closed longer ago than so many of its lengths is stale. */
const STALE_CANDLES = 1.5;

/** 2: only closed candles are decided on, none of them stale, and at most one intent per (bot, slot, leg). */
export class DecisionLaw implements Law {
  readonly id = "2";
  readonly #facts: Facts;
  readonly #acted = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ event, trueMs, stream }: LogRow): void {
    if (event.type !== "intent") return;
    const intent = event.part("intent");
    const purpose = intent.text("purpose");
    const id = `${stream} ${intent.text("intentId")}`;
    if (this.#acted.has(id)) throw new Broken(this.id, `the intent ${id} is in the log twice`);
    this.#acted.add(id);
    // What was asked for by hand has no slot, and a real exit is tried until it is done.
    const live = this.#facts.books.accounts.get(stream)?.mode !== "paper";
    if ((purpose !== "entry" && purpose !== "exit") || !intent.part("values").has("close")) return;
    if (live && purpose === "exit") return this.#facts.coverage.mark("antecedent 2: a real exit is tried");
    this.#facts.coverage.mark(`antecedent 2: a decision to ${purpose}`);
    const bot = this.#facts.books.botOf(intent.text("botId"));
    const slot = `${bot.id} ${intent.number("slotMs")} ${purpose}`;
    if (this.#acted.has(slot)) throw new Broken(this.id, `${bot.name} has two intents to ${purpose} at one slot`);
    this.#acted.add(slot);
    const lengthMs = lengthOf(bot.timeframe);
    const closedMs = intent.number("slotMs") + lengthMs;
    if (closedMs > trueMs) throw new Broken(this.id, `${bot.name} decided ${closedMs - trueMs} ms before its candle had closed`);
    this.#mustBeTrue(bot.name, bot.symbol, intent.number("slotMs"), lengthMs, intent.part("values").number("close"));
  }

  /** An entry that reaches its venue long after its candle. */
  sent({ clientOrderId }: SentOrder): void {
    const order = this.#facts.books.sentOrder(clientOrderId);
    if (order?.purpose !== "entry" || order.slotMs % MINUTE_MS !== 0) return;
    const bot = this.#facts.books.botOf(order.bot);
    const lengthMs = lengthOf(bot.timeframe);
    const ageMs = this.#facts.trueMs() - order.slotMs - lengthMs;
    if (ageMs > lengthMs) this.#facts.coverage.mark("antecedent 2: an entry is sent late");
    if (ageMs > STALE_CANDLES * lengthMs + this.#facts.clockErrorMaxMs())
      throw new Broken(this.id, `${bot.name} (${bot.timeframe}) sent an entry ${Math.round(ageMs / 1_000)} s after its candle had closed`);
  }

  /** The close that was decided on is that of the last minute of the slot that has a candle, as the exchange has it for good. */
  #mustBeTrue(name: string, symbol: string, slotMs: number, lengthMs: number, close: number): void {
    const closes: number[] = [];
    for (let atMs = slotMs; atMs < slotMs + lengthMs; atMs += MINUTE_MS) {
      const candle = this.#facts.tape.candleAt(symbol, atMs);
      if (candle) closes.push(candle.close);
    }
    if (closes.at(-1) === close) return;
    // A minute that the exchange showed too late is left out, which is marked, not invented.
    if (closes.includes(close) && lengthMs > MINUTE_MS) return this.#facts.coverage.mark("a candle was folded without its last minute");
    throw new Broken(this.id, `${name} decided on a close of ${close}, and its candle closed at ${closes.at(-1) ?? "nothing"}`);
  }
}

function lengthOf(timeframe: string): number {
  return timeframeMs(timeframe as Timeframe);
}
