import type { AccountState } from "../../src/domain/books.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { Secret } from "../../src/domain/secret.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { CeilingLimit } from "../../src/engine/live/ceiling.ts";
import { type OpenedEngine, openEngine } from "../../src/engine/open.ts";
import { openExchange } from "../../src/feeds/exchange.ts";
import type { ManualOrder, NewAccount } from "../../src/ports/engine.ts";
import type { Environment } from "../../src/ports/live-venue.ts";
import type { Store } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { openPaperVenue } from "../../src/venues/paper.ts";
import { BINANCE } from "../../src/venues/quirks/binance.ts";
import { openSpotVenue } from "../../src/venues/spot.ts";
import { by, recordedEvents } from "./engine-rig.ts";
import { InProcessWire } from "./exchange/in-process-wire.ts";
import { ScriptedFaults } from "./exchange/scripted-faults.ts";
import type { SpotAccount } from "./exchange/spot/account.ts";
import { spotListing } from "./exchange/spot/listing.ts";
import { spotSigner } from "./exchange/spot/sign.ts";
import { SpotCore } from "./exchange/spot-core.ts";
import { SpotDoor } from "./exchange/spot-door.ts";
import { WrittenTape } from "./exchange/written-tape.ts";
import { FakeClock } from "./fake-clock.ts";
import { openTestVault } from "./open-vault.ts";
import { tapeMarketData } from "./tape-market.ts";

export const KEY = "k".repeat(64);
export const SECRET = "s".repeat(64);
export const START_MS = Date.UTC(2026, 0, 5, 12, 0);

/** The real engine with accounts at a simulated Binance in the same process. */
export interface LiveRig {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly tape: WrittenTape;
  readonly core: SpotCore;
  /** The exchange's own book of the account. */
  readonly venue: SpotAccount;
  readonly faults: ScriptedFaults;
  readonly fatal: unknown[];
  engine: OpenedEngine["engine"];
  opened: OpenedEngine;
  /** Beats once a second for so many seconds. */
  beat(seconds: number): Promise<void>;
  /** Kills the process: its memory is gone, what is durable stays; then starts another one. */
  restart(): Promise<void>;
  books(name?: string): AccountState;
  events<T extends AccountEvent["type"]>(type: T, name?: string): Promise<Extract<AccountEvent, { type: T }>[]>;
  deskEvents(): Promise<DeskEvent[]>;
}

export interface LiveRigOptions {
  readonly ceiling?: CeilingLimit | undefined;
  readonly balances?: Readonly<Record<string, string>>;
  readonly prepare?: (tape: WrittenTape) => void;
}

const SYMBOLS = { "BTC/USDT": "BTCUSDT", "ETH/USDT": "ETHUSDT" };

export async function openLiveRig(options: LiveRigOptions = {}): Promise<LiveRig> {
  const clock = new FakeClock(START_MS);
  const store = openMemoryStore();
  const tape = new WrittenTape().flat("BTCUSDT", 50_000).flat("ETHUSDT", 2_000);
  options.prepare?.(tape);
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT"), spotListing("ETH", "USDT")], startMs: START_MS });
  const venue = core.openAccount({ key: KEY, secret: SECRET, balances: options.balances ?? { USDT: "1000" } });
  const door = new SpotDoor(core, { verify: false });
  const faults = new ScriptedFaults();
  const fatal: unknown[] = [];
  let generation = 0;
  const start = () => {
    generation += 1;
    const mine = generation;
    return openEngine({
      store: alive(store, () => mine === generation),
      clock,
      logger: quiet,
      speed: 1,
      limits: { dailyLossPct: 50, positionCapPct: 100 },
      timeZone: "UTC",
      paperBalances: new Map([["USDT", decimal(10_000)]]),
      openVenue: openPaperVenue,
      market: paperMarket,
      live: {
        vault: openTestVault(),
        exchanges: ["binance", "binanceus", "blofin"],
        openVenue: async ({ environment, credentials }) => {
          const sign = spotSigner({ key: credentials.apiKey.reveal() });
          const wire = new InProcessWire({ door, clock, sign, faults });
          return openSpotVenue({ wire, quirks: BINANCE, environment, clock });
        },
      },
      openMarket: (_id, environment) =>
        openExchange({ data: tapeMarketData(tape, SYMBOLS, clock), clock, logger: quiet, demo: environment === "demo" }),
      ceiling: options.ceiling,
      version: "test",
      safeAfterCrashes: 0,
      crashCause: undefined,
      residentBytes: () => 0,
      onFatal: (failure) => void fatal.push(failure),
    });
  };
  const paperMarket = await openExchange({ data: tapeMarketData(tape, SYMBOLS, clock), clock, logger: quiet });
  const opened = await start();
  const rig: LiveRig = {
    clock,
    store,
    tape,
    core,
    venue,
    faults,
    fatal,
    opened,
    engine: opened.engine,
    async beat(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        await clock.advance(1_000);
        core.advanceTo(clock.wall());
        await rig.opened.pulse.beat();
        for (let round = 0; round < 20; round += 1) await clock.breathe();
      }
    },
    async restart() {
      rig.opened = await start();
      rig.engine = rig.opened.engine;
    },
    books(name = "main") {
      const account = rig.engine.account(name);
      if (!account) throw new Error(`there is no account ${name}`);
      return account.state;
    },
    async events(type, name = "main") {
      const all = await recordedEvents<AccountEvent>(store, `account:${name}`);
      return all.map(({ event }) => event).filter((event): event is Extract<AccountEvent, { type: typeof type }> => event.type === type);
    },
    async deskEvents() {
      return (await recordedEvents<DeskEvent>(store, "desk")).map(({ event }) => event);
    },
  };
  return rig;
}

/** A store whose dead processes can no longer reach it: what they ask for never comes back. */
function alive(store: Store, isAlive: () => boolean): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver) as unknown;
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => (isAlive() ? (method.apply(target, args) as unknown) : new Promise(() => undefined));
    },
  });
}

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

/** A rig whose demo account is connected and reconciled. */
export async function connectedRig(options: LiveRigOptions & { readonly environment?: Environment } = {}): Promise<LiveRig> {
  const rig = await openLiveRig(options);
  await rig.engine.connectAccount(newAccount({ environment: options.environment ?? "demo" }), by("connect"));
  await rig.beat(3);
  return rig;
}

export const MINUTE = MINUTE_MS;

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
