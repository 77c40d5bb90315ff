import { describe, expect, it } from "vitest";
import { alertOf } from "../../src/chat/alerts.ts";
import type { Digest } from "../../src/domain/digest.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal, ZERO } from "../../src/domain/money.ts";
import type { Purpose, Side } from "../../src/domain/order.ts";
import { MINUTE_MS, marketMs, wallMs } from "../../src/domain/time.ts";

const NOW = marketMs(Date.UTC(2021, 4, 19, 12, 59));
const names = (botId: string) => (botId === "b1" ? { name: "dip", symbol: "BTC/USDT" } : undefined);

function alert(event: AccountEvent | DeskEvent) {
  return alertOf("account:a", { sequence: 1, wallMs: wallMs(0), marketMs: NOW, requestId: undefined, event }, names, () => undefined);
}

function filled(side: Side, purpose: Purpose, realized: number | undefined): Extract<AccountEvent, { type: "order-filled" }> {
  const fill = {
    fillId: "f",
    clientOrderId: "o",
    symbol: "BTC/USDT",
    side,
    price: decimal(40_000),
    quantity: decimal("0.01"),
    fee: decimal("0.4"),
    feeCurrency: "USDT",
  };
  const isEntry = purpose === "entry";
  const after = {
    positionQuantity: isEntry ? decimal("0.01") : ZERO,
    entryPrice: isEntry ? decimal(40_000) : undefined,
    realized: realized === undefined ? undefined : decimal(realized),
    stopPrice: isEntry ? decimal(39_200) : undefined,
    takePrice: isEntry ? decimal(41_600) : undefined,
  };
  return {
    type: "order-filled",
    fill: { ...fill, liquidity: "taker", marketMs: NOW },
    botId: "b1",
    purpose,
    reason: "fast average crossed above slow",
    after,
  };
}

const factsOf = (event: AccountEvent | DeskEvent) =>
  Object.fromEntries(alert(event)?.view.fields.map(({ name, value }) => [name, value]) ?? []);

describe("A fill", () => {
  it("says of an entry what was bought, what it cost, why, what protects it and when", () => {
    const entry = filled("buy", "entry", undefined);
    expect(alert(entry)).toMatchObject({ kind: "fills", critical: false, botId: "b1" });
    expect(alert(entry)?.view.title).toMatch(/^dip bought 0\.01 BTC at 40,000(\.0+)? USDT$/);
    expect(factsOf(entry)).toMatchObject({ Notional: "400.00 USDT, fee 0.40 USDT" });
    expect(Object.keys(factsOf(entry))).toEqual(["Notional", "Stop loss", "Take profit"]);
    expect(factsOf(entry)["Stop loss"]).toMatch(/^39,200/);
    expect(alert(entry)?.view.lines).toEqual(["fast average crossed above slow", "2021-05-19 12:59 UTC (market)"]);
  });

  it("says when it filled, as the books do, and not when the market told of it", () => {
    const entry = filled("buy", "entry", undefined);
    const fill = { ...entry.fill, marketMs: marketMs(NOW - MINUTE_MS) };
    expect(alert({ ...entry, fill })?.view.lines.at(-1)).toBe("2021-05-19 12:58 UTC (market)");
  });

  it("says of an exit what it made", () => {
    const exit = filled("sell", "exit", 12.5);
    expect(factsOf(exit)).toEqual({ Notional: "400.00 USDT, fee 0.40 USDT", Result: "+12.50 USDT" });
    expect(alert(exit)?.view.tone).toBe("good");
    expect(factsOf({ ...exit, after: { ...exit.after, positionQuantity: decimal(1_234.5) } })).toMatchObject({
      "Still held": "1,234.5 BTC",
    });
  });

  it("says of a sale that did not earn the fees of opening that it lost", () => {
    const exit = filled("sell", "exit", 0.07);
    const lost = { ...exit, after: { ...exit.after, result: decimal("-0.43") } };
    expect(factsOf(lost).Result).toBe("-0.43 USDT");
    expect(alert(lost)?.view.tone).toBe("plain");
    expect(alert(lost)?.counted).toMatchObject({ amount: decimal("-0.43") });
  });

  it("says a reason only when it is more than the title", () => {
    const lines = (purpose: Purpose, reason: string) => alert({ ...filled("sell", purpose, 1), reason })?.view.lines.slice(0, -1);
    expect([lines("stop", "stop loss"), lines("panic", "panic"), lines("close", "asked for")]).toEqual([[], [], []]);
    expect(lines("panic", "fire")).toEqual(["fire"]);
  });

  it("is red only when it was a stop loss: a sale on a signal that loses money is no refusal", () => {
    const toneOf = (purpose: Purpose, realized: number) => alert(filled("sell", purpose, realized))?.view.tone;
    expect([toneOf("exit", -3), toneOf("close", -3), toneOf("panic", -3)]).toEqual(["plain", "plain", "plain"]);
    expect([toneOf("stop", -3), toneOf("stop", 3)]).toEqual(["bad", "good"]);
  });

  it("is critical when it was a stop loss, and only then", () => {
    const purposes: Purpose[] = ["entry", "exit", "stop", "take", "close", "panic"];
    const critical = purposes.filter(
      (purpose) => alert(filled(purpose === "entry" ? "buy" : "sell", purpose, purpose === "entry" ? undefined : -8))?.critical,
    );
    expect(critical).toEqual(["stop"]);
    expect(alert(filled("sell", "stop", -8))?.view.title).toMatch(/^Stop loss: dip sold 0\.01 BTC/);
    expect(new Set(purposes.map((purpose) => alert(filled("sell", purpose, 1))?.view.title)).size).toBe(6);
  });

  it("names a bot that was deleted by its id", () => {
    const event = { ...filled("sell", "exit", 1), botId: "gone" } as AccountEvent;
    expect(alert(event)?.view.title).toMatch(/^gone sold/);
  });
});

