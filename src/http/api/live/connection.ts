import { plain } from "../../../domain/money.ts";
import type { AccountFacts } from "../../../ports/engine.ts";
import { Feed, type FeedParts } from "./feed.ts";
import * as limit from "./limits.ts";
import { CLOSED, type Closing, type EquityTold, subscription } from "./messages.ts";

export interface ConnectionParts extends Omit<FeedParts, "close"> {
  /** The token that it is of. */
  readonly owner: string;
  readonly accounts: () => readonly AccountFacts[];
  readonly closed: () => void;
}

/** One connection from its first message to its close. */
export class Connection {
  readonly owner: string;
  readonly #parts: ConnectionParts;
  readonly #sinceMs: number;
  #feed: Feed | undefined;
  #isClosing = false;
  #closesByMs = Number.POSITIVE_INFINITY;
  /** Whether it was heard of since the last heartbeat. */
  #isHeard = true;
  #heartbeatMs: number;
  #pings = { sinceMs: 0, count: 0 };
  /** Equities as they were told, by account. */
  readonly #equities = new Map<string, string | null>();

  constructor(parts: ConnectionParts) {
    this.owner = parts.owner;
    this.#parts = parts;
    this.#sinceMs = parts.clock.monotonicMs();
    this.#heartbeatMs = this.#sinceMs;
    parts.wire.listen({
      message: (text) => this.#message(text),
      sign: (isPing) => this.#sign(isPing),
      closed: () => {
        this.#isClosing = true;
        this.#feed?.end();
        parts.closed();
      },
    });
  }

  get wantsEquity(): boolean {
    return !this.#isClosing && this.#feed?.topics.has("equity") === true;
  }

  wake(): void {
    this.#feed?.wake();
  }

  close({ code, reason }: Closing): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#closesByMs = this.#parts.clock.monotonicMs() + limit.CLOSE_MS;
    this.#feed?.end();
    this.#parts.wire.close(code, reason);
  }

  cut(): void {
    this.#parts.wire.cut();
  }

  /** Looks whether it is still to be served, and tells what has changed. */
  tick(accounts: readonly AccountFacts[]): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#isClosing) {
      if (nowMs >= this.#closesByMs) this.cut();
      return;
    }
    if (this.#feed === undefined && nowMs - this.#sinceMs >= limit.SUBSCRIBE_MS) return this.close(CLOSED.silent);
    if (nowMs - this.#heartbeatMs >= limit.HEARTBEAT_MS) {
      if (!this.#isHeard) return this.cut();
      this.#isHeard = false;
      this.#heartbeatMs = nowMs;
      this.#parts.wire.ping();
    }
    if (this.wantsEquity) this.#tellEquity(accounts);
  }

  #message(text: string | undefined): void {
    this.#isHeard = true;
    if (this.#isClosing) return;
    const wish = text === undefined ? undefined : subscription.safeParse(jsonIn(text)).data;
    if (wish === undefined || this.#feed !== undefined) return this.close(CLOSED.unclear);
    const feed = new Feed({ ...this.#parts, close: (why) => this.close(why) }, wish);
    this.#feed = feed;
    void feed.run(wish.after);
    if (this.wantsEquity) this.#tellEquity(this.#parts.accounts());
  }

  #sign(isPing: boolean): void {
    this.#isHeard = true;
    if (!isPing) return;
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#pings.sinceMs >= limit.PING_WINDOW_MS) this.#pings = { sinceMs: nowMs, count: 0 };
    this.#pings.count += 1;
    if (this.#pings.count > limit.PINGS_A_MINUTE) this.cut();
  }

  /** Only the newest counts: who has not read the last one is told later. */
  #tellEquity(facts: readonly AccountFacts[]): void {
    const { wire, sight, clock } = this.#parts;
    const now = sight();
    if (now === undefined) return this.close(CLOSED.ended);
    if (wire.unsentBytes > limit.UNSENT_BYTES_MAX) return;
    const accounts: EquityTold["accounts"] = [];
    for (const { state, equity } of facts) {
      const { account, mode, currency } = state;
      const digits = equity === undefined ? null : plain(equity);
      if (!now.account(account) || this.#equities.get(account) === digits) continue;
      this.#equities.set(account, digits);
      accounts.push({ account, mode, currency, equity: digits });
    }
    if (accounts.length > 0) this.#feed?.send({ type: "equity", at: new Date(clock.wall()).toISOString(), accounts });
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
