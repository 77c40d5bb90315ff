import { messageOf } from "../../domain/errors.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { type PriceListener, type PriceStream, STREAMED_MAX } from "../../ports/marketData.ts";
import type { openConnection, PushConnection } from "./price-stream/connection.ts";
import type { StreamDialect } from "./price-stream/dialects.ts";

export interface PriceStreamOptions {
  readonly dialect: StreamDialect;
  readonly connect: (heard: (message: unknown) => void) => ReturnType<typeof openConnection>;
  readonly listener: PriceListener;
  readonly clock: Clock;
  /** The exchange's own name of a symbol; undefined for one that it does not list. */
  readonly idOf: (symbol: string) => string | undefined;
  /** How long nothing may be connected to, because the exchange asked for silence. */
  readonly silenceMs: () => number;
}

/** Pauses before another connection: doubling, until one brought prices and held for a while. Exchanges count connections, too: Binance 300 in five minutes. */
const PAUSE_MS = SECOND_MS;
const PAUSE_MAX_MS = 60 * SECOND_MS;
const STEADY_MS = 30 * SECOND_MS;
/** Exchanges close a connection on which more than five messages a second are sent. */
const CHANGE_EVERY_MS = 500;

/** Keeps one connection subscribed to the wanted symbols. It judges nothing: whoever listens decides what a price is worth. */
export class CcxtPriceStream implements PriceStream {
  readonly #options: PriceStreamOptions;
  readonly #closing = new AbortController();
  #wanted: ReadonlySet<string> = new Set();
  /** Ids that the connection was asked for, with their symbols. */
  #asked = new Map<string, string>();
  #connection: PushConnection | undefined;
  #isOpen = false;
  #brought = false;
  #changedMs = Number.NEGATIVE_INFINITY;
  #requestId = 0;
  #running: Promise<void> | undefined;
  #isPossible = true;

  constructor(options: PriceStreamOptions) {
    this.#options = options;
  }

  watch(symbols: ReadonlySet<string>): void {
    if (this.#closing.signal.aborted || !this.#isPossible) return;
    this.#wanted = new Set([...symbols].slice(0, STREAMED_MAX));
    if (this.#isOpen) this.#change();
    else if (this.#wanted.size > 0) this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#wanted = new Set();
    this.#closing.abort();
    this.#connection?.hangUp();
    await this.#running;
  }

  /** One connection after the other, until nothing is wanted. */
  async #run(): Promise<void> {
    const { clock, listener, silenceMs } = this.#options;
    const connection = await this.#made();
    let pauseMs = PAUSE_MS;
    while (connection && this.#wanted.size > 0) {
      if (silenceMs() <= 0) {
        const sinceMs = clock.monotonicMs();
        const reason = await this.#connected(connection);
        if (this.#wanted.size === 0) break;
        listener.lost(reason);
        if (this.#brought && clock.monotonicMs() - sinceMs >= STEADY_MS) pauseMs = PAUSE_MS;
      }
      await clock.sleep(Math.max(pauseMs, silenceMs()), this.#closing.signal);
      pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    }
    this.#running = undefined;
  }

  /** Undefined, for good, when there is no way to connect. */
  async #made(): Promise<PushConnection | undefined> {
    const { connect, listener } = this.#options;
    try {
      this.#connection ??= await connect((message) => this.#hear(message));
    } catch (failure) {
      listener.lost(messageOf(failure));
    }
    this.#isPossible = this.#connection !== undefined;
    return this.#connection;
  }

  /** From connecting to the end of the connection, and why it ended. */
  async #connected(connection: PushConnection): Promise<string> {
    this.#brought = false;
    this.#asked = this.#idsOf(this.#wanted);
    const ended = connection.open(this.#options.dialect.subscribe([...this.#asked.keys()], this.#nextId()));
    this.#isOpen = true;
    this.#changedMs = this.#options.clock.monotonicMs();
    const reason = await ended;
    this.#isOpen = false;
    this.#asked = new Map();
    return reason;
  }

  /** Tells the open connection what is wanted more and what less, but not too often: whoever watches says so again soon. */
  #change(): void {
    const connection = this.#connection;
    if (!connection) return;
    if (this.#wanted.size === 0) return connection.hangUp();
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#changedMs < CHANGE_EVERY_MS) return;
    const { subscribe, unsubscribe } = this.#options.dialect;
    const wanted = this.#idsOf(this.#wanted);
    const more = [...wanted.keys()].filter((id) => !this.#asked.has(id));
    const less = [...this.#asked.keys()].filter((id) => !wanted.has(id));
    if (more.length + less.length === 0) return;
    this.#changedMs = nowMs;
    this.#asked = wanted;
    if (more.length > 0) connection.send(subscribe(more, this.#nextId()));
    if (less.length > 0) connection.send(unsubscribe(less, this.#nextId()));
  }

  #hear(message: unknown): void {
    const said = this.#options.dialect.read(message);
    if (!said) return;
    if ("refusal" in said) {
      this.#options.listener.lost(said.refusal);
      return this.#connection?.hangUp();
    }
    for (const { id, price, quote, venueMs } of said.prices) {
      const symbol = this.#asked.get(id);
      if (symbol === undefined) continue;
      this.#brought = true;
      this.#options.listener.pushed({ symbol, price, venueMs, ...(quote && { quote }) });
    }
  }

  #idsOf(symbols: ReadonlySet<string>): Map<string, string> {
    return new Map(
      [...symbols].flatMap((symbol): [string, string][] => {
        const id = this.#options.idOf(symbol);
        return id === undefined ? [] : [[id, symbol]];
      }),
    );
  }

  #nextId(): number {
    this.#requestId += 1;
    return this.#requestId;
  }
}
