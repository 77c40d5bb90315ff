import type { KeyRights, PauseCode } from "../domain/events.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import type { RejectCause } from "../ports/live-venue.ts";

/** What a rejection means for the person: what was wrong, what the desk does, what to do. */
const REJECT_ADVICE: Readonly<Record<RejectCause, string>> = {
  rules:
    "The order broke a rule of its symbol (smallest size, steps or price band). The rules are read again before the next order; if it comes back, its size is too small: make a bot with a larger one.",
  parameters: "The exchange did not understand the order. That is ours to fix: stop the bot with `bot stop` and report it with the code.",
  balance: "The account has not enough free money or coins for it. Add some, or give its bots a smaller size.",
  "would-trigger": "The price had passed the stop already, so the position is closed at market at once. Nothing needs to be done.",
  "nothing-to-reduce": "There was nothing left to close. The desk compares its books with the exchange now; nothing needs to be done.",
  key: "The key was refused: look at the exchange whether it exists, may trade, and allows the address of this machine. Then `account test`.",
  clock: "The clock of this machine is off, so the order was not executed. Set it right (time synchronization); the desk then tries anew.",
  limit: "Too many requests or orders at once. The desk waits as long as the exchange wants, then goes on; nothing needs to be done.",
  symbol:
    "The symbol does not trade now: halted, delisted or renamed. The bot waits; if it is delisted, stop it and sell in the exchange's app what it still lets you sell.",
  venue: "The exchange takes no orders now (maintenance, or trading is switched off). The desk goes on by itself when it does again.",
  mode: "Leverage, margin mode or position mode at the exchange differ from what the desk needs. Set one-way mode and a leverage that the symbol allows, then `account test`.",
};

/** Codes of Binance and Blofin whose meaning does not depend on their text. */
const CAUSE_OF_CODE: Readonly<Record<string, RejectCause>> = {
  "-1003": "limit",
  "-1013": "rules",
  "-1015": "limit",
  "-1021": "clock",
  "-1022": "key",
  "-1121": "symbol",
  "-2014": "key",
  "-2015": "key",
  "102089": "mode",
  "103003": "balance",
  "110006": "mode",
  "110019": "mode",
  "152401": "key",
  "152405": "clock",
  "152408": "key",
  "152409": "key",
};

/** One code of Binance says many things; its text tells which. */
const CAUSE_OF_TEXT: readonly (readonly [RegExp, RejectCause])[] = [
  [/insufficient balance/i, "balance"],
  [/would (immediately )?trigger/i, "would-trigger"],
  [/market is closed|not trading/i, "symbol"],
  [/not permitted|disabled/i, "venue"],
];

/** What to do about a rejection; undefined where nothing is known of it. */
export function rejectAdvice(cause: string | undefined, code: string, text: string): string | undefined {
  const known = (Object.keys(REJECT_ADVICE) as RejectCause[]).find((each) => each === cause);
  const found = known ?? CAUSE_OF_CODE[code] ?? CAUSE_OF_TEXT.find(([pattern]) => pattern.test(text))?.[1];
  return found && REJECT_ADVICE[found];
}

/** Why an account enters nothing. */
export interface PauseWords {
  /** As "its key is refused". */
  readonly why: string;
  readonly todo: string;
  /** Whether exits surely reach the exchange meanwhile. They are tried in any case. */
  readonly exits: boolean;
  /** Whether it ends by its own rule; otherwise a person ends it with `risk reset`. */
  readonly ends: boolean;
}

const EXITS_GO = { exits: true, ends: false };

