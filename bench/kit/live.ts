import { decimal } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import { Secret } from "../../src/domain/secret.ts";
import { type OpenedEngine, openEngine } from "../../src/engine/open.ts";
import { openExchange } from "../../src/feeds/exchange.ts";
import type { Store } from "../../src/ports/store.ts";
import type { BreakerDefaults } from "../../src/risk/breaker-defaults.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { BINANCE } from "../../src/venues/quirks/binance.ts";
import { openSpotVenue } from "../../src/venues/spot.ts";
import type { WireCall } from "../../src/venues/wire.ts";
import { InProcessWire } from "../../test/kit/exchange/in-process-wire.ts";
import { spotListing } from "../../test/kit/exchange/spot/listing.ts";
import { spotSigner } from "../../test/kit/exchange/spot/sign.ts";
import { SpotCore } from "../../test/kit/exchange/spot-core.ts";
import { SpotDoor } from "../../test/kit/exchange/spot-door.ts";
import { WrittenTape } from "../../test/kit/exchange/written-tape.ts";
import { FakeClock } from "../../test/kit/fake-clock.ts";
import { openTestVault } from "../../test/kit/open-vault.ts";
import { tapeMarketData } from "../../test/kit/tape-market.ts";
import { ownerAt, quietLogger } from "./desk.ts";

const START_MS = Date.UTC(2026, 0, 5, 12);
const KEY = "benchkey";
const FLAT_PRICE = 100;
const BEAT_MS = 1_000;
/** What follows from a beat is waited for in real time, because the disk is real. */
const DONE_MAX_MS = 10_000;

/** A request that the desk sent, and when in real time. */
export interface Sent {
  readonly what: "entry" | "protection" | "cancel" | "sale" | "other";
  readonly atMs: number;
}

export interface LiveBench {
  readonly engine: OpenedEngine;
  readonly clock: FakeClock;
  readonly symbols: readonly string[];
  /** Everything that was sent since it was last emptied. */
  readonly sent: Sent[];
  /** The price of every symbol from now on. */
  price(price: number): void;
  /**
   * Lets a span pass (a second unless said) and beats; resolves when what was to follow has followed: every bot is flat, or covered by its stop. Answers
   * when the beat began, in real time.
   */
  beat(options?: { readonly spanMs?: number; readonly done?: () => boolean }): Promise<number>;
  close(): Promise<void>;
}

export interface LiveBenchRisk {
  readonly breakers?: BreakerDefaults;
  /** Of bid and ask, where the exchange tells them. */
  readonly spreadPct?: () => number | undefined;
}

