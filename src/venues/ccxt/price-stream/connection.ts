import type { Exchange } from "ccxt";
import type { Environment } from "../../../ports/live-venue.ts";
import { loadStreamClass } from "../load-class.ts";
import type { StreamDialect } from "./dialects.ts";

export interface ConnectionOptions {
  readonly exchangeId: string;
  readonly environment: Environment;
  /** Base address of a simulator that is connected to instead. */
  readonly apiUrl?: string | undefined;
  readonly dialect: StreamDialect;
  readonly heard: (message: unknown) => void;
}

/** ccxt's names of the worlds. */
const WORLDS: Readonly<Record<Environment, readonly string[]>> = { live: ["api"], demo: ["demo", "test"] };
/** Everything that ends a connection is waited for under this name, which no message ever has. */
const END = "end of the connection";

/** One WebSocket connection at a time, by ccxt's own client: without a key, to one address, with ccxt's pings and none of its parsing, caches or pauses. */
export class PushConnection {
  readonly address: string;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, address: string) {
    this.#exchange = exchange;
    this.address = address;
  }

  /** Connects and sends a first request. Resolves with the reason when the connection has ended, however it did. */
  async open(request: object): Promise<string> {
    try {
      // Without it ccxt refuses addresses that are not encrypted.
      if (this.address.startsWith("ws://")) await this.#exchange.loadHttpProxyAgent();
      await this.#exchange.watchMultiple(this.address, [END], request);
      return "it ended";
    } catch (thrown) {
      return thrown instanceof Error ? thrown.constructor.name : "it broke";
    }
  }

  /** Sends another request on the open connection; on a broken one it is lost, as `open` tells. */
  send(request: object): void {
    // ccxt rejects this one promise when the socket is closing or gone, and the same end settles `open` with its reason. There the stream hears of it,
    // connects anew and asks for everything that is wanted, this request's part included: a second word here would only be one too many.
    this.#exchange.clients[this.address]?.send(request).catch(() => undefined);
  }

  /** Ends the connection at once, whether or not anybody listens at its other end. */
  hangUp(): void {
    this.#exchange.clients[this.address]?.connection?.terminate();
  }
}

/** Loads the exchange's class with streams; undefined when the world has no address that may be connected to. */
export async function openConnection(options: ConnectionOptions): Promise<PushConnection | undefined> {
  const { exchangeId, heard } = options;
  const Base = await loadStreamClass(exchangeId);
  class Heard extends Base {
    override handleMessage(client: unknown, message: unknown): void {
      // Only a pong is for ccxt: it keeps the connection's own watch.
      if (message === "pong") super.handleMessage(client, message);
      else heard(message);
    }

    /** ccxt writes to the standard output what it cannot parse, with the address. */
    override log(): void {}

    /** Pauses are ours: those of ccxt cannot be ended. */
    override calculateWsBackoffDelay(): number {
      return 0;
    }
  }
  const exchange = new Heard({ enableRateLimit: false, fetchImplementation: refuse });
  const address = addressOf(exchange, options);
  exchange.urls.api = {};
  return address === undefined ? undefined : new PushConnection(exchange, address);
}

function addressOf({ urls }: Exchange, { environment, apiUrl, dialect }: ConnectionOptions): string | undefined {
  const worlds = new Map<string, unknown>(Object.entries(urls));
  const found = WORLDS[environment].map((world) => dialect.path.reduce(inside, worlds.get(world))).find((text) => typeof text === "string");
  if (typeof found !== "string" || !URL.canParse(found)) return undefined;
  const { protocol, host, pathname } = new URL(found);
  if (protocol !== "wss:" || host !== dialect.hosts[environment]) return undefined;
  if (apiUrl === undefined) return found;
  return `${apiUrl.replace(/^http/, "ws").replace(/\/$/, "")}${environment === "demo" ? "/demo" : ""}${pathname}`;
}

function inside(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null ? new Map<string, unknown>(Object.entries(node)).get(key) : undefined;
}

async function refuse(): Promise<never> {
  throw new Error("a stream asks nothing over HTTP");
}
