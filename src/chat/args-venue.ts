import { type Decimal, decimal } from "../domain/money.ts";
import { argument } from "./arg-meta.ts";
import { type Money, moneyOf, nameOf, percentOfText, symbolText, ungrouped } from "./args.ts";

const SYMBOL_EXPECTED = "a symbol such as BTC, BTC/USDT or BTC/USDT:USDT";

/** One symbol as an exchange names it: `BTC`, `BTC/USDT` or `BTC/USDT:USDT`. */
export const venueSymbol = argument<string>(
  { kind: "text", question: "Which symbol?", freeText: true, example: "BTC/USDT" },
  SYMBOL_EXPECTED,
  symbolText,
);

/** An account at an exchange. */
export const accountName = argument<string>(
  { kind: "text", question: "Which account?", source: "accounts", freeText: true, example: "main" },
  "the name of an account such as main",
  nameOf,
);

/** A name for a new account. */
export const newAccountName = argument<string>(
  { kind: "text", question: "What do you call it?", freeText: true, example: "main" },
  "a name of small letters, digits and dashes that starts with a letter (at most 32), such as main",
  nameOf,
);

/** A working entry, by our own id. */
export const entryId = argument<string>(
  { kind: "text", question: "Which order?", source: "entries", freeText: true, example: "s5k2m8q1" },
  "the id of an order as `order list` shows it",
  (text) => (/^[\w-]{1,40}$/.test(text) ? text : undefined),
);

/** An amount of money above zero, with its currency where one was typed. */
export const amount = argument<Money>(
  { kind: "text", question: "How much?", freeText: true, example: "25 USDT" },
  "an amount such as 25 or 25 USDT",
  (text) => moneyOf(text),
);

/** Above what any exchange gives; its symbols and the account say less. */
const LEVERAGE_BELOW = 1_000;

/** How many times its margin a position is worth, as `3` or `3x`. */
export const leverage = argument<number>({ kind: "text", freeText: true, example: "3" }, "a whole number such as 3 or 3x", (text) => {
  const [, digits] = /^(\d{1,3})x?$/i.exec(text) ?? [];
  const found = Number(digits ?? 0);
  return found >= 1 && found < LEVERAGE_BELOW ? found : undefined;
});

/** A price above zero. */
export const price = argument<Decimal>({ kind: "text", example: "40000" }, "a price such as 40000 or 0.00001234", (text) => {
  const digits = ungrouped(text) ?? "";
  return /^\d{1,12}([.]\d{1,12})?$/.test(digits) && decimal(digits).isGreaterThan(0) ? decimal(digits) : undefined;
});

/** A distance in percent above zero and below a limit. */
export function percent(belowPct: number) {
  return argument<number>(
    { kind: "text", freeText: true, example: "2%" },
    `a percentage above 0 and below ${belowPct} such as 2%`,
    (text) => {
      const pct = percentOfText(text);
      return pct !== undefined && pct > 0 && pct < belowPct ? pct : undefined;
    },
  );
}

/** One symbol of any market that the desk reads; the command finds it in the one that is meant. */
export const anySymbol = argument<string>(
  { kind: "text", question: "Which symbol?", source: "any-symbol", freeText: true, example: "BTC/USDT" },
  SYMBOL_EXPECTED,
  symbolText,
);

/** An exchange by its ccxt id. */
export const exchangeId = argument<string>({ kind: "text", freeText: true, example: "binance" }, "an exchange such as binance", (text) =>
  /^[a-z0-9]{2,32}$/i.test(text) ? text.toLowerCase() : undefined,
);

/** A part of a symbol or a coin, as `eth`. */
export const symbolPart = argument<string>({ kind: "text", freeText: true, example: "eth" }, "letters of a symbol such as eth", (text) =>
  /^[a-z0-9/:-]{1,32}$/i.test(text) ? text.toUpperCase().replace("-", "/") : undefined,
);

/** A backtest by its id, as `t3`. */
export const backtestId = argument<string>(
  { kind: "text", question: "Which backtest?", freeText: true, example: "t1" },
  "the id of a backtest such as t1",
  (text) => (/^t\d{1,9}$/i.test(text) ? text.toLowerCase() : undefined),
);
