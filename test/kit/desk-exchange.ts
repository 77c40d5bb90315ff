import type { Door } from "./exchange/door.ts";
import { MarketStreams } from "./exchange/market-streams.ts";
import { RoundTape } from "./exchange/round-tape.ts";
import type { LoggedRequest } from "./exchange/server.ts";
import type { AccountOptions, SpotAccount } from "./exchange/spot/account.ts";
import { spotListing } from "./exchange/spot/listing.ts";
import { SpotCore } from "./exchange/spot-core.ts";
import { SpotDoor } from "./exchange/spot-door.ts";
import type { Tape } from "./exchange/tape.ts";
import { StoryClock } from "./story-clock.ts";
import { STAGE_STARTS_MS, StoryServer } from "./story-server.ts";

export const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2_000 };

/** One world of the exchange with what its own books say. */
export interface World {
  /** How far its clock is ahead of everybody else's. */
  aheadMs: number;
  readonly core: SpotCore;
  readonly door: SpotDoor;
  readonly streams: MarketStreams;
}

/** A simulated Binance with its real and its demo world. */
export class DeskExchange extends StoryServer {
  readonly live: World;
  readonly demo: World;

  constructor(tape: Tape = new RoundTape(PRICES)) {
    const clock = new StoryClock(STAGE_STARTS_MS);
    const [live, demo] = [worldOf(tape, clock), worldOf(tape, clock)];
    super(clock, { "": ahead(live), "/demo": ahead(demo) });
    this.live = live;
    this.demo = demo;
  }

  override async start(): Promise<void> {
    this.server.onUpgrade("/", (request, socket, head) => {
      const world = request.url?.startsWith("/demo/") ? this.demo : this.live;
      world.streams.upgrade(request, socket, head);
    });
    await super.start();
  }

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

  signed(): readonly LoggedRequest[] {
    return this.server.log.filter(({ request }) => request.headers.has("x-mbx-apikey") || /signature=/.test(request.query + request.body));
  }

  push(): void {
    for (const { streams } of [this.live, this.demo]) streams.push();
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
