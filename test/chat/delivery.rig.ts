import { Delivery } from "../../src/chat/delivery.ts";
import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import type { AccountEvent, AlertKind, DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import type { Purpose } from "../../src/domain/order.ts";
import { marketMs } from "../../src/domain/time.ts";
import type { DeskLedger } from "../../src/ports/engine.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Platform } from "../../src/ports/platform.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { FakePlatform } from "../kit/fake-platform.ts";
import { FakeStreams } from "../kit/fake-streams.ts";

export const QUIET: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => QUIET };

/** A desk with streams, a store and platforms that outlive each delivery that a test starts. */
export class Rig {
  readonly clock = new FakeClock();
  readonly streams = new FakeStreams(this.clock);
  readonly store = openMemoryStore();
  readonly desk: DeskLedger = {
    state: emptyDesk(),
    append: async (asked) => this.tell(...(typeof asked === "function" ? asked() : asked)),
  };
  readonly discord = new FakePlatform("discord");
  readonly telegram = new FakePlatform("telegram");

  tell(...events: DeskEvent[]): void {
    for (const event of events) {
      const facts = { sequence: this.desk.state.sequence + 1, wallMs: this.clock.wall(), marketMs: marketMs(0), requestId: undefined };
      applyDeskEvent(this.desk.state, { ...facts, event });
      this.streams.append("desk", event);
    }
  }

  subscribe(place: string, ...kinds: AlertKind[]): void {
    this.tell({ type: "channel-subscribed", place, kinds, by: "discord:1" });
  }

  /** Quiet from then to then, in UTC unless told. */
  quiet(place: string, from: string, to: string, timeZone = "UTC"): void {
    this.tell({ type: "channel-quiet-set", place, hours: { from, to }, timeZone, by: "discord:1" });
  }

  fills(bot: string, from: number, count: number, purpose: Purpose = "exit"): void {
    this.streams.append("account:a", ...Array.from({ length: count }, (_, index) => fillOf(bot, from + index, purpose)));
  }

  start(options: { store?: Store; platforms?: readonly Platform[] } = {}): Delivery {
    const { clock, streams, desk } = this;
    const names = (botId: string) => ({ name: botId, symbol: "BTC/USDT" });
    const platforms = options.platforms ?? [this.discord, this.telegram];
    const delivery = new Delivery({ streams, store: options.store ?? this.store, desk, platforms, clock, logger: QUIET, names });
    delivery.start();
    return delivery;
  }

  /** Lets time pass, at most so long, until nothing is left to deliver. Resolves with the milliseconds that took, undefined when it was not enough. */
  async settle(delivery: Delivery, limitMs = 600_000, stepMs = 250): Promise<number | undefined> {
    let isDone = false;
    void delivery.idle().then(() => {
      isDone = true;
    });
    for (let spentMs = 0; ; spentMs += stepMs) {
      for (let round = 0; round < 200 && !isDone && this.clock.sleeping === 0; round++) await this.clock.breathe();
      for (let round = 0; round < 3 && !isDone; round++) await this.clock.breathe();
      if (isDone) return spentMs;
      if (spentMs >= limitMs) return undefined;
      await this.clock.advance(stepMs);
    }
  }
}

/** The n-th fill of a bot: it sold n coins at 100 and made n USDT. */
export function fillOf(bot: string, n: number, purpose: Purpose = "exit"): AccountEvent {
  const fill = {
    fillId: `${bot}-${n}`,
    clientOrderId: `o-${bot}-${n}`,
    symbol: "BTC/USDT",
    side: "sell" as const,
    price: decimal(100),
    quantity: decimal(n),
    fee: decimal("0.1"),
    feeCurrency: "USDT",
    liquidity: "taker" as const,
    marketMs: marketMs(0),
  };
  const after = { positionQuantity: decimal(0), entryPrice: undefined, realized: decimal(n), stopPrice: undefined, takePrice: undefined };
  return { type: "order-filled", fill, botId: bot, purpose, reason: "because", after };
}

/** The n of a fill's title, or undefined. */
export function numberIn(title: string): number | undefined {
  const found = /(\d+) BTC/.exec(title)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Titles as people read them, without their prices. */
export function read(platform: FakePlatform, place: string): string[] {
  return platform.read(place).map((title) => title.replace(/ at 100[.0]* USDT/, ""));
}

/** What is read of the fill that `fillOf` makes. */
export function sold(bot: string, n: number): string {
  return `${bot} sold ${n} BTC`;
}
