import type { Door, DoorRequest } from "./exchange/door.ts";
import type { Fault, FaultPlan } from "./exchange/faults.ts";
import { MarketStreams } from "./exchange/market-streams.ts";
import { ROUND_MINUTES, RoundTape } from "./exchange/round-tape.ts";
import { ScriptedFaults } from "./exchange/scripted-faults.ts";
import { ExchangeServer, type LoggedRequest } from "./exchange/server.ts";
import type { AccountOptions, SpotAccount } from "./exchange/spot/account.ts";
import { spotListing } from "./exchange/spot/listing.ts";
import { SpotCore } from "./exchange/spot-core.ts";
import { SpotDoor } from "./exchange/spot-door.ts";
import type { Tape } from "./exchange/tape.ts";
import { StoryClock } from "./story-clock.ts";

const MINUTE_MS = 60_000;
const ROUND_MS = ROUND_MINUTES * MINUTE_MS;
/** An evening, half a minute before the last of a round. */
export const STAGE_STARTS_MS = Math.ceil(Date.UTC(2026, 0, 5, 20) / ROUND_MS) * ROUND_MS - 1.5 * MINUTE_MS;
export const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2_000 };
/** So long nothing may have come or gone before the exchange counts as quiet. */
const QUIET_MS = 8;
const PATIENCE_MS = 1_000;
/** Whoever asks an exchange gives it that long: so many such sleeps, so many questions without an answer. */
const ASKED_FOR_MS = 10_000;

/** One world of the exchange with what its own books say. */
export interface World {
  /** How far its clock is ahead of everybody else's. */
  aheadMs: number;
  readonly core: SpotCore;
  readonly door: SpotDoor;
  readonly streams: MarketStreams;
}

/** A simulated Binance with its real and its demo world on one socket, and the time that the desk and it share. */
export class DeskExchange {
  readonly clock = new StoryClock(STAGE_STARTS_MS);
  readonly live: World;
  readonly demo: World;
  readonly faults = new ScriptedFaults();
  readonly server: ExchangeServer;
  /** Every request meets this, whatever it is for, while it is set. */
  weather: Fault | undefined;
  url = "";
  #arrived = 0;

  constructor(tape: Tape = new RoundTape(PRICES)) {
    this.live = worldOf(tape, this.clock);
    this.demo = worldOf(tape, this.clock);
    const plan: FaultPlan = { next: (request, nowMs) => this.#meets(request, nowMs) };
    const doors = { "": ahead(this.live), "/demo": ahead(this.demo) };
    this.server = new ExchangeServer({ doors, now: () => this.clock.wall(), faults: plan, sleep: (ms) => this.clock.sleep(ms) });
  }

  async start(): Promise<void> {
    this.server.onUpgrade("/", (request, socket, head) => {
      const world = request.url?.startsWith("/demo/") ? this.demo : this.live;
      world.streams.upgrade(request, socket, head);
    });
    this.url = await this.server.listen();
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  /** Where the desk finds it. */
  get settings(): Readonly<Record<string, string>> {
    return { MARKET: "exchange:binance", MARKET_SPEED: "1", BINANCE_API_URL: this.url };
  }

  open(world: "live" | "demo", options: AccountOptions): SpotAccount {
    return this[world].core.openAccount(options);
  }

  /** The exchange's own book of the account that was opened first in a world. */
  account(world: "live" | "demo"): SpotAccount {
    const [first] = this[world].core.accounts.values();
    if (!first) throw new Error(`nobody has an account in the ${world} world`);
    return first;
  }

  /** Requests that were signed or carried a key, oldest first. */
  signed(): readonly LoggedRequest[] {
    return this.server.log.filter(({ request }) => request.headers.has("x-mbx-apikey") || /signature=/.test(request.query + request.body));
  }

  /** Requests that ask for an order or take one back. */
  trading(): readonly LoggedRequest[] {
    return this.server.log.filter(({ request }) => request.method !== "GET");
  }

  /** What the exchange objected to: right behavior leaves it empty. Requests that a test spoilt are not judged. */
  violations(): readonly string[] {
    return this.server.log.flatMap(({ prefix, request, answer, fault }) =>
      fault === undefined && answer !== undefined && answer.status >= 400
        ? [`${request.method} ${prefix}${request.path}: HTTP ${answer.status} ${answer.body}`]
        : [],
    );
  }

  /** Forgets the requests so far, so that a test sees those that follow. */
  forget(): void {
    this.server.log.length = 0;
    this.#arrived = 0;
  }

  /** Tells those who listen to its prices what they are now. */
  push(): void {
    for (const { streams } of [this.live, this.demo]) streams.push();
  }

  /** Resolves when every request was answered and none follows; or after a while, where an answer is kept back. */
  async quiet(): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS;
    let seen = -1;
    while (performance.now() < untilMs) {
      const isIdle = this.#arrived === seen && this.#answered() === this.#arrived && this.clock.sleepsOf(ASKED_FOR_MS) === 0;
      if (isIdle) return;
      seen = this.#arrived;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  }

  /** Milliseconds until a minute of the round is so many seconds old. */
  until(minute: number, second: number): number {
    const into = minute * MINUTE_MS + second * 1_000;
    return (into - (this.clock.wall() % ROUND_MS) + ROUND_MS) % ROUND_MS;
  }

  #answered(): number {
    return this.server.log.length;
  }

  #meets(request: DoorRequest, nowMs: number): Fault | undefined {
    this.#arrived += 1;
    return this.weather ?? this.faults.next(request, nowMs);
  }
}

function worldOf(tape: Tape, clock: StoryClock): World {
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT"), spotListing("ETH", "USDT")], startMs: STAGE_STARTS_MS });
  return { aheadMs: 0, core, door: new SpotDoor(core), streams: new MarketStreams(core, () => clock.wall()) };
}

/** The door of a world, at the time of that world. */
function ahead(world: World): Door {
  return {
    handle: (request, { nowMs, seenMs }) => world.door.handle(request, { nowMs: nowMs + world.aheadMs, seenMs: seenMs + world.aheadMs }),
  };
}
