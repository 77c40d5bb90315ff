import type { AccountState, BotState } from "../../src/domain/books.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { Secret } from "../../src/domain/secret.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { SharedOptions } from "../../src/engine/cluster/shared.ts";
import type { CeilingLimit } from "../../src/engine/live/ceiling.ts";
import { type OpenedEngine, openEngine } from "../../src/engine/open.ts";
import { openExchange } from "../../src/feeds/exchange.ts";
import type { ManualOrder, NewAccount } from "../../src/ports/engine.ts";
import type { Environment, LiveVenue } from "../../src/ports/live-venue.ts";
import type { Store } from "../../src/ports/store.ts";
import type { BreakerDefaults } from "../../src/risk/breaker-defaults.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { canary } from "./canary/canary.ts";
import { by, recordedEvents } from "./engine-rig.ts";
import type { WireExchange } from "./exchange/in-process-wire.ts";
import { ScriptedFaults } from "./exchange/scripted-faults.ts";
import type { AccountOptions, SpotAccount } from "./exchange/spot/account.ts";
import type { FillPlan } from "./exchange/spot/fill-plan.ts";
import { type SpotListing, spotListing } from "./exchange/spot/listing.ts";
import { SpotCore } from "./exchange/spot-core.ts";
import { SpotDoor } from "./exchange/spot-door.ts";
import { WrittenTape } from "./exchange/written-tape.ts";
import { FakeClock } from "./fake-clock.ts";
import { LiveProcess } from "./live-process.ts";
import { openTestVault } from "./open-vault.ts";
import { tapeMarketData } from "./tape-market.ts";

export const KEY = canary("exchange key");
export const SECRET = canary("exchange secret");
export const OTHER_KEY = canary("other key");
export const START_MS = Date.UTC(2026, 0, 5, 12, 0);

/** The real engine with accounts at a simulated Binance in the same process. */
export interface LiveRig {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly tape: WrittenTape;
  readonly core: SpotCore;
  readonly door: SpotDoor;
  /** The exchange's own book of the account. */
  readonly venue: SpotAccount;
  readonly faults: ScriptedFaults;
  readonly fatal: unknown[];
  /** Every request of every process, oldest first. */
  readonly requests: WireExchange[];
  /** Sentences that were logged as warnings or errors. */
  readonly complaints: string[];
  /** The worlds in which venues were opened. */
  readonly environments: Environment[];
  /** How far the exchange's clock is ahead of this machine's. */
  venueOffsetMs: number;
  /** No connection to the exchange can be opened. */
  down: boolean;
  /** How far bid and ask lie apart; nobody says it unless set. */
  spreadPct: number | undefined;
  engine: OpenedEngine["engine"];
  opened: OpenedEngine;
  /** The process that runs now. */
  process: LiveProcess;
  /** Beats once a second for so many seconds. A dead process beats no more, and time passes without it. */
  beat(seconds: number): Promise<void>;
  /** Beats until something holds, for at most so many seconds. Answers whether it does. */
  until(holds: () => boolean, secondsMax: number): Promise<boolean>;
  /** Kills the process: its memory is gone, what is durable stays; then starts another one. */
  restart(): Promise<void>;
  /** The price of a symbol from now on, as `BTCUSDT`. */
  price(id: string, price: number): void;
  books(name?: string): AccountState;
  /** The one bot of an account. */
  bot(name?: string): BotState;
  events<T extends AccountEvent["type"]>(type: T, name?: string): Promise<Extract<AccountEvent, { type: T }>[]>;
  deskEvents(): Promise<DeskEvent[]>;
}

