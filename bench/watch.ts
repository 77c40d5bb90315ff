import type { BotSpec } from "../src/domain/bot.ts";
import type { AccountEvent } from "../src/domain/events.ts";
import { decimal } from "../src/domain/money.ts";
import type { MarketMs } from "../src/domain/time.ts";
import type { Account } from "../src/engine/account.ts";
import { holding, openAccounts } from "./kit/accounts.ts";
import { BOTS_PER_ACCOUNT, emptyStore, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { openJumps, SYMBOLS, symbolAt } from "./kit/market.ts";

const BOTS = 10_000;
const QUIET_ROUNDS = 100;
const TRIGGERS = 100;
const QUIET_PRICE = 100;
/** Stops of one symbol lie this far from each other, so that one price triggers one of them. */
const STOP_GAP = 0.01;
const STOP_LOWEST = 90;

/** What one price costs with ten thousand open positions: where it touches nothing, and where it triggers one stop. */
export default async function watch(figures: Figures): Promise<void> {
  const { store, remove } = await emptyStore("sqlite");
  const market = openJumps();
  await seedBots(store, market, BOTS, (bot) => held(bot, market.startMs));
  const { accounts } = await openAccounts(store, market);
  const active = accounts.active();
  const quiet: number[] = [];
  for (let round = 0; round < QUIET_ROUNDS; round += 1) {
    const began = performance.now();
    for (let index = 0; index < SYMBOLS; index += 1) await seen(active, symbolAt(index), QUIET_PRICE, market.startMs);
    quiet.push((performance.now() - began) / SYMBOLS);
  }
  const label = `${BOTS.toLocaleString("en-US")} positions over ${SYMBOLS} symbols`;
  figures.time(`${label}: a price that triggers nothing, p50`, quantile(quiet, 0.5));
  figures.time(`${label}: the same, p99`, quantile(quiet, 0.99));
  const fills = active.reduce((sum, { state }) => sum + state.orders.size, 0);
  const triggered: number[] = [];
  for (let count = 0; count < TRIGGERS; count += 1) {
    const place = BOTS / BOTS_PER_ACCOUNT - 1 - Math.floor(count / SYMBOLS);
    const price = STOP_LOWEST + place * STOP_GAP - STOP_GAP / 2;
    const began = performance.now();
    await seen(active, symbolAt(count % SYMBOLS), price, market.startMs);
    triggered.push(performance.now() - began);
  }
  const left = active.reduce((sum, { state }) => sum + state.orders.size, 0);
  figures.count(`${label}: stops triggered by ${TRIGGERS} prices`, (fills - left) / 2);
  figures.time(`${label}: a price that triggers one stop, its fill durable, p50`, quantile(triggered, 0.5));
  figures.time(`${label}: the same, p99`, quantile(triggered, 0.99));
  await remove();
}

/** One price on its way to every account, as on a live market. */
async function seen(active: readonly Account[], symbol: string, price: number, at: MarketMs): Promise<void> {
  const waits = active.map((account) => account.onPrice(symbol, price, at)).filter((wait) => wait !== undefined);
  if (waits.length > 0) await Promise.all(waits);
}

/** A bought position with its stop, each account's a little above the one before. */
function held(bot: BotSpec, at: MarketMs): AccountEvent[] {
  const place = Math.floor((Number(bot.id.slice(1)) - 1) / BOTS_PER_ACCOUNT);
  return holding(bot, at, { price: decimal(QUIET_PRICE), stop: decimal(STOP_LOWEST).plus(decimal(STOP_GAP).times(place)) });
}