const PAUSES: Readonly<Record<PauseCode, PauseWords>> = {
  key: {
    why: "something is wrong with its key",
    todo: "Look at the exchange whether the key still exists, may trade and nothing more, and allows the address of this machine; cure that, or set a new key with `account connect` under the same name.",
    exits: false,
    ends: false,
  },
  venue: {
    why: "the exchange takes no orders",
    todo: "Nothing needs to be done: the desk goes on when the exchange does. Its own status page says how long maintenance lasts.",
    exits: false,
    ends: true,
  },
  symbol: {
    why: "a symbol does not trade",
    todo: "Stop the bots on it; what is held of a delisted symbol can be sold only as long as the exchange's app allows it.",
    ...EXITS_GO,
  },
  clock: {
    why: "the clock of this machine is off",
    todo: "Set it right (time synchronization); the account goes on by itself as soon as it is.",
    exits: true,
    ends: true,
  },
  mode: {
    why: "leverage, margin mode or position mode were changed at the exchange",
    todo: "Set one-way mode and the leverage back in the exchange's app, and look with `account test`.",
    ...EXITS_GO,
  },
  "late-appearance": {
    why: "an order appeared that was proven absent before",
    todo: "Compare `order list` and `position list` with the exchange's app, and look with `account reconcile`.",
    ...EXITS_GO,
  },
  ledger: {
    why: "its balances and our books do not agree",
    todo: "Look with `account reconcile` and `account balance`: something was moved that the exchange does not list.",
    ...EXITS_GO,
  },
  hand: { why: "a person paused it", todo: "Nothing else is wrong.", ...EXITS_GO },
};

/** What a code of a pause means for a person: why, what to do, whether exits go on, and whether it ends by itself. */
export function pauseWords(code: PauseCode): PauseWords {
  return PAUSES[code];
}

const SELL_STEPS: Readonly<Record<string, string>> = {
  binance: "Trade, Spot, the symbol, Sell, Market, the quantity that `position list` shows",
  binanceus: "Trade, the symbol, Sell, Market, the quantity that `position list` shows",
  blofin: "Futures, Positions, the symbol, Close, Market",
};
const PROTECT_STEPS: Readonly<Record<string, string>> = {
  binance: "Trade, Spot, the symbol, Sell, Stop Limit",
  binanceus: "Trade, the symbol, Sell, Stop Limit",
  blofin: "Futures, Positions, the symbol, TP/SL, Entire position",
};

/** What to press in the exchange's own app, as "in the app of Blofin: ...". */
export function appSteps(exchangeId: string, what: "sell" | "protect"): string {
  const steps = (what === "sell" ? SELL_STEPS : PROTECT_STEPS)[exchangeId];
  return `in the app of ${exchangeName(exchangeId)}${steps === undefined ? "" : `: ${steps}`}`;
}

const RIGHTS: Readonly<Record<Exclude<keyof KeyRights, "addressRestricted">, string>> = {
  mayOrder: "trade",
  withdraw: "withdraw",
  transfer: "transfer between accounts",
};

/** What a key may do as the exchange told, in sentences; what it does not tell is said to be unknown. */
export function rightsText(rights: KeyRights): readonly string[] {
  const names = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];
  const those = (told: boolean | undefined) => names.filter((name) => rights[name] === told).map((name) => RIGHTS[name]);
  const [may, mayNot, unknown] = [those(true), those(false), those(undefined)];
  const where = rights.addressRestricted;
  const untold = [
    unknown.length === 0 ? "" : `whether it may ${listed(unknown, "or")}`,
    where === undefined ? "from which addresses it works" : "",
  ].filter((part) => part !== "");
  return [
    may.length === 0 ? "" : `The key may ${listed(may, "and")}.`,
    mayNot.length === 0 ? "" : `It may not ${listed(mayNot, "or")}.`,
    where === true ? "It works only from the addresses that are listed for it." : "",
    where === false ? "It works from every address: list this machine's for it at the exchange." : "",
    untold.length === 0 ? "" : `The exchange does not tell ${listed(untold, "and")}: look at its settings there.`,
  ].filter((sentence) => sentence !== "");
}

/** `a, b or c`. */
function listed(parts: readonly string[], word: "and" | "or"): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} ${word} ${last}`;
}
