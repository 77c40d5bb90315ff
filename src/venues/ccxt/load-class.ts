import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Exchange } from "ccxt";
import { ConfigError } from "../../domain/errors.ts";

export type ExchangeClass = new (config?: Record<string, unknown>) => Exchange;

const SOURCES = new URL("../js/src/", pathToFileURL(createRequire(import.meta.url).resolve("ccxt")));
/** A suggestion further away than this helps nobody. */
const SUGGESTION_DISTANCE_MAX = 4;

/**
 * Loads the class of one exchange and nothing else of ccxt (a tenth of a second and a third of the memory). It relies on the package's file
 * layout; when that changes, the whole package is loaded instead. Throws ConfigError for an id that ccxt does not know.
 */
export async function loadExchangeClass(exchangeId: string): Promise<ExchangeClass> {
  const files = await readdir(SOURCES).catch(() => []);
  const ids = files.flatMap((file) => (file.endsWith(".js") ? file.slice(0, -".js".length) : []));
  if (ids.length === 0) return loadFromWhole(exchangeId);
  if (!ids.includes(exchangeId)) throw unknownExchange(exchangeId, ids);
  const lean = (await import(new URL(`${exchangeId}.js`, SOURCES).href)) as { default?: ExchangeClass };
  return lean.default ?? loadFromWhole(exchangeId);
}

/** Loads the class of one exchange that also has streams, in the same lean way. Throws ConfigError for an id that ccxt has no streams for. */
export async function loadStreamClass(exchangeId: string): Promise<ExchangeClass> {
  const file = new URL(`pro/${exchangeId}.js`, SOURCES).href;
  const lean = (await import(file).catch(() => ({}))) as { default?: ExchangeClass };
  if (lean.default) return lean.default;
  const { default: whole } = await import("ccxt");
  return classIn(whole.pro, exchangeId, whole.exchanges);
}

async function loadFromWhole(exchangeId: string): Promise<ExchangeClass> {
  const { default: whole } = await import("ccxt");
  return classIn(whole, exchangeId, whole.exchanges);
}

function classIn(all: object, exchangeId: string, ids: readonly string[]): ExchangeClass {
  const found = new Map<string, unknown>(Object.entries(all)).get(exchangeId);
  if (!ids.includes(exchangeId) || typeof found !== "function") throw unknownExchange(exchangeId, ids);
  return found as ExchangeClass;
}

function unknownExchange(exchangeId: string, ids: readonly string[]): ConfigError {
  const near = nearest(exchangeId, ids);
  const remedy = near ? `Did you mean "${near}"?` : "Write its ccxt id, as binance, binanceus or kraken";
  return new ConfigError([{ setting: "MARKET", problem: `the exchange "${exchangeId}" is not known`, remedy }]);
}

function nearest(text: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, distance: editDistance(text.toLowerCase(), name) })).sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= SUGGESTION_DISTANCE_MAX ? best.name : undefined;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
