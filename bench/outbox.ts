import { chained } from "../src/domain/audit-chain.ts";
import type { BotSpec } from "../src/domain/bot.ts";
import { encodeEvent } from "../src/domain/event-codec.ts";
import { marketMs, wallMs } from "../src/domain/time.ts";
import { accountStream, StreamBook } from "../src/engine/streams.ts";
import type { Store } from "../src/ports/store.ts";
import { ShenronClient } from "../src/shenron/client.ts";
import { Reporter } from "../src/shenron/reporter.ts";
import { systemClock } from "../src/system/clock.ts";
import { fillOf } from "../test/chat/delivery.rig.ts";
import { KEY, ServiceDouble } from "../test/shenron/service-double.ts";
import { emptyStore, quietLogger } from "./kit/desk.ts";
import type { Figures } from "./kit/figures.ts";
import { heldBytes } from "./kit/memory.ts";

const ACCOUNTS = 20;
const FILLS_EACH = 5_000;
const FILLS = ACCOUNTS * FILLS_EACH;
const PAGE = 500;
/** So long the service stays away after the last fill, so that the reporter has found out and tries. */
const GONE_MS = 3_000;
const LOOK_MS = 20;
const CATCH_UP_MAX_MS = 600_000;

/**
 * An outage of the SHENRON service: a hundred thousand executions are written while nobody takes them. What waits is in the store; what the reporter holds in memory
 * meanwhile, and how fast all of it is told once the service is back, beside only reading it. The service answers in this process, and checks every report.
 */
export default async function outbox(figures: Figures): Promise<void> {
  const { store, remove } = await emptyStore("sqlite");
  const streams = new StreamBook(store, () => undefined);
  const books: Books = { store, streams, ends: new Map() };
  const service = new ServiceDouble();
  service.weather = () => "gone";
  const silent = { ...quietLogger, warn: () => undefined };
  const clock = systemClock();
  const client = new ShenronClient({ wire: service.wire, key: KEY, clock });
  const specOf = (id: string) => ({ id, name: id, symbol: "BTC/USDT", strategy: "ema-cross", mode: "paper" }) as BotSpec;
  const sources = { specOf, dayOf: () => undefined };
  const reporter = new Reporter({ streams, store, client, clock, logger: silent, host: "bench", sources, health: () => HEALTH });
  await fill(books, 0, 1);
  reporter.start();
  await until(() => reporter.status().trouble !== undefined);
  const before = heldBytes();
  await fill(books, 1, FILLS_EACH);
  await new Promise((resolve) => setTimeout(resolve, GONE_MS));
  const held = heldBytes() - before;
  figures.count("executions that wait in the store", reporter.status().lagEvents);
  figures.megabytes("memory that the reporter and the service of the bench hold more than before the outage", held);
  const readMs = await reading(streams);
  service.weather = () => "good";
  const began = performance.now();
  void reporter.report();
  await until(() => reporter.status().lagEvents === 0);
  const toldMs = performance.now() - began;
  await reporter.stop();
  if (service.taken.length !== FILLS || new Set(service.taken).size !== FILLS)
    throw new Error(`expected ${FILLS} executions, each once; the service took ${service.taken.length}`);
  figures.count("executions told per second, catching up", (FILLS / toldMs) * 1_000);
  figures.time("an execution told", toldMs / FILLS);
  figures.ratio("telling over reading the same from the store", toldMs / readMs);
  await remove();
}

const FACTS = { wallMs: wallMs(1_700_000_000_000), marketMs: marketMs(1_700_000_000_000), requestId: undefined };
type Ends = Map<string, { sequence: number; link: string | undefined; epoch: number }>;

interface Books {
  readonly store: Store;
  readonly streams: StreamBook;
  readonly ends: Ends;
}

/** Writes the executions of every account from a number up to another one. */
async function fill({ store, streams, ends }: Books, from: number, to: number): Promise<void> {
  for (let account = 0; account < ACCOUNTS; account += 1) {
    const stream = accountStream(`a${account}`);
    const end = ends.get(stream) ?? { sequence: 0, link: undefined, epoch: (await store.acquire(stream)).epoch };
    ends.set(stream, end);
    streams.add(stream, () => end);
    for (let first = from; first < to; first += PAGE) {
      const expectedSequence = end.sequence;
      const bodies = Array.from({ length: Math.min(PAGE, to - first) }, (_, index) => {
        const event = fillOf(`b${account}`, first + index + 1);
        const record = chained(stream, expectedSequence + index + 1, end.link, encodeEvent({ ...FACTS, event }));
        end.link = record.link;
        return record.body;
      });
      await store.append({ stream, epoch: end.epoch, expectedSequence, bodies });
      end.sequence += bodies.length;
      // Nothing of it is kept in memory: what is measured is the reading from the store.
      streams.appended(stream, []);
    }
  }
}

async function reading(streams: StreamBook): Promise<number> {
  const began = performance.now();
  for (const stream of streams.names()) {
    for (let after = 0; ; ) {
      const last = (await streams.since(stream, after, PAGE)).at(-1);
      if (!last) break;
      after = last.sequence;
    }
  }
  return performance.now() - began;
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + CATCH_UP_MAX_MS;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`the reporter was not there within ${CATCH_UP_MAX_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const HEALTH = {
  ...{ uptimeMs: 1, beatAgeMs: null, storeAgeMs: null, watchAgeMs: null, residentBytes: 1 },
  ...{ bots: { running: 1 }, unknownOrders: 0, problems: 0, halted: false },
};
