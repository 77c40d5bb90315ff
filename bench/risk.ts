import type { Limits } from "../src/domain/limits.ts";
import { decimal } from "../src/domain/money.ts";
import { paperAccountOf } from "../src/engine/accounts.ts";
import { BREAKER_DEFAULTS } from "../src/risk/breaker-defaults.ts";
import { type BenchRisk, holding, openAccounts } from "./kit/accounts.ts";
import { emptyStore, ownerAt, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { openJumps, SYMBOLS, symbolAt } from "./kit/market.ts";

const SIZES: readonly number[] = [1_000, 10_000];
const CHECKS = 100;
const WARM_CHECKS = 20;
const PRICE = 100;

const MUCH = { value: decimal(1_000_000_000), currency: "USDT" };
/** Every limit that is a number, so wide that nothing is denied: each has to be counted to the end. */
const WIDE: Limits = {
  ...{ position: MUCH, exposure: MUCH, positions: 100_000, leverage: 10, orders: 100_000, entries: 100_000 },
  ...{ dailyLossPct: 99, drawdownPct: 99, losses: 1_000, coolDownMs: 1, spreadBps: 1_000 },
};
/** What may be limited over several accounts: the rest is of one account's or one bot's past. */
const { drawdownPct: _drawdown, losses: _losses, coolDownMs: _cool, ...SUMMED } = WIDE;
const { dailyLossPct: _loss, ...OF_SYMBOL } = SUMMED;
const WIDELY = [
  [`symbol:${symbolAt(0)}`, OF_SYMBOL],
  ["all", SUMMED],
] as const;

/** What the risk door costs an intent while every bot holds a position: alone, with all breakers, and with every limit at all four levels, over desks of two sizes. */
export default async function risk(figures: Figures): Promise<void> {
  for (const bots of SIZES) {
    const size = `${bots.toLocaleString("en-US")} positions`;
    const plain = await measured(bots, {});
    figures.time(`${size}: a check without limits and breakers, p50`, plain);
    figures.time(`${size}: with the breakers from the start, p50`, await measured(bots, { breakers: BREAKER_DEFAULTS }));
    const [bot, account] = [["bot:b1", WIDE] as const, [`account:${paperAccountOf(ownerAt(0))}`, WIDE] as const];
    const narrow = await measured(bots, { breakers: BREAKER_DEFAULTS, limits: [bot, account] });
    figures.time(`${size}: and twenty-two limits of the bot and of its account, p50`, narrow);
    const whole = await measured(bots, { breakers: BREAKER_DEFAULTS, limits: [bot, account, ...WIDELY] });
    figures.time(`${size}: and fifteen of its symbol and of the desk, p50`, whole);
    figures.ratio(`${size}: the full check over one without limits and breakers`, whole / plain);
    const moved = await measured(bots, { breakers: BREAKER_DEFAULTS, limits: [bot, account, ...WIDELY] }, true);
    figures.time(`${size}: the full check right after every price has moved, p50`, moved);
  }
}

/** `moves`: all prices move before each check, so that nothing that was counted for the last one holds. */
async function measured(bots: number, asked: BenchRisk, moves = false): Promise<number> {
  const { store, remove } = await emptyStore("memory");
  const market = openJumps();
  const levels = { price: decimal(PRICE), stop: decimal(PRICE / 2) };
  await seedBots(store, market, bots, (bot) => holding(bot, market.startMs, levels));
  const { accounts, hub } = await openAccounts(store, market, asked);
  const seePrices = (price: number): void => {
    for (let index = 0; index < SYMBOLS; index += 1) hub.seePrice(symbolAt(index), price, market.startMs);
  };
  seePrices(PRICE);
  const [first] = accounts.active();
  const bot = first?.state.bots.get("b1");
  if (!first || !bot) throw new Error("the first bot is not there");
  const spent: number[] = [];
  for (let check = -WARM_CHECKS; check < CHECKS; check += 1) {
    if (moves) seePrices(PRICE + (check % 2 === 0 ? 1 : 0));
    const began = performance.now();
    const answer = first.executor.entryNow(bot);
    if (check >= 0) spent.push(performance.now() - began);
    if (!answer?.allowed) throw new Error(`an entry that was to be allowed is denied: ${JSON.stringify(answer)}`);
  }
  await remove();
  return quantile(spent, 0.5);
}
