import { COINS } from "../../../src/feeds/simulated/coins.ts";
import { MarketStreams } from "../exchange/market-streams.ts";
import { ExchangeServer } from "../exchange/server.ts";
import { type SpotListing, spotListing } from "../exchange/spot/listing.ts";
import { SpotCore } from "../exchange/spot-core.ts";
import { SpotDoor } from "../exchange/spot-door.ts";
import { InventedTape } from "./exchange-tape.ts";

const SEED = 7;
const PUSH_EVERY_MS = 250;
/** Steps of quantities that are worth a few cents each. */
const LOTS: Readonly<Record<string, string>> = { BTC: "0.00001", ETH: "0.0001", SOL: "0.001", XRP: "0.1", DOGE: "1" };

/** A key of the simulated exchange. It opens nothing anywhere else. */
export interface DemoKey {
  readonly environment: "demo" | "live";
  readonly apiKey: string;
  readonly secret: string;
}

const KEYS: readonly DemoKey[] = [
  { environment: "demo", apiKey: "simulatedDemoKey", secret: "simulatedDemoSecret" },
  { environment: "live", apiKey: "simulatedLiveKey", secret: "simulatedLiveSecret" },
];
const BALANCES = { demo: { USDT: "5000" }, live: { USDT: "100" } };

/** A simulated Binance on this machine, in real time, with one account in each of its worlds: everything can be tried without a real key. */
export class ExchangeSide {
  readonly keys = KEYS;
  readonly address: string;
  readonly #server: ExchangeServer;
  readonly #pushing: NodeJS.Timeout;

  static async start(port = 0): Promise<ExchangeSide> {
    const worlds = { live: worldOf("live"), demo: worldOf("demo") };
    const server = new ExchangeServer({ doors: { "": worlds.live.door, "/demo": worlds.demo.door }, now: () => Date.now() });
    server.onUpgrade("/", (request, socket, head) => {
      const world = request.url?.startsWith("/demo/") ? worlds.demo : worlds.live;
      world.streams.upgrade(request, socket, head);
    });
    const push = () => {
      for (const { streams } of Object.values(worlds)) streams.push();
    };
    return new ExchangeSide(await server.listen(port), server, setInterval(push, PUSH_EVERY_MS));
  }

  private constructor(address: string, server: ExchangeServer, pushing: NodeJS.Timeout) {
    this.address = address;
    this.#server = server;
    this.#pushing = pushing;
  }

  /** What a desk needs to find it, and to find no real exchange in its place. */
  get settings(): Readonly<Record<string, string>> {
    const nowhere = `${this.address}/none`;
    return { BINANCE_API_URL: this.address, BINANCEUS_API_URL: nowhere, BLOFIN_API_URL: nowhere, LIVE_CEILING: "100 USDT" };
  }

  async stop(): Promise<void> {
    clearInterval(this.#pushing);
    await this.#server.close();
  }
}

function worldOf(environment: "demo" | "live") {
  const startMs = Date.now();
  const core = new SpotCore({ tape: new InventedTape(SEED, startMs), listings: COINS.map(listingOf), startMs });
  for (const { apiKey, secret } of KEYS.filter((key) => key.environment === environment))
    core.openAccount({ key: apiKey, secret, balances: BALANCES[environment] });
  return { door: new SpotDoor(core), streams: new MarketStreams(core, () => Date.now()) };
}

function listingOf({ symbol, priceDecimals }: (typeof COINS)[number]): SpotListing {
  const [base = "", quote = ""] = symbol.split("/");
  const tick = (10 ** -priceDecimals).toFixed(priceDecimals);
  const lot = LOTS[base] ?? "1";
  return spotListing(base, quote, { tick, priceMin: tick, lot, quantityMin: lot, quantityMax: "9000000", marketQuantityMax: "900000" });
}