export interface LiveRigOptions {
  readonly ceiling?: CeilingLimit | undefined;
  readonly balances?: Readonly<Record<string, string>>;
  readonly prepare?: (tape: WrittenTape) => void;
  readonly fills?: FillPlan;
  /** What else the exchange's account is. */
  readonly account?: Partial<AccountOptions>;
  readonly listings?: readonly SpotListing[];
  readonly dailyLossPct?: number;
  readonly store?: Store;
  readonly clock?: FakeClock;
  /** What ties the process to others of its desk. */
  readonly shared?: SharedOptions;
  /** Exchanges that do not answer to whoever opens their market. */
  readonly silent?: readonly string[];
  readonly breakers?: BreakerDefaults;
  /** Starting money of a second account, whose key is `OTHER_KEY`. */
  readonly otherBalances?: Readonly<Record<string, string>>;
  /** What becomes of each venue that is opened, before the desk gets it. */
  readonly bend?: (venue: LiveVenue) => LiveVenue;
  /** How far into a second beats come. */
  readonly beatsAtMs?: number;
  /** The time zone of the books' days. */
  readonly timeZone?: string;
}

const PRICES = { BTC: 50_000, ETH: 2_000 };

export async function openLiveRig(options: LiveRigOptions = {}): Promise<LiveRig> {
  const startMs = START_MS + (options.beatsAtMs ?? 0);
  const clock = options.clock ?? new FakeClock(startMs);
  const store: Store = options.store ?? openMemoryStore();
  const tape = new WrittenTape();
  const listings = options.listings ?? [spotListing("BTC", "USDT"), spotListing("ETH", "USDT")];
  for (const { id, base } of listings) tape.flat(id, base === "BTC" ? PRICES.BTC : base === "ETH" ? PRICES.ETH : 10);
  options.prepare?.(tape);
  const core = new SpotCore({ tape, listings, startMs, ...(options.fills ? { fills: options.fills } : {}) });
  const balances = options.balances ?? { USDT: "1000" };
  const venue = core.openAccount({ key: KEY, secret: SECRET, balances, ...options.account });
  if (options.otherBalances) core.openAccount({ key: OTHER_KEY, secret: SECRET, balances: options.otherBalances });
  const door = new SpotDoor(core, { verify: false });
  const faults = new ScriptedFaults();
  const fatal: unknown[] = [];
  const requests: WireExchange[] = [];
  const environments: Environment[] = [];
  const complaints: string[] = [];
  const logger = listener(complaints);
  const symbols = Object.fromEntries(listings.map(({ id, base, quote }) => [`${base}/${quote}`, id]));
  const paperMarket = await openExchange({ data: tapeMarketData(tape, symbols, clock), clock, logger });
  const born = () =>
    new LiveProcess({
      ...{ store, door, clock, environments },
      faults: { next: (request, nowMs) => (rig.down ? { id: "down", lost: "before-bytes" } : faults.next(request, nowMs)) },
      onExchange: (exchange) => void (rig.down || requests.push(exchange)),
      venueNow: () => clock.wall() + rig.venueOffsetMs,
    });
  const start = (process: LiveProcess) =>
    openEngine({
      store: process.store,
      clock,
      logger,
      speed: 1,
      limits: { dailyLossPct: options.dailyLossPct ?? 50, positionCapPct: 100 },
      breakers: options.breakers,
      timeZone: options.timeZone ?? "UTC",
      paperBalances: new Map([["USDT", decimal(10_000)]]),
      openVenue: openPaperVenue,
      market: paperMarket,
      live: {
        vault: openTestVault(),
        exchanges: ["binance", "binanceus", "blofin"],
        openVenue: async (spec) => {
          const venue = await process.openVenue(spec);
          return options.bend?.(venue) ?? venue;
        },
      },
      openMarket: async (id, environment) => {
        if (options.silent?.includes(id)) await new Promise(() => undefined);
        return openExchange({
          data: tapeMarketData(tape, symbols, clock, id, () => rig.spreadPct),
          clock,
          logger,
          demo: environment === "demo",
        });
      },
      shared: options.shared,
      ceiling: options.ceiling,
      version: "test",
      safeAfterCrashes: 0,
      crashCause: undefined,
      residentBytes: () => 0,
      onFatal: (failure) => void fatal.push(failure),
    });
  const beatOnce = async () => {
    await clock.advance(1_000);
    core.advanceTo(clock.wall() + rig.venueOffsetMs);
    if (rig.process.alive) void rig.opened.pulse.beat();
    for (let round = 0; round < BREATHS; round += 1) await clock.breathe();
  };
  const rig = {
    clock,
    store,
    tape,
    core,
    door,
    venue,
    faults,
    fatal,
    requests,
    complaints,
    environments,
    venueOffsetMs: 0,
    ...{ down: false, spreadPct: undefined },
    async beat(seconds) {
      for (let second = 0; second < seconds; second += 1) await beatOnce();
    },
    async until(holds, secondsMax) {
      for (let second = 0; second < secondsMax && !holds(); second += 1) await beatOnce();
      return holds();
    },
    async restart() {
      rig.process?.kill();
      rig.process = born();
      rig.opened = await start(rig.process);
      rig.engine = rig.opened.engine;
    },
    price: (id, price) => void tape.flat(id, price),
    books(name = "main") {
      const account = rig.engine.account(name);
      if (!account) throw new Error(`there is no account ${name}`);
      return account.state;
    },
    bot(name = "main") {
      const [bot, ...others] = [...rig.books(name).bots.values()].filter(({ deleted }) => !deleted);
      if (!bot || others.length > 0) throw new Error(`expected one bot in ${name}, found ${others.length + (bot ? 1 : 0)}`);
      return bot;
    },
    async events<T extends AccountEvent["type"]>(type: T, name = "main") {
      const all = await recordedEvents<AccountEvent>(store, `account:${name}`);
      return all.map(({ event }) => event).filter((event): event is Extract<AccountEvent, { type: T }> => event.type === type);
    },
    async deskEvents() {
      return (await recordedEvents<DeskEvent>(store, "desk")).map(({ event }) => event);
    },
  } as LiveRig;
  await rig.restart();
  return rig;
}

