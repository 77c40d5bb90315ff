import type { Exchange } from "ccxt";
import { z } from "zod";
import { ConfigError, TransientError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { Environment } from "../../ports/live-venue.ts";
import type { ExchangeClass } from "./load-class.ts";
import type { PublicGate } from "./public-gate.ts";

/** How one exchange object may reach the world. */
export interface GuardOptions {
  readonly timeoutMs: number;
  /** Which of the exchange's worlds is asked; a simulator has the demo world in a folder of that name. */
  readonly environment?: Environment;
  /** Base address that replaces the exchange's own, for a simulator. */
  readonly apiUrl?: string | undefined;
  /** Ends every request in flight. */
  readonly closing: AbortSignal;
  /** Where requests wait for their turn. */
  readonly gate?: PublicGate;
  /** The gate knows the exchange's limits; otherwise ccxt's own pauses are what keeps within them. */
  readonly isPaced?: boolean;
}

/** What an answer must look like, by the end of its path. ccxt itself takes an empty or torn 200 for "nothing there". */
const SHAPES: readonly { readonly path: RegExp; readonly shape: z.ZodType }[] = [
  { path: /\/klines$/, shape: z.array(z.array(z.union([z.number(), z.string()])).min(6)) },
  { path: /\/ticker\/24hr$/, shape: z.array(z.object({ symbol: z.string(), lastPrice: z.string() })) },
  { path: /\/api\/v3\/time$/, shape: z.object({ serverTime: z.number() }) },
  {
    path: /\/market\/(?:instruments|tickers)$/,
    shape: z.object({ code: z.string(), data: z.array(z.object({ instId: z.string() })).min(1) }),
  },
  { path: /\/market\/candles$/, shape: z.object({ code: z.string(), data: z.array(z.array(z.string()).min(7)) }) },
  {
    path: /\/exchangeInfo$/,
    shape: z.object({ symbols: z.array(z.object({ symbol: z.string(), filters: z.array(z.unknown()) })).min(1) }),
  },
];
/** Exchanges whose class carries other companies' addresses (binanceus inherits 27 outside binance.us) may ask only these. */
const OWN_HOSTS: ReadonlyMap<string, RegExp> = new Map([
  ["binance live", /^api[\w-]*\.binance\.com$/],
  ["binance demo", /^demo-api\.binance\.com$/],
  ["binanceus live", /^api\.binance\.us$/],
  ["blofin live", /^openapi\.blofin\.com$/],
  ["blofin demo", /^demo-trading-openapi\.blofin\.com$/],
]);
/** Exchanges with a demo world, by the name that ccxt has for it. */
const DEMO_WORLDS: ReadonlyMap<string, string> = new Map([
  ["binance", "demo"],
  ["blofin", "test"],
]);
const ANY_JSON = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);
const HTTP_ERRORS_FROM = 400;

/**
 * One exchange for public data: spot markets only, no keys, no retries of its own, every answer's shape checked, the whole body inside the deadline, no redirect,
 * and no host but its own (or `apiUrl`).
 */
export function guardedExchange(Base: ExchangeClass, options: GuardOptions): Exchange {
  class Guarded extends Base {
    override handleErrors(
      status: number,
      reason: string,
      url: string,
      method: string,
      headers: object,
      body: string,
      response: unknown,
      requestHeaders: unknown,
      requestBody: unknown,
    ): undefined {
      if (status < HTTP_ERRORS_FROM) refuseWrongShape(this.id, method, url, response);
      return super.handleErrors(status, reason, url, method, headers, body, response, requestHeaders, requestBody);
    }
  }
  const hosts = new Set<string>();
  const exchange = new Guarded({
    timeout: options.timeoutMs,
    enableRateLimit: options.isPaced !== true,
    fetchImplementation: wholeBodyFetch(hosts, options),
    options: { fetchMarkets: { types: ["spot"] }, fetchCurrencies: false, fetchMargins: false },
  });
  if (exchange.has.spot !== false) exchange.options.defaultType = "spot";
  const { environment = "live", apiUrl } = options;
  if (environment === "demo") exchange.urls.api = demoWorldOf(exchange);
  pointTo(exchange.urls, apiUrl && `${apiUrl.replace(/\/$/, "")}${environment === "demo" ? "/demo" : ""}`, hosts);
  const own = apiUrl ? undefined : OWN_HOSTS.get(`${exchange.id} ${environment}`);
  if (own) for (const host of hosts) if (!own.test(host)) hosts.delete(host);
  return exchange;
}

function demoWorldOf({ id, urls }: Exchange): Record<string, unknown> {
  const world: unknown = new Map<string, unknown>(Object.entries(urls)).get(DEMO_WORLDS.get(id) ?? "");
  if (isRecord(world)) return { ...world };
  throw new ConfigError([{ setting: "MARKET", problem: `${id} has no demo world`, remedy: "Use its real prices, or another exchange" }]);
}

function refuseWrongShape(id: string, method: string, url: string, response: unknown): void {
  const path = new URL(url).pathname;
  const shape = SHAPES.find((known) => known.path.test(path))?.shape ?? ANY_JSON;
  if (!shape.safeParse(response).success)
    throw new TransientError(`${exchangeName(id)} ${method} ${path} answered with an empty, torn or unexpected body`);
}

/** Reads the body before it answers, so that the caller's deadline covers it; refuses other hosts and redirects. */
function wholeBodyFetch(hosts: ReadonlySet<string>, { closing, gate }: GuardOptions): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { host } = url;
    if (!hosts.has(host)) throw new TransientError(`a request to ${host} was refused: it is no address of this exchange's public data`);
    const askedMs = await gate?.pass(url);
    const signal = init.signal ? AbortSignal.any([init.signal, closing]) : closing;
    const answer = await fetch(input, { ...init, signal, redirect: "error" });
    const text = await answer.text();
    if (askedMs !== undefined) gate?.seen(answer, askedMs);
    const { status, statusText, headers } = answer;
    return new Response(status === 204 || status === 304 ? null : text, { status, statusText, headers });
  };
}

/** Replaces every API address by `apiUrl` (keeping its path) when there is one, and collects the hosts that may be asked. */
function pointTo(urls: Exchange["urls"], apiUrl: string | undefined, hosts: Set<string>): void {
  const visit = (node: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === "string") {
        if (!URL.canParse(value)) continue; // Some exchanges write `https://{hostname}`; their host is then not allowed.
        if (apiUrl) node[key] = `${apiUrl.replace(/\/$/, "")}${new URL(value).pathname.replace(/\/$/, "")}`;
        hosts.add(new URL(String(node[key])).host);
      } else if (isRecord(value)) visit(value);
    }
  };
  if (isRecord(urls)) visit(isRecord(urls.api) ? urls.api : urls);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
