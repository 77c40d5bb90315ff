import { decimal } from "../../src/domain/money.ts";
import { canary } from "./canary/canary.ts";
import { BlofinDoor } from "./exchange/blofin/door.ts";
import type { Door } from "./exchange/door.ts";
import { MarketStreams } from "./exchange/market-streams.ts";
import type { Account } from "./exchange/perpetual/account.ts";
import { btcContract, PerpetualExchange } from "./exchange/perpetual/exchange.ts";
import { ExchangeServer } from "./exchange/server.ts";
import type { SpotAccount } from "./exchange/spot/account.ts";
import { seededFills } from "./exchange/spot/fill-plan.ts";
import { spotListing } from "./exchange/spot/listing.ts";
import { SpotCore } from "./exchange/spot-core.ts";
import { SpotDoor } from "./exchange/spot-door.ts";
import { FlakyLine } from "./process-live-faults.ts";
import { SwingTape } from "./process-live-tape.ts";

export const EXCHANGES = ["binance", "binanceus", "blofin"] as const;
export type ExchangeId = (typeof EXCHANGES)[number];

/** Around what each coin swings, in USDT. */
const PRICES: ReadonlyMap<string, number> = new Map([
  ["BTC", 50_000],
  ["ETH", 2_000],
  ["SOL", 150],
  ["LTC", 80],
  ["XRP", 20],
  ["ADA", 12],
  ["DOT", 9],
  ["LINK", 15],
]);
/** The coins of the strategies' bots, and those that people enter by hand. Where requests are counted strictly, more would only be asked about. */
const COINS = {
  spot: { bots: ["BTC", "ETH"], hand: ["SOL", "LTC", "XRP", "ADA", "DOT", "LINK"] },
  perpetual: { bots: ["BTC"], hand: ["SOL", "LTC", "XRP"] },
} as const;
const START_BALANCE = "1000000";
const PUSH_EVERY_MS = 1_000;
const SPOT_RULES = { lot: "0.0001", quantityMin: "0.0001", marketQuantityMax: "9000" };

/** What a person types when an account is connected. */
export interface WorldKey {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

/** One simulated exchange with the one account that the desk gets the key of. */
interface Seat {
  readonly id: ExchangeId;
  readonly key: WorldKey;
  readonly line: FlakyLine;
  readonly url: string;
  advance(nowMs: number): void;
  stop(): Promise<void>;
}

export type SpotSeat = Seat & { readonly kind: "spot"; readonly book: SpotAccount; readonly door: SpotDoor };
export type PerpetualSeat = Seat & { readonly kind: "perpetual"; readonly book: Account; readonly exchange: PerpetualExchange };
export type WorldSeat = SpotSeat | PerpetualSeat;

export interface WorldOptions {
  readonly seed: number;
  /** Decides which requests go wrong. */
  readonly draw: () => number;
  readonly exchanges?: readonly ExchangeId[] | undefined;
  /** Around what each listed coin swings, in USDT. */
  readonly coins?: ReadonlyMap<string, number> | undefined;
}

/** Simulated exchanges on sockets of this process, in real time: they live on while a desk dies. */
export class LiveWorld {
  /** How many desks there have been. Each calls from an address of its own: a desk that dies every few seconds asks more than one may. */
  readonly lives: Lives;
  readonly seats: readonly WorldSeat[];

  private constructor(seats: readonly WorldSeat[], lives: Lives) {
    this.seats = seats;
    this.lives = lives;
  }

  static async start(options: WorldOptions): Promise<LiveWorld> {
    const seats: WorldSeat[] = [];
    const lives = { count: 0 };
    for (const id of options.exchanges ?? EXCHANGES)
      seats.push(await (id === "blofin" ? startPerpetual(options) : startSpot(id, options, lives)));
    return new LiveWorld(seats, lives);
  }

  /** Where a desk finds them. */
  get settings(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.seats.map(({ id, url }) => [`${id.toUpperCase()}_API_URL`, url]));
  }

  /** Everything up to now has happened at the exchanges. */
  advance(): void {
    for (const seat of this.seats) seat.advance(Date.now());
  }

  spoil(on: boolean): void {
    for (const { line } of this.seats) line.spoils = on;
  }

