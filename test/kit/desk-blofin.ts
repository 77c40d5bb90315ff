import { decimal } from "../../src/domain/money.ts";
import { BlofinDoor } from "./exchange/blofin/door.ts";
import { BlofinStreams } from "./exchange/blofin/streams.ts";
import type { Account } from "./exchange/perpetual/account.ts";
import { btcContract, PerpetualExchange } from "./exchange/perpetual/exchange.ts";
import { RoundTape } from "./exchange/round-tape.ts";
import type { LoggedRequest } from "./exchange/server.ts";
import { StoryClock } from "./story-clock.ts";
import { STAGE_STARTS_MS, StoryServer } from "./story-server.ts";

const TAPE_SYMBOL = "BTC/USDT:USDT";
const ACCEPTED = /"code":"0"/;

/** What a person types when an account there is connected. */
export interface BlofinKey {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** One world of the exchange with the one account in it. */
export interface BlofinWorld {
  readonly exchange: PerpetualExchange;
  readonly door: BlofinDoor;
  readonly streams: BlofinStreams;
}

/** A simulated Blofin with its real and its demo world, which lists BTC alone. */
export class DeskBlofin extends StoryServer {
  readonly live: BlofinWorld;
  readonly demo: BlofinWorld;

  constructor() {
    const clock = new StoryClock(STAGE_STARTS_MS);
    const [live, demo] = [worldOf(clock), worldOf(clock)];
    super(clock, { "": live.door, "/demo": demo.door });
    this.live = live;
    this.demo = demo;
  }

  override async start(): Promise<void> {
    this.server.onUpgrade("/", (request, socket, head) => {
      const world = request.url?.startsWith("/demo/") ? this.demo : this.live;
      request.url = request.url?.replace(/^\/demo/, "") ?? "/";
      world.streams.upgrade(request, socket, head);
    });
    await super.start();
  }

  get settings(): Readonly<Record<string, string>> {
    return { MARKET: "exchange:blofin", MARKET_SPEED: "1", BLOFIN_API_URL: this.url };
  }

  open(world: "live" | "demo", { apiKey: key, secret, passphrase }: BlofinKey, usdt: number): void {
    const { exchange } = this[world];
    exchange.openAccount(world, decimal(usdt));
    exchange.addKey(world, { key, secret, passphrase, addresses: ["127.0.0.1"] });
  }

  /** The exchange's own book of the account of a world. */
  account(world: "live" | "demo"): Account {
    const account = this[world].exchange.accounts.get(world);
    if (!account) throw new Error(`nobody has an account in the ${world} world`);
    return account;
  }

  signed(): readonly LoggedRequest[] {
    return this.server.log.filter(({ request }) => request.headers.has("access-key"));
  }

  push(): void {
    for (const { exchange, streams } of [this.live, this.demo]) {
      exchange.advanceTo(this.clock.wall());
      streams.push();
    }
  }

  /** It says no with a code in an answer that went well. */
  protected override objects(answer: { readonly status: number; readonly body: string }): boolean {
    return super.objects(answer) || !ACCEPTED.test(answer.body);
  }
}

function worldOf(clock: StoryClock): BlofinWorld {
  const contract = btcContract({ tapeSymbol: TAPE_SYMBOL, fundingRate: decimal(0) });
  const exchange = new PerpetualExchange(new RoundTape({ [TAPE_SYMBOL]: 50_000 }), [contract], STAGE_STARTS_MS);
  return { exchange, door: new BlofinDoor(exchange), streams: new BlofinStreams(exchange, () => clock.wall()) };
}
