import { z } from "zod";
import { type Decimal, decimal } from "../src/domain/money.ts";
import { Secret } from "../src/domain/secret.ts";

/** The shortest text that is taken for a key; a shorter one is a slip of the hand. */
const SECRET_CHARS_MIN = 8;
/** AES-256 takes a key of so many bytes. */
const KEY_BYTES = 32;
/** A passphrase can be guessed without end by who has the store's file. */
const PASSPHRASE_CHARS_MIN = 12;

/** A key of so many letters and digits cannot be found by trying, also by who has seen many signatures. */
const SIGNING_CHARS_MIN = 32;

const MARKET_SPEED_MAX = 3_600;
const SEED_MAX = 4_294_967_295;

/** Where prices come from. Files and exchanges are checked later, by the feed that opens them. */
export type MarketSetting =
  | { readonly kind: "simulated"; readonly seed: number | undefined }
  | { readonly kind: "replay"; readonly source: string }
  | { readonly kind: "exchange"; readonly id: string };

/** Market milliseconds per wall millisecond, or as fast as it goes, or as a script says. */
export type MarketSpeed = number | "max" | "script";

export interface Money {
  readonly amount: Decimal;
  readonly currency: string;
}

export interface OwnerId {
  readonly platform: "discord" | "telegram";
  readonly id: string;
}

/** A parser whose fault is one clause: what was found. What to do instead is the setting's remedy. */
export function parser<T>(read: (text: string) => T | undefined, fault: (text: string) => string) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: fault(text) });
    return z.NEVER;
  });
}

const found = (expected: string) => (text: string) => `expected ${expected}, found "${text}"`;

export const text = z.string();

export function oneOf<const T extends string>(choices: readonly T[]) {
  return parser((text) => choices.find((choice) => choice === text), found(`one of ${choices.join(", ")}`));
}

export function wholeNumber(min: number, max: number) {
  const read = (text: string) => (/^\d{1,10}$/.test(text) ? Number(text) : Number.NaN);
  return parser((text) => (read(text) >= min && read(text) <= max ? read(text) : undefined), found(`a whole number from ${min} to ${max}`));
}

/** Percent, with or without its sign: above 0 and at most 100. */
export const percent = parser((text) => {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,6})?)\s*%?$/.exec(text) ?? [];
  const value = Number(digits ?? Number.NaN);
  return value > 0 && value <= 100 ? value : undefined;
}, found("a percentage above 0 and at most 100"));

export const market = parser((text): MarketSetting | undefined => {
  const [, kind, rest] = /^(simulated|replay|exchange)(?::(.+))?$/.exec(text) ?? [];
  if (kind === "simulated" && rest === undefined) return { kind, seed: undefined };
  if (kind === "simulated" && rest !== undefined && /^\d{1,10}$/.test(rest) && Number(rest) <= SEED_MAX)
    return { kind, seed: Number(rest) };
  if (kind === "replay" && rest !== undefined) return { kind, source: rest };
  if (kind === "exchange" && rest !== undefined && /^[a-z0-9]{2,40}$/.test(rest)) return { kind, id: rest };
  return undefined;
}, found("simulated, simulated:SEED, replay:FILE or exchange:ID"));

export const marketSpeed = parser(
  (text): MarketSpeed | undefined => {
    if (text === "max" || text === "script") return text;
    const speed = /^\d{1,4}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    return speed >= 1 && speed <= MARKET_SPEED_MAX ? speed : undefined;
  },
  found(`a number from 1 to ${MARKET_SPEED_MAX}, max or script`),
);

/** Comma separated amounts, each currency once. */
export const balances = parser((text): readonly Money[] | undefined => {
  const list = text.split(",").map(moneyOf);
  const money = list.filter((each) => each !== undefined);
  const currencies = new Set(money.map(({ currency }) => currency));
  return money.length === list.length && currencies.size === list.length ? money : undefined;
}, found("amounts above zero with their currency, each currency once"));

/** One currency, as exchanges write it. */
export const currency = parser((text) => (/^[A-Z0-9]{2,12}$/.test(text) ? text : undefined), found("one currency in capital letters"));

/** One amount above zero with its currency. */
export const money = parser(moneyOf, found("an amount above zero with its currency"));

function moneyOf(text: string): Money | undefined {
  const [, digits, currency] = /^(\d{1,15}(?:\.\d{1,18})?) +([A-Z0-9]{2,12})$/.exec(text.trim()) ?? [];
  if (digits === undefined || currency === undefined) return undefined;
  const amount = decimal(digits);
  return amount.isGreaterThan(0) ? { amount, currency } : undefined;
}

/** The fault of a secret never quotes it. */
export const secret = parser(
  (text) => (text.length >= SECRET_CHARS_MIN && !/\s/.test(text) ? new Secret(text) : undefined),
  () => `expected at least ${SECRET_CHARS_MIN} characters without a space, found something else (not shown)`,
);