  async stop(): Promise<void> {
    for (const seat of this.seats) await seat.stop();
  }
}

export function coinsOf({ kind }: WorldSeat): { readonly bots: readonly string[]; readonly hand: readonly string[] } {
  return COINS[kind];
}

/** Keys as long as the real ones, and like nothing else in the world. */
function keyOf(id: ExchangeId, seed: number): WorldKey {
  const ofItsOwn = `${id}${seed}`;
  return {
    apiKey: canary("exchange key") + ofItsOwn,
    secret: canary("exchange secret") + ofItsOwn,
    ...(id === "blofin" ? { passphrase: canary("exchange passphrase", 32) } : {}),
  };
}

interface Lives {
  count: number;
}

/** A door that takes each life for another address. */
function fromManyAddresses(door: Door, lives: Lives): Door {
  const headers = (known: ReadonlyMap<string, string>) => new Map([...known, ["x-forwarded-for", `life ${lives.count}`]]);
  return { handle: (request, time) => door.handle({ ...request, headers: headers(request.headers) }, time) };
}

async function startSpot(id: "binance" | "binanceus", options: WorldOptions, lives: Lives): Promise<SpotSeat> {
  const { seed, draw, coins = PRICES } = options;
  const prices = new Map([...coins].map(([coin, price]) => [`${coin}USDT`, price]));
  const tape = new SwingTape(prices, seed);
  const listings = [...coins.keys()].map((coin) => spotListing(coin, "USDT", SPOT_RULES));
  const fills = seededFills({ seed, piecesMax: 3, partialChance: 0.15, tradeLagMaxMs: 1_500 });
  const us = id === "binanceus";
  const wouldTrigger = us ? { wouldTrigger: "Stop price would trigger immediately." } : {};
  const core = new SpotCore({ tape, listings, startMs: Date.now(), fills, ...wouldTrigger });
  const key = keyOf(id, seed);
  const feeMode = us ? "quote" : "received";
  const book = core.openAccount({ key: key.apiKey, secret: key.secret, balances: { USDT: START_BALANCE }, feeMode });
  const door = new SpotDoor(core, { us });
  const line = new FlakyLine(draw);
  const server = new ExchangeServer({ doors: { "": fromManyAddresses(door, lives) }, now: Date.now, faults: line });
  const streams = new MarketStreams(core, Date.now);
  server.onUpgrade("/", (request, socket, head) => streams.upgrade(request, socket, head));
  const url = await server.listen();
  const pushing = setInterval(() => {
    core.advanceTo(Date.now());
    streams.push();
  }, PUSH_EVERY_MS);
  const stop = async () => {
    clearInterval(pushing);
    await server.close();
  };
  return { kind: "spot", id, key, line, url, book, door, advance: (nowMs) => core.advanceTo(nowMs), stop };
}

async function startPerpetual({ seed, draw, coins = PRICES }: WorldOptions): Promise<PerpetualSeat> {
  const tape = new SwingTape(coins, seed);
  const contracts = [...coins.keys()].map((base) =>
    btcContract({
      instId: `${base}-USDT`,
      tapeSymbol: base,
      base,
      contractValue: decimal(base === "BTC" ? "0.001" : "0.01"),
      tickSize: decimal("0.01"),
      fundingRate: decimal(0),
    }),
  );
  const exchange = new PerpetualExchange(tape, contracts, Date.now());
  const book = exchange.openAccount("desk", decimal(START_BALANCE));
  const key = keyOf("blofin", seed);
  exchange.addKey("desk", { key: key.apiKey, secret: key.secret, passphrase: key.passphrase ?? "" });
  const line = new FlakyLine(draw);
  // It counts by account, whatever the address: what its limits do is tested elsewhere.
  const door = new BlofinDoor(exchange, { limits: false });
  const server = new ExchangeServer({ doors: { "": door }, now: Date.now, faults: line });
  const url = await server.listen();
  const advancing = setInterval(() => exchange.advanceTo(Date.now()), PUSH_EVERY_MS);
  const stop = async () => {
    clearInterval(advancing);
    await server.close();
  };
  return { kind: "perpetual", id: "blofin", key, line, url, book, exchange, advance: (nowMs) => exchange.advanceTo(nowMs), stop };
}