/** Turns of the event loop after a beat, so that chains of awaits reach what they wait for. */
const BREATHS = 25;

/** What a person types to connect the rig's account. */
export function newAccount(wish: Partial<NewAccount> = {}): NewAccount {
  return {
    name: "main",
    exchangeId: "binance",
    environment: "demo" as Environment,
    credentials: { apiKey: new Secret(KEY), secret: new Secret(SECRET) },
    enteredBy: "terminal",
    acknowledged: true,
    ...wish,
  };
}

/** An order by hand of 100 USDT with a stop of 2%. */
export function handOrder(wish: Partial<ManualOrder> = {}): ManualOrder {
  return {
    account: "main",
    symbol: "BTC/USDT",
    side: "buy",
    notional: decimal(100),
    price: undefined,
    stopPct: 2,
    takePct: undefined,
    ...wish,
  };
}

/** A rig whose account is connected and reconciled. */
export async function connectedRig(options: LiveRigOptions & { readonly environment?: Environment } = {}): Promise<LiveRig> {
  const rig = await openLiveRig(options);
  await rig.engine.connectAccount(newAccount({ environment: options.environment ?? "demo" }), by("connect"));
  await rig.beat(3);
  return rig;
}

/** A connected rig with one position that is protected at the exchange. */
export async function protectedRig(
  options: LiveRigOptions & { readonly environment?: Environment } = {},
  order: Partial<ManualOrder> = {},
): Promise<LiveRig> {
  const rig = await connectedRig(options);
  await rig.engine.enterOrder(handOrder(order), by("enter"));
  await rig.beat(3);
  return rig;
}

export const MINUTE = MINUTE_MS;

function listener(complaints: string[]) {
  const note = (facts: Record<string, unknown>, message: string) => void complaints.push(`${message} ${JSON.stringify(facts)}`);
  const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note, child: () => logger };
  return logger;
}
