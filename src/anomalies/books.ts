import type { AnomalySeries, AnomalySubject } from "../domain/anomaly.ts";
import type { AccountEvent, Intent, Recorded } from "../domain/events.ts";
import { toDouble } from "../domain/money.ts";
import { HOUR_MS } from "../domain/time.ts";
import { ANOMALY_TERMS, SUBJECTS_MAX } from "./defaults.ts";
import { type Finding, WatchedCount, WatchedSeries } from "./series.ts";

/** Something unusual in the books, with what it is of. */
export interface BooksFinding {
  readonly series: AnomalySeries;
  readonly subject: AnomalySubject;
  readonly finding: Finding;
}

/** Orders whose intent is remembered until they are answered and filled. */
const ORDERS_MAX = 1_000;

interface Sent {
  readonly intent: Intent;
  /** Wall time of the durable intent; undefined once its answer was measured, and where it may have been lost. */
  sentMs: number | undefined;
}

interface BotSeries {
  readonly orders: WatchedCount;
  readonly result: WatchedSeries;
  /** Hours between two wishes. */
  readonly rhythm: WatchedSeries;
  lastWishMs: number | undefined;
  isSilenceTold: boolean;
}

/** What is usual in one account's stream: fills, slippage, how fast an exchange answers, results, and how its bots behave. Reads events in their order; bounded. */
export class BooksSeries {
  readonly #account: AnomalySubject;
  readonly #isReal: boolean;
  readonly #fills = new WatchedCount(ANOMALY_TERMS.fills);
  readonly #latency = new WatchedSeries(ANOMALY_TERMS.latency);
  readonly #slippage = new WatchedSeries(ANOMALY_TERMS.slippage);
  readonly #bots = new Map<string, BotSeries>();
  readonly #sent = new Map<string, Sent>();

  /** `isReal`: at an exchange, where answers take their time. */
  constructor(account: string, isReal: boolean) {
    this.#account = { kind: "account", account };
    this.#isReal = isReal;
  }

  push({ event, marketMs, wallMs }: Recorded<AccountEvent>): BooksFinding[] {
    switch (event.type) {
      case "bot-started":
        // What was before a stop says nothing of the rhythm since.
        this.#bot(event.botId).lastWishMs = undefined;
        return [];
      case "bot-deleted":
        this.#bots.delete(event.botId);
        return [];
      case "wish-denied":
        this.#wished(event.botId, marketMs);
        return [];
      case "intent":
        return this.#intended(event.intent, marketMs, wallMs);
      case "order-accepted":
        return this.#answered(event.clientOrderId, event.found === undefined ? wallMs : undefined);
      case "order-filled":
        return this.#filled(event, marketMs);
      case "order-rejected":
      case "order-canceled":
      case "order-expired":
        this.#sent.delete(event.clientOrderId);
        return [];
      default:
        return [];
    }
  }

  /** A running bot that has wished nothing for unusually long, told once until it wishes again. */
  silenceOf(botId: string, marketMs: number): BooksFinding[] {
    const bot = this.#bots.get(botId);
    if (bot?.lastWishMs === undefined || bot.isSilenceTold) return [];
    const found = this.#of("silence", botId, bot.rhythm.judge((marketMs - bot.lastWishMs) / HOUR_MS));
    bot.isSilenceTold = found.length > 0;
    return found;
  }

  #wished(botId: string, marketMs: number): void {
    const bot = this.#bot(botId);
    if (bot.lastWishMs !== undefined && marketMs > bot.lastWishMs) bot.rhythm.add((marketMs - bot.lastWishMs) / HOUR_MS);
    bot.lastWishMs = marketMs;
    bot.isSilenceTold = false;
  }

  #intended(intent: Intent, marketMs: number, wallMs: number): BooksFinding[] {
    const { botId, purpose, clientOrderId } = intent;
    this.#sent.set(clientOrderId, { intent, sentMs: this.#isReal ? wallMs : undefined });
    trim(this.#sent, ORDERS_MAX);
    if (purpose === "entry" || purpose === "exit") this.#wished(botId, marketMs);
    return this.#of("orders", botId, this.#bot(botId).orders.push(hourOf(marketMs)));
  }

  #answered(clientOrderId: string, wallMs: number | undefined): BooksFinding[] {
    const sent = this.#sent.get(clientOrderId);
    const sentMs = sent?.sentMs;
    if (sent === undefined || sentMs === undefined) return [];
    sent.sentMs = undefined;
    return wallMs === undefined ? [] : this.#here("latency", this.#latency.push(wallMs - sentMs));
  }

  #filled({ fill, botId, after, purpose }: Extract<AccountEvent, { type: "order-filled" }>, marketMs: number): BooksFinding[] {
    const found = this.#here("fills", this.#fills.push(hourOf(marketMs)));
    const { price, quantity, side } = fill;
    const decidedAt = this.#sent.get(fill.clientOrderId)?.intent.values.close;
    if (decidedAt !== undefined && decidedAt > 0 && (purpose === "entry" || purpose === "exit")) {
      const worse = (toDouble(price) / decidedAt - 1) * 10_000 * (side === "buy" ? 1 : -1);
      found.push(...this.#here("slippage", this.#slippage.push(worse)));
    }
    const result = after.result ?? after.realized;
    if (result === undefined) return found;
    const notional = toDouble(price.times(quantity));
    if (notional > 0) found.push(...this.#of("result", botId, this.#bot(botId).result.push((toDouble(result) / notional) * 100)));
    return found;
  }

  #bot(botId: string): BotSeries {
    const known = this.#bots.get(botId);
    const bot = known ?? {
      orders: new WatchedCount(ANOMALY_TERMS.orders),
      result: new WatchedSeries(ANOMALY_TERMS.result),
      rhythm: new WatchedSeries(ANOMALY_TERMS.silence),
      lastWishMs: undefined,
      isSilenceTold: false,
    };
    // What was heard of last is last, and the first one makes room.
    this.#bots.delete(botId);
    this.#bots.set(botId, bot);
    trim(this.#bots, SUBJECTS_MAX);
    return bot;
  }

  #of(series: AnomalySeries, botId: string, finding: Finding | undefined): BooksFinding[] {
    return finding ? [{ series, subject: { kind: "bot", botId }, finding }] : [];
  }

  #here(series: AnomalySeries, finding: Finding | undefined): BooksFinding[] {
    return finding ? [{ series, subject: this.#account, finding }] : [];
  }
}

function hourOf(marketMs: number): number {
  return Math.floor(marketMs / HOUR_MS);
}

function trim(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
