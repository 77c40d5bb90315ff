import type { Mode } from "../domain/bot.ts";
import type { Digest, DigestPeriod } from "../domain/digest.ts";
import type { Decimal } from "../domain/money.ts";
import { dayOf } from "../domain/time.ts";
import type { OpenedEngine } from "../engine/open.ts";
import { digestOf } from "../reports/digest.ts";
import { digestInAll } from "../reports/in-all.ts";
import { periodDigest } from "../reports/period-digest.ts";

/** The digest of a local day over the whole desk, at the last prices. Where the market is not in real time, what happened at exchanges is told of their own day so far. */
export function digestNow({ engine, desk }: OpenedEngine, day: string, timeZone: string, period?: DigestPeriod): Digest {
  const market = engine.market();
  const prices = new Map(engine.bots().map(({ state, account, price }) => [`${account} ${state.spec.symbol}`, price]));
  const priceOf = (symbol: string, account: string): Decimal | undefined => prices.get(`${account} ${symbol}`);
  const books = engine.accounts().map(({ state }) => state);
  const realDay = market.pace === "live" ? day : dayOf(desk.clock.wall(), timeZone);
  const toldDay = (mode: Mode) => (mode === "paper" ? day : realDay);
  const digest = period ? periodDigest(books, { period, dayOf: toldDay, timeZone, priceOf }) : digestOf(books, toldDay, timeZone, priceOf);
  const inAll = digestInAll(digest.totals ?? [], engine.accounts(), engine.rates);
  return { ...digest, market: market.label, ...(inAll.length > 0 ? { inAll } : {}) };
}
