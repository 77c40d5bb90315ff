import type { BotSpec } from "../../src/domain/bot.ts";
import type { Store } from "../../src/ports/store.ts";
import { ShenronClient } from "../../src/shenron/client.ts";
import type { DayFacts } from "../../src/shenron/items.ts";
import { Reporter } from "../../src/shenron/reporter.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { fillOf, QUIET } from "../chat/delivery.rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { FakeStreams } from "../kit/fake-streams.ts";
import { KEY, ServiceDouble } from "./service-double.ts";

const HEALTH = {
  uptimeMs: 1,
  beatAgeMs: null,
  storeAgeMs: null,
  watchAgeMs: null,
  residentBytes: 1,
  bots: { running: 1 },
  unknownOrders: 0,
  problems: 0,
  halted: false,
};

/** Streams, a store and a service that outlive each reporter that a test starts. */
export class ReporterRig {
  readonly clock = new FakeClock();
  readonly streams = new FakeStreams(this.clock);
  readonly store = openMemoryStore();
  readonly service = new ServiceDouble();
  dayOf: () => DayFacts | undefined = () => undefined;

  constructor() {
    this.streams.append("desk", { type: "desk-started", version: "1", safe: false, crash: undefined });
  }

  start(store: Pick<Store, "cursors" | "recordDelivery" | "undelivered"> = this.store): Reporter {
    const { clock, streams, service } = this;
    const client = new ShenronClient({ wire: service.wire, key: KEY, clock });
    const specOf = (id: string) => ({ id, name: id, symbol: "BTC/USDT", strategy: "ema-cross", mode: "paper" }) as BotSpec;
    const sources = { specOf, dayOf: () => this.dayOf() };
    const reporter = new Reporter({ streams, store, client, clock, logger: QUIET, host: "127.0.0.1:1", sources, health: () => HEALTH });
    reporter.start();
    return reporter;
  }

  fills(from: number, count: number, account = "a"): void {
    this.streams.append(`account:${account}`, ...Array.from({ length: count }, (_, index) => fillOf("dip", from + index)));
  }

  /** Lets time pass until everything is told, at most so long. Resolves with the milliseconds that took; undefined when it was not enough. */
  async settle(reporter: Reporter, limitMs = 60_000, stepMs = 100): Promise<number | undefined> {
    for (let spentMs = 0; spentMs <= limitMs; spentMs += stepMs) {
      const { lagEvents, trouble, reports } = reporter.status();
      if (lagEvents === 0 && trouble === undefined && reports > 0) return spentMs;
      await this.clock.advance(stepMs);
    }
    return undefined;
  }
}
