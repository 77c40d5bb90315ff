import { createHmac } from "node:crypto";
import type { Exchange } from "ccxt";
import { z } from "zod";
import { ConfigError, UserError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { Chance, Clock } from "../../ports/clock.ts";
import type { Environment } from "../../ports/live-venue.ts";
import type { Credentials } from "../../ports/vault.ts";
import type { WireCall } from "../wire.ts";
import { HOSTS, type TradingExchangeId } from "./hosts.ts";
import { loadExchangeClass } from "./load-class.ts";
import type { SignedRequest } from "./send-once.ts";

export interface SignerOptions {
  readonly exchangeId: TradingExchangeId;
  readonly environment: Environment;
  readonly credentials?: Credentials | undefined;
  readonly apiUrl?: string | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** How long the exchange takes a signed request after its timestamp. The fence counts with it. */
const RECV_WINDOW_MS = 5_000;
const NONCE_CHARS = 32;
/** Where ccxt would be sent when it names a host that is not allowed: nobody listens on the discard port. */
const NOWHERE = "http://127.0.0.1:9";
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** Path prefixes of the documentation and ccxt's names of the group that serves them. */
const GROUPS: Readonly<Record<TradingExchangeId, readonly { readonly prefix: string; readonly open: string; readonly signed: string }[]>> =
  {
    binance: [
      { prefix: "/api/v3/", open: "public", signed: "private" },
      { prefix: "/sapi/v1/", open: "sapi", signed: "sapi" },
    ],
    binanceus: [{ prefix: "/api/v3/", open: "public", signed: "private" }],
    blofin: [{ prefix: "/api/v1/", open: "public", signed: "private" }],
  };

/** What ccxt's `sign` answers. */
const MADE = z.object({ url: z.url(), body: z.string().optional(), headers: z.record(z.string(), z.string()).optional() });

/** Signs calls through the real ccxt class, which sees no network. Holds the opened secrets; none of its errors repeats them. */
export class Signer {
  readonly origin: string;
  readonly #options: SignerOptions;
  readonly #exchange: Exchange;
  /** What stands before the exchange's own path at a simulator is not signed. */
  readonly #prefixChars: number;
  #offsetMs = 0;

  constructor(exchange: Exchange, options: SignerOptions) {
    this.#exchange = exchange;
    this.#options = options;
    const base = baseOf(options);
    this.origin = new URL(base).origin;
    this.#prefixChars = new URL(base).pathname.replace(/\/$/, "").length;
    // ccxt gives each object its own `milliseconds`, so that a subclass could not take its place.
    exchange.milliseconds = () => Math.round(options.clock.wall() + this.#offsetMs);
    exchange.urls.api = confined(worldOf(exchange, options.environment), hostOf(options), base);
  }

  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  /** The request, or undefined for a call that cannot be signed: no key, or no path of this exchange. */
  sign(call: WireCall): SignedRequest | undefined {
    const group = GROUPS[this.#options.exchangeId].find(({ prefix }) => call.path.startsWith(prefix));
    if (!group || (call.signed && !this.#options.credentials)) return undefined;
    const made = this.#made(call.path.slice(group.prefix.length), call.signed ? group.signed : group.open, call);
    if (!made) return undefined;
    const { body, headers = {} } = made;
    const url = new URL(made.url);
    const isBlofin = this.#options.exchangeId === "blofin" && call.signed;
    return { url, method: call.method, body, headers: isBlofin ? this.#withNonce(url, call.method, headers, body ?? "") : headers };
  }

  #made(path: string, group: string, { method, params }: WireCall): z.output<typeof MADE> | undefined {
    try {
      // ccxt changes what it is given. It also takes a list, which its types do not say.
      const own = Array.isArray(params) ? [...params] : defined(params);
      return MADE.safeParse(this.#exchange.sign(path, group, method, own as Record<string, unknown>)).data;
    } catch {
      return undefined;
    }
  }

  /** ccxt takes the millisecond as nonce, so that two requests in one millisecond collide. A nonce of our own needs a signature of its own. */
  #withNonce(url: URL, method: string, headers: Record<string, string>, body: string): Record<string, string> {
    const { credentials, chance } = this.#options;
    const nonce = chance.token(NONCE_CHARS);
    const path = `${url.pathname.slice(this.#prefixChars)}${url.search}`;
    const text = `${path}${method}${headers["ACCESS-TIMESTAMP"] ?? ""}${nonce}${body}`;
    const digest = createHmac("sha256", credentials?.secret.reveal() ?? "")
      .update(text)
      .digest("hex");
    return { ...headers, "ACCESS-NONCE": nonce, "ACCESS-SIGN": Buffer.from(digest).toString("base64") };
  }
}

/** Loads the exchange's class and makes a signer of it. Throws ConfigError for an address that is not this machine's. */
export async function openSigner(options: SignerOptions): Promise<Signer> {
  const Base = await loadExchangeClass(options.exchangeId);
  const { credentials } = options;
  const keys = credentials ? { apiKey: credentials.apiKey.reveal(), secret: credentials.secret.reveal() } : {};
  const passphrase = credentials?.passphrase ? { password: credentials.passphrase.reveal() } : {};
  const exchange = new Base({ ...keys, ...passphrase, enableRateLimit: false, verbose: false, options: { recvWindow: RECV_WINDOW_MS } });
  return new Signer(exchange, options);
}

/** Where this world of the exchange is; of a simulator the demo world is a folder. */
function baseOf(options: Pick<SignerOptions, "exchangeId" | "environment" | "apiUrl">): string {
  const { exchangeId, environment, apiUrl } = options;
  const host = hostOf(options);
  if (apiUrl === undefined) return `https://${host}`;
  const { hostname } = new URL(apiUrl);
  if (!LOOPBACK.has(hostname)) {
    const setting = `${exchangeId.toUpperCase()}_API_URL`;
    throw new ConfigError([{ setting, problem: `${hostname} is not this machine`, remedy: "Give a loopback address or unset it." }]);
  }
  return `${apiUrl.replace(/\/$/, "")}${environment === "demo" ? "/demo" : ""}`;
}

function hostOf({ exchangeId, environment }: Pick<SignerOptions, "exchangeId" | "environment">): string {
  const host = HOSTS[exchangeId][environment];
  if (host !== undefined) return host;
  throw new UserError(`${exchangeName(exchangeId)} has no ${environment} world: use a live account there, or another exchange.`);
}

function worldOf({ urls }: Exchange, environment: Environment): unknown {
  if (environment === "live") return urls.api;
  const worlds: Readonly<Record<string, unknown>> = { ...urls };
  return worlds.demo ?? worlds.test;
}

/** Every address of a world: moved to `base`, or replaced by nowhere when its host is not the one that is allowed. */
function confined(node: unknown, host: string, base: string): Record<string, unknown> {
  const entries = typeof node === "object" && node !== null ? Object.entries(node) : [];
  return Object.fromEntries(
    entries.map(([key, value]): [string, unknown] => {
      if (typeof value !== "string") return [key, confined(value, host, base)];
      const url = URL.canParse(value) ? new URL(value) : undefined;
      const isOwn = url?.protocol === "https:" && url.host === host;
      return [key, isOwn ? `${base}${url.pathname.replace(/\/$/, "")}` : NOWHERE];
    }),
  );
}

function defined(params: WireCall["params"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
