import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import type { PerpetualExchange } from "../perpetual/exchange.ts";
import { bookOf } from "./routes-market.ts";

const REQUEST = z.object({
  op: z.enum(["subscribe", "unsubscribe"]),
  args: z.array(z.object({ channel: z.string(), instId: z.string() })).min(1),
});

/** The public channel `tickers` of a simulated Blofin: it sends when it is told to, so that a test decides what happens when. */
export class BlofinStreams {
  /** Pings are answered and nothing is sent. */
  frozen = false;
  readonly told: string[] = [];
  readonly #exchange: PerpetualExchange;
  readonly #now: () => number;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #listeners = new Map<WebSocket, Set<string>>();

  constructor(exchange: PerpetualExchange, now: () => number) {
    this.#exchange = exchange;
    this.#now = now;
  }

  /** Contracts that somebody listens to now. */
  get subscribed(): readonly string[] {
    return [...this.#listeners.values()].flatMap((ids) => [...ids]);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (new URL(request.url ?? "/", "ws://simulated").pathname !== "/ws/public") return void socket.destroy();
    this.#server.handleUpgrade(request, socket, head, (accepted) => {
      this.#listeners.set(accepted, new Set());
      accepted.on("close", () => this.#listeners.delete(accepted));
      accepted.on("message", (data) => this.#heard(accepted, String(data)));
    });
  }

  /** Sends every listener the prices of now. */
  push(): void {
    if (this.frozen) return;
    for (const [socket, ids] of this.#listeners) for (const id of ids) this.#send(socket, id);
  }

  drop(): void {
    for (const socket of this.#listeners.keys()) socket.terminate();
  }

  #heard(socket: WebSocket, text: string): void {
    this.told.push(text);
    if (text === "ping") return socket.send("pong");
    const request = REQUEST.safeParse(JSON.parse(text));
    const unknown = request.data?.args.find(({ channel, instId }) => channel !== "tickers" || !this.#exchange.price(instId));
    if (!request.success || unknown) return socket.send(JSON.stringify({ event: "error", code: "60012", msg: `Invalid request: ${text}` }));
    for (const arg of request.data.args) {
      if (request.data.op === "subscribe") this.#listeners.get(socket)?.add(arg.instId);
      else this.#listeners.get(socket)?.delete(arg.instId);
      socket.send(JSON.stringify({ event: request.data.op, arg }));
    }
  }

  #send(socket: WebSocket, instId: string): void {
    const contract = this.#exchange.contract(instId);
    const book = contract && bookOf(this.#exchange, contract);
    const last = this.#exchange.price(instId)?.toFixed() ?? "0";
    const [bidPrice, askPrice] = [book?.bid.toFixed() ?? "0", book?.ask.toFixed() ?? "0"];
    const row = { instId, last, lastSize: "1", askPrice, askSize: "1", bidPrice, bidSize: "1", ts: String(this.#now()) };
    const day = { high24h: last, open24h: last, low24h: last, volCurrency24h: "1", vol24h: "1" };
    socket.send(JSON.stringify({ arg: { channel: "tickers", instId }, data: [{ ...row, ...day }] }));
  }
}
