import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Exchange } from "ccxt";
import { decimal } from "../../src/domain/money.ts";
import { loadExchangeClass } from "../../src/venues/ccxt/load-class.ts";
import { canary } from "../kit/canary/canary.ts";
import { BlofinDoor, type BlofinOptions } from "../kit/exchange/blofin/door.ts";
import { sign } from "../kit/exchange/blofin/signature.ts";
import type { DoorAnswer, DoorRequest } from "../kit/exchange/door.ts";
import type { Account } from "../kit/exchange/perpetual/account.ts";
import { btcContract, PerpetualExchange } from "../kit/exchange/perpetual/exchange.ts";
import type { Contract } from "../kit/exchange/perpetual/types.ts";
import type { Tape, TapeCandle } from "../kit/exchange/tape.ts";

export const START_MS = Date.UTC(2026, 0, 5, 10);
export const KEY = {
  key: canary("exchange key"),
  secret: canary("exchange secret"),
  passphrase: canary("exchange passphrase", 20),
};

/** A tape that a test writes: flat at one price, but for the minutes that it sets. */
export class WrittenTape implements Tape {
  readonly symbols = ["BTC/USDT:USDT"];
  readonly #price: number;
  readonly #minutes = new Map<number, TapeCandle>();

  constructor(price: number) {
    this.#price = price;
  }

  /** Sets the minute that begins `minute` minutes after the start, and all later ones to its close. */
  write(minute: number, open: number, high: number, low: number, close: number): void {
    const openTimeMs = START_MS + minute * 60_000;
    this.#minutes.set(openTimeMs, { openTimeMs, open, high, low, close, volume: 60 });
  }

  candleAt(_symbol: string, atMs: number): TapeCandle {
    const openTimeMs = Math.floor(atMs / 60_000) * 60_000;
    const known = this.#minutes.get(openTimeMs);
    if (known) return known;
    let price = this.#price;
    for (const candle of this.#minutes.values()) if (candle.openTimeMs < openTimeMs) price = candle.close;
    return { openTimeMs, open: price, high: price, low: price, close: price, volume: 60 };
  }
}

/** One simulated Blofin with an account of 1,000 USDT at a price of 60,000. */
export class Stage {
  readonly tape = new WrittenTape(60_000);
  readonly exchange: PerpetualExchange;
  readonly door: BlofinDoor;
  readonly account: Account;
  nowMs = START_MS;
  #nonce = 0;

  constructor(options: BlofinOptions = {}, contract: Partial<Contract> = {}) {
    this.exchange = new PerpetualExchange(this.tape, [btcContract(contract)], START_MS);
    this.door = new BlofinDoor(this.exchange, options);
    this.account = this.exchange.openAccount("one", decimal(1_000));
    this.exchange.addKey("one", KEY);
  }

  pass(spanMs: number): void {
    this.nowMs += spanMs;
    this.exchange.advanceTo(this.nowMs);
  }

  /** A request with the documented signature; `change` bends its headers. */
  request(method: "GET" | "POST", path: string, params: unknown = undefined, change: Record<string, string> = {}): DoorRequest {
    const query = method === "GET" && params ? new URLSearchParams(params as Record<string, string>).toString() : "";
    const body = method === "POST" && params !== undefined ? JSON.stringify(params) : "";
    this.#nonce += 1;
    const [timestamp, nonce] = [String(this.nowMs), `nonce-${this.#nonce}`];
    const headers = new Map([
      ["access-key", KEY.key],
      ["access-passphrase", KEY.passphrase],
      ["access-timestamp", timestamp],
      ["access-nonce", nonce],
      ["access-sign", sign(KEY.secret, query === "" ? path : `${path}?${query}`, method, timestamp, nonce, body)],
      ...Object.entries(change),
    ]);
    return { method, path, query, headers, body };
  }

  send(request: DoorRequest, seenMs = this.nowMs): DoorAnswer {
    return this.door.handle(request, { nowMs: this.nowMs, seenMs });
  }

  ask(method: "GET" | "POST", path: string, params?: unknown, seenMs = this.nowMs): { code: string; msg: string; data: unknown } {
    return JSON.parse(this.send(this.request(method, path, params), seenMs).body) as { code: string; msg: string; data: unknown };
  }
}

/** Serves a stage on a real socket, for the real ccxt class. */
export async function serve(stage: Stage): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [path = "/", query = ""] = (request.url ?? "/").split("?");
      const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      stage.nowMs += 1;
      const answer = stage.send({ method: request.method ?? "GET", path, query, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The real ccxt class, pointed at a stage and on its clock. */
export async function realBlofin(stage: Stage, url: string): Promise<Exchange> {
  const Blofin = await loadExchangeClass("blofin");
  const exchange = new Blofin({ apiKey: KEY.key, secret: KEY.secret, password: KEY.passphrase, enableRateLimit: false, timeout: 5_000 });
  exchange.urls = { ...exchange.urls, api: { rest: url } };
  exchange.milliseconds = () => stage.nowMs + 1;
  return exchange;
}
