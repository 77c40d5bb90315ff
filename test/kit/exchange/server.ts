import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { CanaryName } from "../canary/canary.ts";
import { refuseCanaries } from "../canary/watch.ts";
import type { Door, DoorAnswer, DoorRequest } from "./door.ts";
import { type Fault, type FaultPlan, NO_FAULTS } from "./faults.ts";

/** The log keeps so many of the newest requests. */
const LOG_MAX = 20_000;
const TEXT_TYPE = { "content-type": "text/html" };
/** What an exchange asks to see. A secret of its own only ever signs. */
const SENT_WITH_EACH_REQUEST: readonly CanaryName[] = [
  "exchange key",
  "exchange passphrase",
  "other key",
  "demo key",
  "demo passphrase",
  "live key",
  "live passphrase",
  "quoted key",
  "page key",
];
/** Something a proxy in front of an exchange would send. */
const HTML_PAGE = "<html><body><h1>We will be right back</h1></body></html>";

export interface ExchangeServerOptions {
  /** By path prefix: `""` is the real world, `/demo` the demo world. */
  readonly doors: Readonly<Record<string, Door>>;
  readonly now: () => number;
  readonly faults?: FaultPlan;
  /** Waits out a late delivery; real milliseconds unless said. */
  readonly sleep?: (delayMs: number) => Promise<void>;
}

type Taker = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** One request of the wire log. */
export interface LoggedRequest {
  readonly atMs: number;
  readonly prefix: string;
  readonly request: DoorRequest;
  readonly fault: Fault | undefined;
  readonly answer: DoorAnswer | undefined;
}

/** Serves simulated exchanges on a socket of this machine, and spoils what its plan says. */
export class ExchangeServer {
  /** Every request that came in, oldest first. */
  readonly log: LoggedRequest[] = [];
  faults: FaultPlan;
  readonly #options: ExchangeServerOptions;
  /** Connections that became WebSockets: the server itself no longer closes them. */
  readonly #upgraded = new Set<Duplex>();
  readonly #takers = new Map<string, Taker>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: ExchangeServerOptions) {
    this.#options = options;
    this.faults = options.faults ?? NO_FAULTS;
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Hands connections below a path that want to be WebSockets to somebody; all others are cut. */
  onUpgrade(prefix: string, take: Taker): void {
    this.#takers.set(prefix, take);
  }

  /** Listens on a port of this machine, a free one unless said; answers the base address. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    const asked = this.log.map(({ request }) => ({ ...request, headers: [...request.headers] }));
    refuseCanaries("what an exchange was asked", JSON.stringify(asked), { names: SENT_WITH_EACH_REQUEST });
  }

  /** Requests of the log as `POST /api/v3/order`. */
  routes(): readonly string[] {
    return this.log.map(({ request }) => `${request.method} ${request.path}`);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fitting = [...this.#takers.keys()].filter((prefix) => request.url?.startsWith(prefix));
    const take = this.#takers.get(fitting.reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), ""));
    if (fitting.length === 0 || !take) return void socket.destroy();
    this.#upgraded.add(socket);
    socket.on("close", () => this.#upgraded.delete(socket));
    take(request, socket, head);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.sendDate = false; // Node would put this machine's time where the exchange's belongs.
    const body = await bodyOf(incoming).catch(() => undefined);
    if (body === undefined) return;
    const [full, query = ""] = (incoming.url ?? "/").split(/\?(.*)/s, 2) as [string, string?];
    const prefix = this.#prefixOf(full);
    const headers = new Map(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request: DoorRequest = { method: incoming.method ?? "GET", path: full.slice(prefix.length), query, headers, body };
    const fault = this.faults.next(request, this.#options.now());
    if (fault?.lost) {
      this.#remember({ atMs: this.#options.now(), prefix, request, fault, answer: undefined });
      if (fault.lost === "before-bytes") incoming.socket.destroy();
      return; // Lost on the way: nothing answers, and the caller gives up.
    }
    if (fault?.delayMs) await this.#sleep(fault.delayMs);
    const nowMs = this.#options.now();
    const door = this.#options.doors[prefix];
    const handled = () => door?.handle(request, { nowMs, seenMs: nowMs - (fault?.lagMs ?? 0) });
    const answer = fault?.instead ?? handled() ?? { status: 404, headers: TEXT_TYPE, body: "" };
    this.#remember({ atMs: nowMs, prefix, request, fault, answer });
    reply(response, answer, fault?.answer);
  }

  #prefixOf(path: string): string {
    const fitting = Object.keys(this.#options.doors).filter((prefix) => path.startsWith(`${prefix}/`));
    return fitting.reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), "");
  }

  #remember(entry: LoggedRequest): void {
    this.log.push(entry);
    if (this.log.length > LOG_MAX) this.log.shift();
  }

  #sleep(delayMs: number): Promise<void> {
    return this.#options.sleep?.(delayMs) ?? new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function reply(response: ServerResponse, answer: DoorAnswer, kind: Fault["answer"]): void {
  const { status, headers, body } = typeof kind === "object" ? kind : answer;
  const half = body.slice(0, Math.floor(body.length / 2));
  if (kind === undefined || typeof kind === "object") return void response.writeHead(status, headers).end(body);
  const spoil: Record<Extract<Fault["answer"], string>, () => void> = {
    lost: () => {}, // Handled, and never answered: the caller gives up.
    reset: () => response.destroy(),
    empty: () => response.writeHead(status, headers).end(),
    torn: () => response.writeHead(status, headers).end(half),
    html: () => response.writeHead(200, TEXT_TYPE).end(HTML_PAGE),
    stall: () => response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }).write(half),
    "wrong-shape": () => response.writeHead(200, headers).end("{}"),
  };
  spoil[kind]();
}