describe("What happens to bots, accounts and the desk", () => {
  const crash = { cause: "killed by the system", awayMs: 600_000, crashesInWindow: 3 };
  it.each<[AccountEvent | DeskEvent, string, boolean, RegExp]>([
    [{ type: "bot-started", botId: "b1" }, "bots", false, /^dip is running$/],
    [{ type: "bot-stopped", botId: "b1", closing: true, reason: "asked to" }, "bots", false, /^dip stops and closes/],
    [{ type: "bot-faulted", botId: "b1", reason: "NaN" }, "bots", true, /^dip has faulted$/],
    [{ type: "breaker-tripped", breaker: "daily-loss", day: "2021-05-19", reason: "5% lost" }, "critical", true, /daily-loss breaker/],
    [{ type: "panic-started", scope: "desk", reason: "asked to" }, "critical", true, /^Panic/],
    [{ type: "panic-finished", scope: "desk", remainder: [] }, "critical", true, /verified flat/],
    [
      { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "-2010", reason: "balance" },
      "critical",
      true,
      /rejected an order of dip$/,
    ],
    [
      { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "-2010", reason: "balance", purpose: "entry" },
      "bots",
      false,
      /rejected an order of dip$/,
    ],
    [
      { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "-2010", reason: "x", purpose: "stop" },
      "critical",
      true,
      /rejected an order of dip$/,
    ],
    [
      { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "-2010", reason: "x", purpose: "stop", again: true },
      "bots",
      false,
      /rejected an order of dip$/,
    ],
    [
      { type: "order-rejected", botId: "b1", clientOrderId: "o", code: "1", reason: "x", purpose: "exit", cause: "nothing-to-reduce" },
      "bots",
      false,
      /rejected an order of dip$/,
    ],
    [{ type: "order-unknown", botId: "b1", clientOrderId: "o", reason: "timeout" }, "critical", true, /order of dip was lost$/],
    [{ type: "order-expired", botId: "b1", clientOrderId: "o", reason: "never filled" }, "bots", false, /order of dip expired$/],
    [{ type: "desk-started", version: "1.0.0", safe: false, crash: undefined }, "system", false, /^The desk was started$/],
    [{ type: "desk-started", version: "1.0.0", safe: false, crash }, "system", true, /after a crash/],
    [{ type: "desk-started", version: "1.0.0", safe: true, crash }, "system", true, /started safe/],
    [{ type: "desk-stopped", reason: "asked to", unwatched: [] }, "system", false, /stopped/],
    [{ type: "desk-stopped", reason: "asked to", unwatched: ["dip", "rise"] }, "system", true, /stopped/],
    [{ type: "watch-blind", sinceMs: wallMs(0), bots: ["dip"] }, "system", true, /stops are not watched/],
    [{ type: "watch-sees", forMs: 45_000 }, "system", false, /watched again/],
    [{ type: "process-gone", process: "east", host: "ward", accounts: 12 }, "system", false, /is gone$/],
    [{ type: "accounts-unplaced", sinceMs: wallMs(0), accounts: ["main", "play"] }, "system", true, /^Nothing is traded in 2 accounts$/],
    [{ type: "accounts-placed", forMs: 45_000 }, "system", true, /^Every account is traded again$/],
    [{ type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false }, "system", true, /halted/],
    [{ type: "resumed", reason: "", by: "discord:1" }, "system", true, /allowed again/],
    [{ type: "platform-failed", platform: "telegram", reason: "409" }, "system", true, /telegram has failed/],
  ])("is told as an alert (%#)", (event, kind, critical, title) => {
    const told = alert(event);
    expect(told).toMatchObject({ kind, critical });
    expect(told?.view.title).toMatch(title);
  });

  it("says after a crash how long the desk was away, why, and what to do about a safe start", () => {
    const lines = alert({ type: "desk-started", version: "1.0.0", safe: true, crash })?.view.lines.join(" ");
    for (const part of ["10 min", "killed by the system", "3 times", "system resume"]) expect(lines).toContain(part);
  });

  it("names the bot and the order that an order alert is about, and folds and orders it with that bot's", () => {
    const order = { botId: "b1", clientOrderId: "o-7", reason: "because" };
    const events: AccountEvent[] = [
      { ...order, type: "order-rejected", code: "-2010" },
      { ...order, type: "order-unknown" },
      { ...order, type: "order-expired" },
      { ...order, type: "order-expired", absent: true },
      { type: "order-accepted", clientOrderId: "o-7", venueOrderId: "v", found: { botId: "b1" } },
    ];
    for (const event of events) {
      expect(factsOf(event)).toEqual({ Bot: "dip", Order: "o-7" });
      expect(alert(event)).toMatchObject({ botId: "b1", foldKey: expect.stringMatching(/:b1$/) });
    }
  });

  it("names the bots whose stops nobody watches, and says for how long there were no prices", () => {
    const lines = (event: DeskEvent) => alert(event)?.view.lines.join(" ");
    expect(lines({ type: "desk-stopped", reason: "asked to", unwatched: ["dip", "rise"] })).toContain("of dip, rise. Start it again");
    expect(lines({ type: "desk-stopped", reason: "asked to", unwatched: [] })).not.toContain("watched");
    const blind = lines({ type: "watch-blind", sinceMs: wallMs(NOW), bots: ["dip", "rise"] });
    for (const part of ["Since 2021-05-19 12:59 UTC", "dip, rise", "system health"]) expect(blind).toContain(part);
    expect(lines({ type: "watch-sees", forMs: 45_000 })).toContain("45 s");
    expect(lines({ type: "watch-sees", forMs: 45_000, bots: ["dip"] })).toContain("for 45 s for dip; other bots still lack them.");
  });

  it("names what a panic could not sell", () => {
    const told = alert({ type: "panic-finished", scope: "desk", remainder: ["dip holds 0.01 BTC"] });
    expect(told?.view.title).not.toContain("flat");
    expect(told?.view.lines.join(" ")).toContain("dip holds 0.01 BTC");
  });

  it("keeps quiet about what is nobody's news", () => {
    const quiet: (AccountEvent | DeskEvent)[] = [
      { type: "day-started", day: "2021-05-19", equity: ZERO },
      { type: "order-accepted", clientOrderId: "o", venueOrderId: "v" },
      { type: "order-canceled", botId: "b1", clientOrderId: "o", reason: "r" },
      { type: "command-done", path: "help", args: {}, user: "u", place: "p", result: "r" },
      { type: "access-denied", user: "u", place: "p", path: "help" },
    ];
    expect(quiet.map(alert)).toEqual(quiet.map(() => undefined));
  });
});

