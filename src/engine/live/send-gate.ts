import type { AccountState, BotState } from "../../domain/books.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";
import { aboveLeverageLimit } from "../../risk/leverage.ts";
import type { BrokenAccount } from "../breaker-desk.ts";
import { cameLate } from "../decide.ts";
import { limitsAtSend } from "../limits-at-send.ts";
import type { AccountServices } from "../services.ts";
import { addDenial, isAdd } from "./adding.ts";
import type { Ceiling } from "./ceiling.ts";
import { nakedBot } from "./gate.ts";
import { ENTRY_TTL_MS } from "./limits.ts";

/** What the gate at the send asks of an account. */
export interface SendGateHost extends BrokenAccount {
  readonly state: AccountState;
  readonly services: AccountServices;
  readonly ceiling: Ceiling | undefined;
  rulesOf(symbol: string): Instrument | undefined;
  /** Whether the exchange calls a stop of this bot ended, and what it filled is not known yet. */
  hasLapsed(botId: string): boolean;
}

/** Why an entry that was decided so long ago, and is durable, is not sent after all; undefined when it is. */
export function forbiddenAtSend(account: SendGateHost, order: Order, ageMs: number): string | undefined {
  const { state, services } = account;
  const bot = state.bots.get(order.botId);
  if (bot?.status !== "running") return "the bot no longer runs";
  if (ageMs > ENTRY_TTL_MS) return "it waited too long to be sent";
  const intent = state.intents.get(order.intentId);
  const late = cameLate(services, bot, intent);
  if (late !== undefined) return late;
  const naked = nakedBot(state);
  if (naked) return `the position of ${naked.spec.name} has no confirmed stop`;
  const uncovered = intent && isAdd(intent) ? uncoveredAtSend(account, bot, order) : undefined;
  if (uncovered !== undefined) return uncovered;
  if (account.ceiling?.exceeded) return "the ceiling of live trading was lowered meanwhile";
  if (aboveLeverageLimit(state, bot.spec.leverage) !== undefined) return "the leverage limit of its account was lowered meanwhile";
  const { paused } = state.venue;
  if (paused) return `the account is paused: ${paused.reason}`;
  const { halted, risk } = services;
  const barred = halted() ?? risk.barred(account, bot.spec, order.clientOrderId);
  return barred ?? limitsAtSend(risk, account, bot, order, account.rulesOf(order.symbol));
}

/** A stop that triggers while something is added to its position leaves only what was added, and what falls is not bought on top of a sale. */
function uncoveredAtSend(account: SendGateHost, bot: BotState, order: Order): string | undefined {
  const rules = account.rulesOf(order.symbol);
  if (!rules) return `the exchange lists no ${order.symbol} now`;
  if (account.hasLapsed(bot.spec.id)) return `the stop of ${bot.spec.name} has ended at the exchange`;
  return addDenial(account.state, bot, rules.lotSize, order);
}
