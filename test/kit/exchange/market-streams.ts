import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { isStream, streamEvents } from "./spot/streams.ts";
import type { SpotCore } from "./spot-core.ts";

const REQUEST = z.object({
  method: z.enum(["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS"]),
  params: z.array(z.string()).optional(),
  id: z.union([z.number(), z.string(), z.null()]).optional(),
});
/** Closed by the exchange as planned; and the way in which a protocol breach is closed. */
const GOING_AWAY = 1001;
const POLICY = 1008;

interface Listener {
  readonly socket: WebSocket;
  /** Wraps each event with its stream's name. */
  readonly combined: boolean;
  /** Until when each stream was told. */
  readonly streams: Map<string, number>;
}

/** How the next events go wrong. `frozen`: pings are answered and nothing is sent. */
export type StreamFault = "frozen" | "doubled" | "missing" | "reordered";

/** Market streams of a simulated Binance: it sends when it is told to, so that a test decides what happens when. */
export class MarketStreams {
  /** How all events go wrong until it is taken away. */
  fault: StreamFault | undefined;
  /** Connections that were opened, ever. */
  opened = 0;
  /** New connections are refused. */
  refuses = false;
  /** Connections that were refused, ever. */
  refused = 0;
  /** Events show what was true so long ago. */
  lagMs = 0;
  /** What was received, as text. */
  readonly told: string[] = [];
  readonly #core: SpotCore;
  readonly #now: () => number;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #listeners = new Set<Listener>();

  constructor(core: SpotCore, now: () => number) {
    this.#core = core;
    this.#now = now;
  }

  /** Streams that somebody listens to now. */
  get subscribed(): readonly string[] {
    return [...this.#listeners].flatMap(({ streams }) => [...streams.keys()]);
  }

  /** Connections that are open now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Takes over a connection that wants to be a WebSocket: below `/ws` events are bare, below `/stream` they are wrapped. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refuses) {
      this.refused += 1;
      return void socket.destroy();
    }
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      this.opened += 1;
      const url = new URL(request.url ?? "/", "ws://simulated");
      const names = (url.searchParams.get("streams") ?? url.pathname.split("/").at(-1)!)
        .split("/")
        .filter((name) => isStream(this.#core, name));
      const listener: Listener = {
        socket: accepted,
        combined: !url.pathname.includes("/ws"),
        streams: new Map(names.map((name) => [name, this.#now()])),
      };
      this.#listeners.add(listener);
      accepted.on("close", () => this.#listeners.delete(listener));
      accepted.on("message", (data) => this.#told(listener, String(data)));
    });
  }

  /** Sends every listener what has happened since it was last told. */
  push(): void {
    const nowMs = this.#now() - this.lagMs;
    if (this.fault === "frozen") return;
    for (const { socket, combined, streams } of this.#listeners)
      for (const [name, sinceMs] of streams) {
        const events = streamEvents(this.#core, name, sinceMs, nowMs).map((data) =>
          JSON.stringify(combined ? { stream: name, data } : data),
        );
        streams.set(name, nowMs);
        for (const text of spoilt(events, this.fault)) socket.send(text);
      }
  }

  /** Sends every listener the same text. */
  say(text: string): void {
    for (const { socket } of this.#listeners) socket.send(text);
  }

  /** Every connection breaks without a word. */
  drop(): void {
    for (const { socket } of this.#listeners) socket.terminate();
  }

  /** Every connection is told that the server goes away, and is closed. */
  shutdown(): void {
    for (const { socket, combined } of this.#listeners) {
      const data = { e: "serverShutdown", E: this.#now() };
      socket.send(JSON.stringify(combined ? { stream: "!serverShutdown", data } : data));
      socket.close(GOING_AWAY);
    }
  }

  #told({ socket, streams }: Listener, text: string): void {
    this.told.push(text);
    const request = REQUEST.safeParse(parsed(text));
    if (!request.success) return socket.close(POLICY, "Invalid request");
    const { method, params = [], id = null } = request.data;
    const unknown = params.find((name) => !isStream(this.#core, name));
    if (unknown !== undefined) return socket.send(JSON.stringify({ code: 2, msg: `Invalid request: unknown stream ${unknown}`, id }));
    if (method === "SUBSCRIBE") for (const name of params) streams.set(name, this.#now());
    if (method === "UNSUBSCRIBE") for (const name of params) streams.delete(name);
    socket.send(JSON.stringify({ result: method === "LIST_SUBSCRIPTIONS" ? [...streams.keys()] : null, id }));
  }
}

function spoilt(events: readonly string[], fault: StreamFault | undefined): readonly string[] {
  switch (fault) {
    case "doubled":
      return events.flatMap((event) => [event, event]);
    case "missing":
      return events.slice(1);
    case "reordered":
      return events.toReversed();
    default:
      return events;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
