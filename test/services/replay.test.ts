import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { factsOf, foldBooks } from "../kit/process-books.ts";
import { DeskProcess } from "../kit/process-desk.ts";
import { recordedOrSkip } from "../kit/recorded.ts";

const RECORDED = "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz";
const FIXTURE = resolve(import.meta.dirname, "../fixtures/candles/simulated-seed42-BTCUSDT-1m.csv");
const DEPOSIT = 10_000;

/** The script that a person would pipe in. */
const SCRIPT = [
  "bot create name:dip symbol:BTC/USDT strategy:rsi-reversion timeframe:5m",
  "bot create name:cross symbol:BTC/USDT strategy:ema-cross timeframe:15m trailing:1%",
  "bot create name:burst symbol:BTC/USDT strategy:bollinger-breakout timeframe:3m size:500USDT",
  // A month without breakers has more to add up.
  ...["dip", "cross", "burst"].map((bot) => `risk set breaker:losses at:off on:bot:${bot} confirm:yes`),
  "bot start dip",
  "bot start cross",
  "bot start burst",
  "wait 2h",
  "bot list",
  "wait until:end",
  "stats today",
  "bot list",
];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("replay");
});
afterEach(() => discard(folder));

interface Told {
  readonly stdout: string;
  readonly file: string;
}

/** Pipes the script into a desk on an empty store; it must end by itself, and well. */
async function play(name: string, candles: string, flags: readonly string[] = []): Promise<Told> {
  const home = join(folder, name);
  mkdirSync(home);
  const desk = new DeskProcess({
    folder: home,
    flags,
    typed: SCRIPT,
    settings: { MARKET: `replay:BTC/USDT=${candles}`, MARKET_SPEED: "script" },
  });
  try {
    expect(await desk.exited, desk.stderr).toEqual({ code: 0, signal: null });
  } finally {
    await desk.kill();
  }
  return { stdout: desk.stdout, file: join(home, "data", "desk.sqlite") };
}

/** What `stats today` said must be what the fills in the file sum up to, to the last digit. */
function expectExactBooks({ stdout, file }: Told, fillsMin: number): void {
  const said = /^ *Books of .+: cash (\S+) = start (\S+) \+ entries (\S+) USDT$/m.exec(stdout);
  expect(said, "the line with the books").not.toBeNull();
  const [, cash = "", start = "", entries = ""] = said ?? [];
  expect(start).toBe(String(DEPOSIT));
  expect(plain(decimal(start).plus(decimal(entries)))).toBe(cash);
  const books = foldBooks(factsOf(file));
  expect(books.reduce((sum, { fills }) => sum + fills.length, 0)).toBeGreaterThanOrEqual(fillsMin);
  const sum = (part: "base" | "quote") => plain(books.reduce((total, bot) => total.plus(decimal(bot[part])), decimal(0)));
  expect(entries).toBe(sum("quote"));
  const coin = /^ *BTC: position (\S+) = entries (\S+)$/m.exec(stdout);
  expect(coin?.slice(1) ?? [sum("base"), sum("base")]).toEqual([sum("base"), sum("base")]);
  expect(stdout).toContain("The books add up.");
}

const dayOf = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 10);

describe("a piped script over recorded candles", () => {
  it("on the committed fixture: ends well, prints the same bytes on every empty store, and its books are exact", async () => {
    const first = await play("first", FIXTURE);
    expectExactBooks(first, 5);
    const second = await play("second", FIXTURE);
    expect(second.stdout).toBe(first.stdout);
    const lines = await play("json", FIXTURE, ["--json"]);
    expect((await play("json again", FIXTURE, ["--json"])).stdout).toBe(lines.stdout);
    for (const line of lines.stdout.trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  it("on a month of 2021: ends well, passes the fall of May 19, prints the same bytes twice, and its books are exact", async (context) => {
    const candles = join(folder, "btc.csv.gz");
    cpSync(recordedOrSkip(context, RECORDED), candles);
    const first = await play("first", candles);
    const fallen = factsOf(first.file).filter(({ marketMs, event }) => event.type === "order-filled" && dayOf(marketMs) === "2021-05-19");
    expect(fallen.length).toBeGreaterThan(10);
    expect(first.stdout).toContain("The market is at 2021-05-20 20:41 UTC");
    expectExactBooks(first, 500);
    expect((await play("second", candles)).stdout).toBe(first.stdout);
  });
});
