import { describe, expect, it } from "vitest";
import { alertOf } from "../../src/chat/alerts.ts";
import { rejectAdvice } from "../../src/chat/venue-reasons.ts";
import type { AccountEvent, DeskEvent, Orphan, PauseCode } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import type { RejectCause } from "../../src/ports/live-venue.ts";

const NOW = marketMs(Date.UTC(2026, 4, 19, 12, 59));
const names = (botId: string) =>
  ({ b1: { name: "dip", symbol: "BTC/USDT", mode: "live" }, b2: { name: "try", symbol: "ETH/USDT:USDT", mode: "demo" } })[botId] as
    | { name: string; symbol: string; mode: "live" | "demo" }
    | undefined;
const accounts = (account: string) =>
  ({ main: { exchange: "binance", environment: "live" }, play: { exchange: "blofin", environment: "demo" } })[account] as
    | { exchange: string; environment: "live" | "demo" }
    | undefined;

function alert(event: AccountEvent | DeskEvent, stream = "account:main") {
  return alertOf(stream, { sequence: 1, wallMs: wallMs(0), marketMs: NOW, requestId: undefined, event }, names, accounts);
}

const textOf = (event: AccountEvent | DeskEvent, stream?: string) => {
  const told = alert(event, stream)?.view;
  return [told?.title, ...(told?.lines ?? []), ...(told?.fields.map(({ name, value }) => `${name}: ${value}`) ?? [])].join("\n");
};

const orphan: Orphan = {
  ...{ venueOrderId: "77", clientOrderId: "s5abc", symbol: "BTC/USDT", side: "buy", quantity: decimal("0.01") },
  ...{ kind: "quarantined", seenMs: NOW },
};
const paused = (code: PauseCode, holding?: string[]): AccountEvent => ({
  ...{ type: "account-paused", code, reason: "as the exchange says", untilMs: undefined },
  ...(holding === undefined ? {} : { holding }),
});
const naked: AccountEvent = { type: "position-naked", botId: "b1", sinceMs: NOW, reason: "the stop was refused" };
const reduced: AccountEvent = { type: "claim-reduced", botId: "b1", quantity: decimal("0.01"), price: decimal(40_000), reason: "r" };

