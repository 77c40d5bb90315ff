import { marked } from "../domain/bot.ts";
import { type Decimal, shown } from "../domain/money.ts";
import { isTerminal } from "../domain/order.ts";
import { entryPrice, isFlat, netRealized } from "../domain/position.ts";
import { minuteText } from "../domain/time.ts";
import type { AccountFacts, BotFacts } from "../ports/engine.ts";
import type { AskFact } from "../ports/shenron.ts";
import { coinsOf } from "./coins.ts";

const TEXT_CHARS_MAX = 80;
const DECIMALS = 8;

/** What is told of bots and accounts beyond this is left out: the service reads no more facts. */
const BOTS_MAX = 25;
const ACCOUNTS_MAX = 10;
const ORDERS_MAX = 3;
const VALUES_MAX = 4;

/**
 * What the asker may see of the desk as facts, each of one source. Codes, names and numbers only: no reason, no person, no key. `todayOf` is what a bot has
 * realized since its local day began, after fees, in its quote.
 */
export function askFacts(
  bots: readonly BotFacts[],
  accounts: readonly AccountFacts[],
  user: string,
  todayOf: (bot: BotFacts) => Decimal,
): AskFact[] {
  const rows = [
    ...bots.slice(0, BOTS_MAX).flatMap((bot) => rowsOfBot(bot, todayOf(bot))),
    ...accounts.slice(0, ACCOUNTS_MAX).flatMap((account) => rowsOfAccount(account, user)),
  ];
  return rows.map(([source, label, value], index) => ({ id: `f${index + 1}`, source, label: cut(label), value: cut(value) }));
}

type Row = readonly [source: string, label: string, value: string];

function rowsOfBot({ state, price, unrealized, orders, lastDecision }: BotFacts, today: Decimal): Row[] {
  const { spec, position, status } = state;
  const { base, quote } = coinsOf(spec.symbol);
  const source = `bot:${spec.name}`;
  const entry = entryPrice(position);
  // Real money is never mistaken for paper, whatever the words around it.
  const money = (value: Decimal) => marked(`${exact(value)} ${quote}`, spec.mode);
  const rows: Row[] = [
    [source, "status", status],
    [source, "mode", spec.mode],
    [source, "symbol", spec.symbol],
    [source, "strategy", spec.strategy],
    [source, "realized result today after fees", money(today)],
    [source, "realized result after fees", money(netRealized(position))],
    [source, "fees paid", money(position.feesPaid)],
    [source, "number of fills", String(position.fillCount)],
    [source, "position", isFlat(position) ? "flat" : `${exact(position.quantity)} ${base}`],
  ];
  if (entry) rows.push([source, "entry price", `${exact(entry)} ${quote}`]);
  if (price) rows.push([source, "last price", `${exact(price)} ${quote}`]);
  if (unrealized && !isFlat(position)) rows.push([source, "open result", money(unrealized)]);
  for (const order of orders.filter(({ status }) => !isTerminal(status)).slice(0, ORDERS_MAX)) {
    const { clientOrderId, side, purpose, quantity, price: level } = order;
    const text = `${purpose} to ${side} ${exact(quantity)} ${base}${level ? ` at ${exact(level)} ${quote}` : ""}, ${order.status}`;
    rows.push([`order:${clientOrderId}`, `order of ${spec.name}`, text]);
  }
  if (!lastDecision) return rows;
  const decision = `decision:${spec.name}@${lastDecision.slotMs}`;
  // What follows the colon is a reason in words; the decision itself is the one before it.
  rows.push([decision, `last decision of ${spec.name}`, `${lastDecision.text.split(":")[0]} at ${minuteText(lastDecision.slotMs)} UTC`]);
  for (const [name, value] of Object.entries(lastDecision.values).slice(0, VALUES_MAX))
    rows.push([decision, `${name} at the last decision of ${spec.name}`, String(value)]);
  return rows;
}

function rowsOfAccount({ state, equity }: AccountFacts, user: string): Row[] {
  // A paper account is called after its owner, whom the service does not know.
  if (state.mode === "paper" && state.owner !== user) return [];
  const source = `account:${state.mode === "paper" ? "paper" : state.account}`;
  const money = (value: Decimal) => marked(`${exact(value)} ${state.currency}`, state.mode);
  const rows: Row[] = [[source, "mode of the account", state.mode]];
  if (equity) rows.push([source, "equity", money(equity)]);
  if (equity && state.day) rows.push([source, "result of the account today", money(equity.minus(state.day.equity))]);
  return rows;
}

/** As people read it, to the last digit that says something. */
function exact(value: Decimal): string {
  return shown(value, DECIMALS);
}

function cut(text: string): string {
  return text.slice(0, TEXT_CHARS_MAX);
}