/** The real engine on a store, with an account at a simulated Binance that is called in this process: what takes time is the desk itself and its disk. */
export async function openLiveBench(
  store: Store,
  count: number,
  { breakers, spreadPct = () => undefined }: LiveBenchRisk = {},
): Promise<LiveBench> {
  const clock = new FakeClock(START_MS);
  const tape = new WrittenTape();
  const bases = Array.from({ length: count }, (_, index) => `C${index}`);
  const symbols = bases.map((base) => `${base}/USDT`);
  const core = new SpotCore({ tape, listings: bases.map((base) => spotListing(base, "USDT")), startMs: START_MS });
  core.openAccount({ key: KEY, secret: KEY, balances: { USDT: "1000000" } });
  const door = new SpotDoor(core, { verify: false, limits: { ordersPerTenSeconds: 10_000 } });
  const price = (value: number) => {
    for (const base of bases) tape.flat(`${base}USDT`, value);
  };
  price(FLAT_PRICE);
  const sent: Sent[] = [];
  const sign = spotSigner({ key: KEY });
  const wire = () =>
    new InProcessWire({
      door,
      clock,
      sign(call, signingMs) {
        sent.push({ what: kindOf(call), atMs: performance.now() });
        return sign(call, signingMs);
      },
    });
  const ids = Object.fromEntries(bases.map((base) => [`${base}/USDT`, `${base}USDT`]));
  const market = await openExchange({ data: tapeMarketData(tape, ids, clock, undefined, spreadPct), clock, logger: quietLogger });
  const engine = await openEngine({
    store,
    market,
    clock,
    logger: quietLogger,
    speed: 1,
    breakers,
    limits: { dailyLossPct: 99, positionCapPct: 50 },
    timeZone: "UTC",
    paperBalances: new Map([["USDT", decimal(1_000_000)]]),
    openVenue: openPaperVenue,
    live: {
      vault: openTestVault(),
      exchanges: ["binance"],
      openVenue: async ({ environment }) => openSpotVenue({ wire: wire(), quirks: BINANCE, environment, clock }),
    },
    openMarket: () => Promise.reject(new Error("this benchmark has one market")),
    ceiling: { amount: decimal(1_000_000), currency: "USDT" },
    version: "bench",
    safeAfterCrashes: 0,
    crashCause: undefined,
    residentBytes: () => process.memoryUsage.rss(),
    onFatal(failure) {
      throw failure;
    },
  });
  // A sale that was sent is not yet one that is booked: time must not run away from the disk.
  const atRest = () =>
    engine.engine.bots().every(({ state, orders }) => {
      if (state.spec.mode === "paper") return true;
      if (isFlat(state.position)) return orders.length === 0;
      return state.exit === undefined && orders.length === 1 && orders[0]?.status === "open";
    });
  const beat: LiveBench["beat"] = async ({ spanMs = BEAT_MS, done = atRest } = {}) => {
    await clock.advance(spanMs);
    core.advanceTo(clock.wall());
    const beganMs = performance.now();
    await engine.pulse.beat();
    do {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (performance.now() - beganMs > DONE_MAX_MS) throw new Error(`what a beat calls for was not done within ${DONE_MAX_MS} ms`);
    } while (!done());
    return beganMs;
  };
  return { engine, clock, symbols, sent, price, beat, close: () => engine.stop("the bench is over") };
}

/** Connects the account, and puts a bot on every symbol to work there. */
export async function putToWork({ engine: { engine }, beat, symbols }: LiveBench, trailingPct: number): Promise<void> {
  const caller = (requestId: string) => ({ requestId, user: ownerAt(0) });
  const credentials = { apiKey: new Secret(KEY), secret: new Secret(KEY) };
  const account = {
    name: "main",
    exchangeId: "binance",
    environment: "live",
    credentials,
    enteredBy: "terminal",
    acknowledged: true,
  } as const;
  await engine.connectAccount(account, caller("connect"));
  for (let count = 0; count < 3; count += 1) await beat();
  for (const [index, symbol] of symbols.entries()) {
    const params = { fast: 1, slow: 2 };
    const protection = { stopPct: 20, takePct: undefined, trailingPct };
    const sizing = { kind: "notional", notional: decimal(100) } as const;
    const bot = {
      name: `p${index}`,
      group: undefined,
      symbol,
      timeframe: "1m",
      strategy: "ema-cross",
      params,
      sizing,
      protection,
    } as const;
    await engine.createBot(bot, caller(`create ${index}`));
    await engine.promoteBot(bot.name, "main", `l${index}`, caller(`promote ${index}`));
  }
}

function kindOf({ method, path, params }: WireCall): Sent["what"] {
  if (method === "DELETE") return "cancel";
  if (method !== "POST" || !path.startsWith("/api/v3/order")) return "other";
  const { type, side } = params as Readonly<Record<string, unknown>>;
  if (side === "BUY") return "entry";
  return type === "MARKET" ? "sale" : "protection";
}

/** To the next whole minute, in steps small enough for prices to stay fresh. */
export async function toMinute(bench: LiveBench): Promise<void> {
  for (;;) {
    const left = 60 * BEAT_MS - (bench.clock.wall() % (60 * BEAT_MS));
    if (left <= BEAT_MS) return void (await bench.beat({ spanMs: left }));
    await bench.beat({ spanMs: Math.min(left - BEAT_MS, 5 * BEAT_MS) });
  }
}

export function sentAs(sent: readonly Sent[], what: Sent["what"]): readonly Sent[] {
  return sent.filter((each) => each.what === what);
}

export function since(beganMs: number, sent: readonly Sent[]): number[] {
  return sent.map(({ atMs }) => atMs - beganMs);
}
