import type { Delivery } from "../chat/delivery.ts";
import { card } from "../chat/view.ts";
import type { Mode } from "../domain/bot.ts";
import type { Digest, DigestPeriod } from "../domain/digest.ts";
import { ALERT_KINDS } from "../domain/events.ts";
import type { Decimal } from "../domain/money.ts";
import { dayOf, minuteText } from "../domain/time.ts";
import type { OpenedEngine } from "../engine/open.ts";
import type { View } from "../ports/view.ts";
import { digestOf } from "../reports/digest.ts";
import { digestInAll } from "../reports/in-all.ts";
import { periodDigest } from "../reports/period-digest.ts";

const TERMINAL_PLACE = "terminal:local";
const DIGEST_AT = "08:00";

/** The terminal hears everything, and gets its digest, without being asked. */
export async function subscribeTerminal({ desk }: OpenedEngine, timeZone: string): Promise<void> {
  if (desk.state.channels.has(TERMINAL_PLACE)) return;
  await desk.append([
    { type: "channel-subscribed", place: TERMINAL_PLACE, kinds: [...ALERT_KINDS], by: "desk" },
    { type: "channel-digest-set", place: TERMINAL_PLACE, at: DIGEST_AT, timeZone, by: "desk" },
  ]);
}

/** Moves a scripted market, tells everybody what happened meanwhile, and says where it stands. */
export async function wait({ engine }: OpenedEngine, delivery: Delivery, span: { readonly forMs: number } | "end"): Promise<View> {
  const market = await engine.moveMarket(span);
  await delivery.idle();
  return card(`The market is at ${minuteText(market.atMs)} UTC`)
    .line(market.ended ? `${market.label}: it has no more candles.` : market.label)
    .view();
}

/** The first words of a terminal. */
export function welcome({ engine }: OpenedEngine): View {
  const { label, atMs, speed } = engine.market();
  const pace = speed === "1" ? "in real time" : speed === "script" ? "and moves only when you type wait 2h" : `at ${speed} times real time`;
  return card("Welcome to ScalpStorm")
    .line(`Paper trading on the ${label}, ${minuteText(atMs)} UTC, ${pace}.`)
    .line("Type bot create to make your first bot by answering questions, or help to see everything.")
    .view();
}

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
