import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ruleAnalyst } from "../../shenron/analyst.ts";
import { Journal } from "../../shenron/journal.ts";
import { shenronServer } from "../../shenron/server.ts";
import { Secret } from "../../src/domain/secret.ts";
import { canary } from "../kit/canary/canary.ts";
import { type DeskRig, openDeskRig } from "../kit/desk-rig.ts";
import { recordedOrSkip } from "../kit/recorded.ts";
import { badService, ended, VICES } from "../kit/shenron/bad-service.ts";

const RECORDED = "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz";
const KEY = canary("SHENRON key");
const BOTS = [
  "bot create name:dip symbol:BTC/USDT strategy:rsi-reversion timeframe:5m start:yes",
  "bot create name:cross symbol:BTC/USDT strategy:ema-cross timeframe:1m trailing:1% start:yes",
  "bot create name:burst symbol:BTC/USDT strategy:bollinger-breakout timeframe:3m size:500USDT start:yes",
];

interface Played {
  /** Everything that the account's books say, without what the clock on the wall says. */
  readonly books: readonly string[];
  /** What of it the service must have been told. */
  readonly news: number;
}

/** Plays the whole recording. */
async function play(desk: DeskRig): Promise<void> {
  for (const line of BOTS) await desk.admin.run(line);
  await desk.desk.opened.engine.moveMarket("end");
  expect(desk.fatal).toEqual([]);
}

const TOLD = /"type":"(?:order-filled|wish-denied|day-started|breaker-tripped|bot-faulted|order-rejected)"/;

async function booksOf({ desk }: DeskRig): Promise<Played> {
  const { streams } = desk.opened;
  const books: string[] = [];
  for (const stream of streams.names().filter((name) => name !== "desk")) {
    for (let at = 0; at < streams.lastSequence(stream); ) {
      for (const { sequence, marketMs, event } of await streams.since(stream, at, 1_000)) {
        books.push(JSON.stringify({ stream, sequence, marketMs, event }));
        at = sequence;
      }
    }
  }
  return { books, news: books.filter((text) => TOLD.test(text)).length };
}

function open(candles: string, url?: string): Promise<DeskRig> {
  const service = url === undefined ? {} : { SHENRON_URL: url, SHENRON_KEY: KEY };
  return openDeskRig({ environment: { MARKET: `replay:BTC/USDT=${candles}`, ...service }, market: "as set" });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  await ended(server);
  return port;
}

/** What the desk itself has to tell beside its accounts: its start, and what was unusual. */
async function newsOfDesk({ desk }: DeskRig): Promise<number> {
  const events = await desk.opened.streams.since("desk", 0, 1_000);
  return events.filter(({ event }) => event.type === "desk-started" || event.type === "anomaly-seen").length;
}

/** Asks the desk to report until it says that everything is told. */
async function reported(desk: DeskRig): Promise<number> {
  const begunMs = performance.now();
  for (let tries = 0; tries < 20; tries++)
    if ((await desk.admin.run("shenron report")).includes("SHENRON knows everything")) return performance.now() - begunMs;
  throw new Error("the service was never told everything");
}

test("a service that is gone for a whole replay, or answers with everything bad, changes no byte of the books, and is told all of it once it is well", async (context) => {
  const candles = recordedOrSkip(context, RECORDED);
  const alone = await open(candles);
  await play(alone);
  const right = await booksOf(alone);
  await alone.stop();
  expect(right.news).toBeGreaterThan(500);
  // A slot that came late would be denied by that code; a limit that was passed would be another book.
  expect(right.books.filter((text) => text.includes("late-slot"))).toEqual([]);

  for (const trouble of ["outage", "hostile"] as const) {
    const port = await freePort();
    let server: Server | undefined;
    if (trouble === "hostile") ({ server } = await badService((request) => VICES[request % VICES.length]!, port));
    const desk = await open(candles, `http://127.0.0.1:${port}`);
    await play(desk);
    const found = await booksOf(desk);
    expect(found.books).toEqual(right.books);
    expect(await desk.admin.run("shenron status")).toContain("SHENRON cannot be told what happens");
    if (server) await ended(server);

    const journal = new Journal();
    const well = shenronServer({ key: new Secret(KEY), analyst: ruleAnalyst, journal, now: Date.now, say: () => undefined });
    await new Promise<void>((resolve) => well.listen({ host: "127.0.0.1", port }, resolve));
    const tookMs = await reported(desk);
    expect(journal.items).toBe(right.news + (await newsOfDesk(desk)));
    context.annotate(`${trouble}: ${journal.items} news of ${right.books.length} events caught up in ${Math.round(tookMs)} ms`);
    await desk.stop();
    await ended(well);
  }
});
