import { createHmac, timingSafeEqual } from "node:crypto";
import type { Door, DoorAnswer, DoorRequest, DoorTime } from "./door.ts";
import type { SpotAccount } from "./spot/account.ts";
import { type LimitOptions, SpotLimits } from "./spot/limits.ts";
import { checkParameters, splitForm } from "./spot/parameters.ts";
import { Refusal } from "./spot/refusal.ts";
import type { Route } from "./spot/route.ts";
import { ACCOUNT_ROUTES } from "./spot/routes-account.ts";
import { LIST_ROUTES } from "./spot/routes-list.ts";
import { MARKET_ROUTES } from "./spot/routes-market.ts";
import { ORDER_ROUTES } from "./spot/routes-order.ts";
import type { SpotCore } from "./spot-core.ts";

const WINDOW_DEFAULT_MS = 5_000;
const WINDOW_MAX_MS = 60_000;
const AHEAD_MAX_MS = 1_000;
const COM_LIMITS: LimitOptions = { weightPerMinute: 6_000, ordersPerTenSeconds: 100, ordersPerDay: 200_000 };
const US_LIMITS: LimitOptions = { weightPerMinute: 1_200, ordersPerTenSeconds: 50, ordersPerDay: 160_000 };
/** What Binance.US counts for a call, of what Binance.com does. */
const US_WEIGHT = 0.5;
const ROUTES: readonly Route[] = [...MARKET_ROUTES, ...ORDER_ROUTES, ...LIST_ROUTES, ...ACCOUNT_ROUTES];
/** What somebody behind a proxy would be; everybody on this machine is one address. */
const ADDRESS_HEADER = "x-forwarded-for";

export interface SpotDoorOptions {
  /** Binance.US: no sapi, no order lists but the OCO, a lower weight limit. */
  readonly us?: boolean;
  /** Whether signatures are checked. Without, keys and times still are: for simulations that call in process. */
  readonly verify?: boolean;
  readonly limits?: Partial<LimitOptions>;
}

/** The HTTP API of Binance's spot exchange over a matching core. */
export class SpotDoor implements Door {
  readonly core: SpotCore;
  readonly limits: SpotLimits;
  /** How much later than its arrival a request reaches the matching engine, where its time is checked again. */
  matchingDelayMs = 0;
  readonly #us: boolean;
  readonly #verify: boolean;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(core: SpotCore, options: SpotDoorOptions = {}) {
    this.core = core;
    this.#us = options.us ?? false;
    this.#verify = options.verify ?? true;
    this.limits = new SpotLimits({ ...(this.#us ? US_LIMITS : COM_LIMITS), ...options.limits });
    const here = this.#us ? "us" : "com";
    this.#routes = new Map(ROUTES.filter(({ only }) => only === undefined || only === here).map((route) => [route.name, route]));
  }

  handle(request: DoorRequest, { nowMs, seenMs }: DoorTime): DoorAnswer {
    this.core.advanceTo(nowMs);
    const headers: Record<string, string> = { "content-type": "application/json;charset=UTF-8", date: new Date(nowMs).toUTCString() };
    try {
      const route = this.#routes.get(`${request.method} ${request.path}`);
      const sent = splitForm([request.query, request.body]);
      const used = this.limits.visit(request.headers.get(ADDRESS_HEADER) ?? "local", this.#weigh(route, sent), nowMs);
      headers["x-mbx-used-weight"] = String(used);
      headers["x-mbx-used-weight-1m"] = String(used);
      if (!route)
        return { status: 404, headers: { ...headers, "content-type": "text/html" }, body: "<html><body>404 Not found</body></html>" };
      if (this.core.maintenance === "closed") throw new Refusal(-1016, "This service is no longer available.", 503);
      const body = this.#run(route, request, sent, nowMs, Math.min(seenMs, nowMs), headers);
      return { status: 200, headers, body: JSON.stringify(body) };
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      if (thrown.retryAfterSeconds !== undefined) headers["retry-after"] = String(thrown.retryAfterSeconds);
      return { status: thrown.status, headers, body: JSON.stringify({ code: thrown.code, msg: thrown.message }) };
    }
  }

  #weigh(route: Route | undefined, sent: ReadonlyMap<string, string>): number {
    const weight = route?.weight(sent) ?? 1;
    return this.#us ? Math.ceil(weight * US_WEIGHT) : weight;
  }

  #run(
    route: Route,
    request: DoorRequest,
    sent: ReadonlyMap<string, string>,
    nowMs: number,
    seenMs: number,
    headers: Record<string, string>,
  ): unknown {
    const visit = { core: this.core, limits: this.limits, nowMs, seenMs, us: this.#us };
    if (!route.signed) return route.run({ ...visit, parameters: checkParameters(sent, route.parameters) });
    const account = this.#identify(request, sent, nowMs);
    const parameters = checkParameters(sent, route.parameters);
    const trades = request.method !== "GET";
    if (trades && !account.rights.trade) throw new Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401);
    const checkWindow = (): void => checkTime(sent, nowMs + this.matchingDelayMs);
    const body = route.run({ ...visit, account, parameters, checkWindow });
    if (trades) {
      const { ten, day } = this.limits.orderCounts(account.key, nowMs);
      headers["x-mbx-order-count-10s"] = String(ten);
      headers["x-mbx-order-count-1d"] = String(day);
    }
    return body;
  }

  /** Whose request it is. Throws for a missing, unknown or revoked key, a wrong time and a wrong signature. */
  #identify(request: DoorRequest, sent: ReadonlyMap<string, string>, nowMs: number): SpotAccount {
    const key = request.headers.get("x-mbx-apikey");
    if (key === undefined || !/^[A-Za-z0-9]+$/.test(key)) throw new Refusal(-2014, "API-key format invalid.", 401);
    checkTime(sent, nowMs);
    const account = this.core.accounts.get(key);
    if (!account || account.revoked) throw new Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401);
    if (!sent.has("signature")) throw new Refusal(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
    if (this.#verify && !isSigned(request, sent.get("signature")!, account.secret))
      throw new Refusal(-1022, "Signature for this request is not valid.");
    return account;
  }
}

function checkTime(sent: ReadonlyMap<string, string>, nowMs: number): void {
  const timestamp = Number(sent.get("timestamp") || Number.NaN);
  if (Number.isNaN(timestamp)) throw new Refusal(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
  const windowMs = Number(sent.get("recvWindow") ?? WINDOW_DEFAULT_MS);
  if (windowMs > WINDOW_MAX_MS) throw new Refusal(-1131, "recvWindow must be less than 60000");
  if (timestamp >= nowMs + AHEAD_MAX_MS) throw new Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  if (nowMs - timestamp > windowMs) throw new Refusal(-1021, "Timestamp for this request is outside of the recvWindow.");
}

function isSigned(request: DoorRequest, signature: string, secret: string): boolean {
  const [query, body] = [request.query, request.body].map((text) => text.replace(/&?signature=[^&]*/, ""));
  const expected = createHmac("sha256", secret).update(`${query}${body}`).digest();
  const found = Buffer.from(signature, "hex");
  return found.length === expected.length && timingSafeEqual(found, expected);
}