describe("What happens at an exchange", () => {
  it.each<[AccountEvent | DeskEvent, boolean, RegExp]>([
    [naked, true, /^dip \(LIVE\) is NAKED/],
    [{ type: "position-protected", botId: "b1", nakedForMs: 3_000 }, false, /^dip \(LIVE\) is protected again$/],
    [reduced, true, /^0\.01 BTC of dip \(LIVE\) are gone at Binance\.com$/],
    [{ type: "dust-moved", botId: "b1", coin: "BTC", quantity: decimal("0.00003") }, false, /^0\.00003 BTC of dip \(LIVE\) are too few/],
    [
      { type: "foreign-booked", coin: "USDT", quantity: decimal(100), entryId: "e", reason: "a deposit" },
      false,
      /^100 USDT came into main \(LIVE\)$/,
    ],
    [
      { type: "foreign-booked", coin: "USDT", quantity: decimal(-5), entryId: "e", reason: "a transfer" },
      false,
      /^5 USDT left main \(LIVE\)$/,
    ],
    [{ type: "orphan-found", orphan }, true, /^An order in main \(LIVE\) carries our mark/],
    [{ type: "orphan-found", orphan: { ...orphan, kind: "foreign" } }, false, /^Somebody's own order rests in main \(LIVE\)$/],
    [{ type: "orphan-settled", symbol: "BTC/USDT", venueOrderId: "77", outcome: "canceled" }, false, /in main \(LIVE\) is settled$/],
    [{ type: "account-resumed", reason: "the exchange is back" }, false, /^main \(LIVE\) may enter again$/],
    [{ type: "account-removed", reason: "asked for" }, false, /^main \(LIVE\) was removed/],
    [{ type: "order-unknown", botId: "b1", clientOrderId: "o", reason: "timeout" }, true, /order of dip \(LIVE\) was lost$/],
    [{ type: "venue-banned", exchange: "binance", untilMs: wallMs(NOW), reason: "418" }, false, /^Binance\.com sends this machine away$/],
    [{ type: "ceiling-lowered", amount: decimal(50), by: "discord:1" }, false, /^The ceiling of live trading is 50 now$/],
  ])("is told with DEMO or LIVE beside the name, and is critical only when somebody must act (%#)", (event, critical, title) => {
    const told = alert(event);
    expect(told?.view.title).toMatch(title);
    expect(told?.critical).toBe(critical);
  });

  it("says DEMO of a demo account and its bots", () => {
    expect(alert({ type: "bot-started", botId: "b2" }, "account:play")?.view.title).toBe("try (DEMO) is running");
    expect(alert({ type: "account-resumed", reason: "r" }, "account:play")?.view.title).toBe("play (DEMO) may enter again");
  });

  it("says of a naked position since when, what the desk does, and what to press in the exchange's own app", () => {
    const text = textOf(naked);
    for (const part of ["the stop was refused", "Since: 2026-05-19 12:59 UTC", "`position close dip`", "app of Binance.com: Trade, Spot"])
      expect(text).toContain(part);
    expect(alert(naked)?.view.buttons.map(({ label }) => label)).toEqual(["Close now"]);
    expect(textOf({ ...naked, botId: "b2" }, "account:play")).toContain("app of Blofin: Futures, Positions");
  });

  it("explains a manual close: how it was booked, what the stop covers, and what to do when it was a stranger", () => {
    expect(textOf(reduced)).toContain("booked as closed at 40,000.00 USDT");
    const moved = textOf({ ...reduced, price: undefined });
    for (const part of ["neither profit nor loss", "Its stop now covers what is left", "delete the key"]) expect(moved).toContain(part);
  });

  it("says of an unexplained order that it is in quarantine and where to look, and of a person's own that it is never touched", () => {
    const text = textOf({ type: "orphan-found", orphan });
    for (const part of ["quarantine", "`account orphans main`", "s5abc (77)", "buy 0.01 BTC of BTC/USDT"]) expect(text).toContain(part);
    expect(textOf({ type: "orphan-found", orphan: { ...orphan, kind: "foreign", clientOrderId: "" } })).toContain("never touches it");
    const made = { fillId: "9", clientOrderId: "s5abc", symbol: "BTC/USDT", side: "buy", price: decimal(50_000), fee: decimal(0) } as const;
    const fill = { ...made, quantity: decimal("0.01"), feeCurrency: "USDT", liquidity: "taker", marketMs: marketMs(NOW) } as const;
    const filled = textOf({ type: "quarantine-filled", fill });
    for (const part of ["bought 0.01 BTC at 50,000", "quarantine-main-BTC/USDT", "nothing protects it"]) expect(filled).toContain(part);
  });
});

describe("A paused account", () => {
  it.each<[PauseCode, string, string]>([
    ["key", "something is wrong with its key", "set a new key"],
    ["venue", "the exchange takes no orders", "goes on when the exchange does"],
    ["symbol", "a symbol does not trade", "Stop the bots on it"],
    ["clock", "the clock of this machine is off", "Set it right"],
    ["mode", "position mode were changed", "Set one-way mode"],
    ["late-appearance", "proven absent before", "`account reconcile`"],
    ["ledger", "do not agree", "`account reconcile`"],
    ["hand", "a person paused it", "Nothing else is wrong"],
  ])("by %s says why and what to do", (code, why, todo) => {
    expect(alert(paused(code))?.view.title).toMatch(/^main \(LIVE\) is paused: /);
    expect(textOf(paused(code))).toContain(why);
    expect(textOf(paused(code))).toContain(todo);
  });

  it("is critical while bots hold something there or that is not known, and always when its key, its books or an order are in doubt", () => {
    const isCritical = (code: PauseCode, holding?: string[]) => alert(paused(code, holding))?.critical;
    expect([isCritical("venue"), isCritical("venue", ["dip"]), isCritical("venue", [])]).toEqual([true, true, false]);
    expect([isCritical("key", []), isCritical("late-appearance", []), isCritical("ledger", [])]).toEqual([true, true, true]);
  });

  it("names what is held and how to sell it in the app, and whether exits still go", () => {
    const text = textOf(paused("key", ["dip", "rise"]));
    for (const part of ["Held there: dip, rise", "Trade, Spot, the symbol, Sell, Market", "Exits are tried and may be refused"])
      expect(text).toContain(part);
    expect(textOf(paused("ledger", []))).toContain("exits go on");
  });

  it("says how it ends: by itself at a time, or by a person", () => {
    expect(textOf(paused("ledger"))).toContain("`risk reset account:main`");
    const until: AccountEvent = { type: "account-paused", code: "venue", reason: "banned", untilMs: wallMs(NOW) };
    expect(textOf(until)).toContain("expected to go on at 2026-05-19 12:59 UTC");
    expect(textOf(until)).not.toContain("risk reset");
  });
});

describe("An order whose answer was lost", () => {
  it("ends in good news for the same people: found, or proven absent", () => {
    const found = alert({ type: "order-accepted", clientOrderId: "o", venueOrderId: "v", found: { botId: "b1" } });
    expect(found).toMatchObject({ kind: "critical", critical: false, botId: "b1" });
    expect(found?.view.title).toBe("The unanswered order of dip (LIVE) was found");
    expect(found?.view.lines[0]).toContain("Binance.com has it");
    const absent = alert({ type: "order-expired", botId: "b1", clientOrderId: "o", reason: "three readings agree", absent: true });
    expect(absent).toMatchObject({ kind: "critical", critical: false });
    expect(absent?.view.lines.join(" ")).toContain("nothing was executed");
  });
});

describe("A rejection", () => {
  const causes: readonly RejectCause[] = [
    ...([
      "rules",
      "parameters",
      "balance",
      "would-trigger",
      "nothing-to-reduce",
      "key",
      "clock",
      "limit",
      "symbol",
      "venue",
      "mode",
    ] as const),
  ];

  it("says what to do for every cause, each differently", () => {
    const advice = causes.map((cause) => rejectAdvice(cause, "", ""));
    expect(advice).not.toContain(undefined);
    expect(new Set(advice).size).toBe(causes.length);
  });

  it.each([
    ["-2015", "Invalid API-key, IP, or permissions for action.", "key"],
    ["-1021", "Timestamp for this request is outside of the recvWindow.", "clock"],
    ["-1013", "Filter failure: LOT_SIZE", "rules"],
    ["-2010", "Account has insufficient balance for requested action.", "balance"],
    ["-2010", "Stop price would trigger immediately.", "would-trigger"],
    ["-2010", "Market is closed.", "symbol"],
    ["-1003", "Too many requests.", "limit"],
    ["152405", "Timestamp expired", "clock"],
    ["103003", "Insufficient balance", "balance"],
    ["110006", "leverage", "mode"],
  ] as const)("%s (%s) is understood by code and text where its cause was not told", (code, text, cause) => {
    expect(rejectAdvice(undefined, code, text)).toBe(rejectAdvice(cause, "", ""));
  });

  it("says nothing where nothing is known", () => {
    expect(rejectAdvice(undefined, "-9999", "what")).toBeUndefined();
  });

  it("carries its advice in the alert", () => {
    const event: AccountEvent = { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "-2015", reason: "refused", cause: "key" };
    expect(textOf(event)).toContain("The key was refused");
  });
});

describe("A panic of a real account", () => {
  it("names what is left and what to press to sell it", () => {
    const text = textOf({ type: "panic-finished", scope: "account:main", remainder: ["dip 0.01 BTC"] });
    for (const part of ["left in main (LIVE)", "Still held: dip 0.01 BTC.", "app of Binance.com"]) expect(text).toContain(part);
    expect(textOf({ type: "panic-finished", scope: "account:main", remainder: [] })).toContain("verified flat");
  });
});

describe("A panic that stalls", () => {
  it("is critical, names each position with its stop, and says what to press", () => {
    const event: AccountEvent = { type: "panic-stalled", scope: "main", remainder: ["dip: 0.01 BTC, its stop rests at the exchange"] };
    expect(alert(event)).toMatchObject({ critical: true });
    const text = textOf(event);
    for (const part of ["not everything in main (LIVE) is closed yet", "dip: 0.01 BTC, its stop rests", "In the app of Binance.com: Trade"])
      expect(text).toContain(part);
  });
});

describe("A new key", () => {
  const event: AccountEvent = {
    ...{ type: "key-set", enteredBy: "telegram", acknowledged: true },
    sealed: { version: 1, keyId: "k", wrappedKey: "w", wrapNonce: "n", nonce: "n", ciphertext: "secret" },
    rights: { mayOrder: true, withdraw: undefined, transfer: false, addressRestricted: undefined },
  };

  it("is told with how it came in and what it may do, and nothing of the key", () => {
    const text = textOf(event);
    for (const part of [
      "Telegram, in a message that Telegram has seen",
      "may trade",
      "may not transfer",
      "does not tell whether it may withdraw",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("secret");
  });
});

describe("A fill of a perpetual", () => {
  const fillOf = (side: "buy" | "sell", purpose: "entry" | "exit"): AccountEvent => ({
    ...{ type: "order-filled", botId: "b2", purpose, reason: "asked for" },
    fill: {
      ...{ fillId: "f", clientOrderId: "o", symbol: "ETH/USDT:USDT", side, price: decimal(2_500), quantity: decimal(1) },
      ...{ fee: decimal(1), feeCurrency: "USDT", liquidity: "taker", marketMs: NOW },
    },
    after: { positionQuantity: decimal(-1), entryPrice: decimal(2_500), realized: undefined, stopPrice: undefined, takePrice: undefined },
  });

  it("says of a short that it was sold short and bought back, in the coin that it is paid in", () => {
    expect(alert(fillOf("sell", "entry"))?.view.title).toBe("try (DEMO) sold short 1 ETH at 2,500.00 USDT");
    expect(alert(fillOf("buy", "exit"))?.view.title).toBe("try (DEMO) bought back 1 ETH at 2,500.00 USDT");
    expect(alert(fillOf("sell", "entry"))?.counted.currency).toBe("USDT");
  });
});
