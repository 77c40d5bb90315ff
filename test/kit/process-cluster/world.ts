import { canary } from "../canary/canary.ts";
import type { Door, DoorRequest } from "../exchange/door.ts";
import type { Fault, FaultPlan } from "../exchange/faults.ts";
import { MarketStreams } from "../exchange/market-streams.ts";
import { ExchangeServer } from "../exchange/server.ts";
import { seededFills } from "../exchange/spot/fill-plan.ts";
import { spotListing } from "../exchange/spot/listing.ts";
import { SpotCore } from "../exchange/spot-core.ts";
import { SpotDoor } from "../exchange/spot-door.ts";
import { FlakyLine } from "../process-live-faults.ts";
import { SwingTape } from "../process-live-tape.ts";
import type { SpotSeat, WorldKey } from "../process-live-world.ts";

/** Around what each coin swings, in USDT. */
const PRICES: ReadonlyMap<string, number> = new Map([
  ["BTC", 50_000],
  ["ETH", 2_000],
  ["SOL", 150],
  ["LTC", 80],
  ["XRP", 20],
  ["ADA", 12],
]);
export const COINS = [...PRICES.keys()];
const START_BALANCE = "1000000";
const PUSH_EVERY_MS = 1_000;
const SPOT_RULES = { lot: "0.0001", quantityMin: "0.0001", marketQuantityMax: "9000" };
const KEY_HEADER = "x-mbx-apikey";
const ADDRESS_HEADER = "x-forwarded-for";

/** One account at the exchange, with what came over the wire for it. */
export interface ClusterSeat extends Pick<SpotSeat, "kind" | "book" | "door" | "line"> {
  /** How the desk calls it. */
  readonly id: string;
  readonly key: WorldKey;
}

/** A simulated Binance with an account for each key, in real time: it lives on while processes die. */
export class ClusterWorld {
  readonly seats: readonly ClusterSeat[];
  readonly #core: SpotCore;
  readonly #door: SpotDoor;
  readonly #doors: Record<string, Door>;
  readonly #url: string;
  readonly #stop: () => Promise<void>;

  private constructor(parts: {
    readonly seats: readonly ClusterSeat[];
    readonly core: SpotCore;
    readonly door: SpotDoor;
    readonly doors: Record<string, Door>;
    readonly url: string;
    readonly stop: () => Promise<void>;
  }) {
    this.seats = parts.seats;
    this.#core = parts.core;
    this.#door = parts.door;
    this.#doors = parts.doors;
    this.#url = parts.url;
    this.#stop = parts.stop;
  }

  static async start(seed: number, accounts: number): Promise<ClusterWorld> {
    const tape = new SwingTape(new Map([...PRICES].map(([coin, price]) => [`${coin}USDT`, price])), seed);
    const listings = COINS.map((coin) => spotListing(coin, "USDT", SPOT_RULES));
    const fills = seededFills({ seed, piecesMax: 3, partialChance: 0.15, tradeLagMaxMs: 1_500 });
    const core = new SpotCore({ tape, listings, startMs: Date.now(), fills });
    const door = new SpotDoor(core);
    const seats = Array.from({ length: accounts }, (_, index): ClusterSeat => {
      const id = `live${index + 1}`;
      const key = { apiKey: `${canary("exchange key")}${id}`, secret: `${canary("exchange secret")}${id}` };
      const book = core.openAccount({ key: key.apiKey, secret: key.secret, balances: { USDT: START_BALANCE } });
      return { kind: "spot", id, key, book, door, line: new FlakyLine(() => 1) };
    });
    const doors: Record<string, Door> = { "": door };
    const server = new ExchangeServer({ doors, now: Date.now, faults: new LineOfEach(seats) });
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
    return new ClusterWorld({ seats, core, door, doors, url, stop });
  }

  /** Where a process finds it: each has an address of its own, as processes on several machines have. */
  urlFor(address: string): string {
    const door = this.#door;
    this.#doors[`/${address}`] = {
      handle: (request, time) => door.handle({ ...request, headers: new Map([...request.headers, [ADDRESS_HEADER, address]]) }, time),
    };
    return `${this.#url}/${address}`;
  }

  /** Everything up to now has happened at the exchange. */
  advance(): void {
    this.#core.advanceTo(Date.now());
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** Keeps for each account what was sent in its name. */
class LineOfEach implements FaultPlan {
  readonly #lines: ReadonlyMap<string, FlakyLine>;

  constructor(seats: readonly ClusterSeat[]) {
    this.#lines = new Map(seats.map(({ key, line }) => [key.apiKey, line]));
  }

  next(request: DoorRequest): Fault | undefined {
    return this.#lines.get(request.headers.get(KEY_HEADER) ?? "")?.next(request);
  }
}