/** The key that all other keys are wrapped with: 32 bytes in base64 or hex. Kept as base64. */
export const encryptionKey = parser(
  (text) => {
    const isHex = /^[0-9a-f]{64}$/i.test(text);
    if (!isHex && !/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
    const bytes = Buffer.from(text, isHex ? "hex" : "base64");
    return bytes.length === KEY_BYTES ? new Secret(bytes.toString("base64")) : undefined;
  },
  () => `expected ${KEY_BYTES} bytes in base64 (44 characters) or hex (64 characters), found something else (not shown)`,
);

export const passphrase = parser(
  (text) => (text.length >= PASSPHRASE_CHARS_MIN ? new Secret(text) : undefined),
  () => `expected at least ${PASSPHRASE_CHARS_MIN} characters, found fewer (not shown)`,
);

export const telegramToken = parser(
  (text) => (/^\d{3,20}:[A-Za-z0-9_-]{20,100}$/.test(text) ? new Secret(text) : undefined),
  () => "expected digits, a colon and at least 20 letters, found something else (not shown)",
);

/** `https`, or `http` on this machine only, since a token travels in it. Without a slash at its end. */
export const apiUrl = parser((text) => {
  const url = URL.parse(text);
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
  return url !== null && safe && bare(url) ? url.href.replace(/\/$/, "") : undefined;
}, foundUrl("an https address (http only for localhost) without user, query or fragment"));

/** `yes` or `no`. */
export const yesNo = parser((text) => (text === "yes" ? true : text === "no" ? false : undefined), found("yes or no"));

/** A key that signs: long enough that nobody finds it by trying. */
export const signingKey = parser(
  (text) => (text.length >= SIGNING_CHARS_MIN && !/\s/.test(text) ? new Secret(text) : undefined),
  () => `expected at least ${SIGNING_CHARS_MIN} characters without a space, found something else (not shown)`,
);

export const loopbackUrl = parser((text) => {
  const url = URL.parse(text);
  const local = url !== null && (url.protocol === "http:" || url.protocol === "https:") && isLoopback(url);
  return local && bare(url) ? url.href.replace(/\/$/, "") : undefined;
}, foundUrl("an http address on this machine without user, query or fragment"));

/**
 * Where keys of an exchange may be sent to instead of the exchange itself: a counterpart on this machine and nothing else, since who is reached under this
 * address can read every request that is signed. Plain http, for a local counterpart has no certificate.
 */
export const counterpartUrl = parser(
  (text) => {
    const url = URL.parse(text);
    return url?.protocol === "http:" && isLoopback(url) && bare(url) ? url.href.replace(/\/$/, "") : undefined;
  },
  (text) => {
    const url = URL.parse(text);
    const away = url !== null && !isLoopback(url);
    const expected = away
      ? "an address of this machine, since who answers there sees every signed request"
      : "a plain http address on this machine without user, query or fragment";
    return foundUrl(expected)(text);
  },
);

/** Called from time to time; its path or query may carry the key of a monitoring service, so it is a secret as a whole. */
export const heartbeatUrl = parser(
  (text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url)) ? new Secret(url.href) : undefined;
  },
  () => "expected an https address (http only for localhost), found something else (not shown)",
);

/** The scheme is checked by the store that opens it; what is checked here is that there is one. */
export const storeUrl = parser(
  (text) => (/^(?:sqlite|mongodb|mongodb\+srv|memory):\S*$/.test(text) && text !== "sqlite:" ? text : undefined),
  foundUrl("sqlite:FILE, mongodb://HOST/DATABASE or memory:"),
);

/** `redis://[user@]host[:port][/number]`, or rediss:// for TLS. The password comes apart from it. */
export const redisUrl = parser(
  (text) => (/^rediss?:\/\/(?:[^:@/?#\s]+@)?[^:@/?#\s]+(?::\d{1,5})?(?:\/\d{0,3})?$/.test(text) ? text : undefined),
  foundUrl("redis://HOST:PORT without a password"),
);

export const timeZone = parser((text) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone && text;
  } catch {
    return undefined;
  }
}, found("a time zone of the IANA list"));

export const ownerIds = parser((text): readonly OwnerId[] | undefined => {
  const list = text.split(",").map((part) => /^(discord|telegram):(\d{1,20})$/.exec(part.trim()));
  const owners = list.flatMap((match) => (match?.[2] ? [{ platform: match[1] as OwnerId["platform"], id: match[2] }] : []));
  return owners.length === list.length ? owners : undefined;
}, found("comma separated owners such as discord:1 or telegram:2"));

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function bare(url: URL): boolean {
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** An address is quoted without what may be a key in it. */
function foundUrl(expected: string) {
  return (text: string) => `expected ${expected}, found "${text.replace(/\/\/[^@/]*@/, "//…@").replace(/[?#].*$/s, "?…")}"`;
}

const PORT_MAX = 65_535;

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `PORT` on this machine only, or `HOST:PORT`; an address of version 6 stands in brackets. */
export const address = parser((text): Address | undefined => {
  const [, six, name, digits] = /^(?:(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9.-]{1,253})):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits ?? Number.NaN);
  return port <= PORT_MAX ? { host: six ?? name ?? "127.0.0.1", port } : undefined;
}, found("PORT or HOST:PORT"));