describe("A digest", () => {
  const bot = (name: string, realized: number, held = 0) => ({
    name,
    symbol: "BTC/USDT",
    status: "running",
    realized: decimal(realized),
    unrealized: decimal(held),
    fees: decimal("0.5"),
    fills: 2,
    positionQuantity: decimal(held),
  });
  const digest: Digest = {
    day: "2021-05-19",
    currency: "USDT",
    market: "simulated:42",
    equity: decimal(10_009),
    realized: decimal(9),
    unrealized: decimal(1),
    fees: decimal(1),
    fills: 4,
    bots: [bot("dip", 12), bot("rise", -3, 1)],
  };
  const told = () => alert({ type: "digest-due", place: "discord:1", day: "2021-05-19", digest });

  it("is for its place alone and has the day, the sums, the best and the worst bot and the open positions", () => {
    expect(told()).toMatchObject({ digestFor: "discord:1", critical: false });
    expect(told()?.view.title).toBe("Daily digest 2021-05-19");
    const facts = Object.fromEntries(told()?.view.fields.map(({ name, value }) => [name, value]) ?? []);
    expect(facts).toMatchObject({ Realized: "+9.00 USDT", Fills: "4", "Best bot": "dip +12.00 USDT", "Worst bot": "rise -3.00 USDT" });
    expect(told()?.view.lines.join(" ")).toContain("simulated:42");
    expect(told()?.view.lines.join(" ")).toContain("rise 1 BTC");
    expect(told()?.view.table?.rows.map(([name]) => name)).toEqual(["dip", "rise"]);
  });
});
