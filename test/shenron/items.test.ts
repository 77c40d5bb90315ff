import { describe, expect, test } from "vitest";
import type { SeenAnomaly } from "../../src/domain/anomaly.ts";
import { type BotState, emptyAccount } from "../../src/domain/books.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import type { AccountEvent, DeskEvent } from "../../src/domain/events.ts";
import { decimal } from "../../src/domain/money.ts";
import { NO_RESULT, type Result } from "../../src/domain/result.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { item } from "../../src/shenron/contract.ts";
import { dayFactsIn } from "../../src/shenron/days.ts";
import { itemOf } from "../../src/shenron/items.ts";
import { fillOf } from "../chat/delivery.rig.ts";
import { canary } from "../kit/canary/canary.ts";

const SECRET = canary("exchange secret");
const spec = { id: "b1", name: "dip", symbol: "BTC/USDT", strategy: "ema-cross", mode: "paper", owner: "discord:4711" } as BotSpec;
const sources = { desk: "0".repeat(16), specOf: () => spec, dayOf: () => undefined };

function told(stream: string, event: AccountEvent | DeskEvent) {
  return itemOf(stream, { sequence: 7, wallMs: wallMs(1), marketMs: marketMs(2), requestId: SECRET, event }, sources);
}

/** Events with a secret in every text that a person, a strategy or an exchange may have written. */
const SPOKEN: readonly (AccountEvent | DeskEvent)[] = [
  { ...fillOf("b1", 1), reason: SECRET } as AccountEvent,
  { type: "wish-denied", botId: "b1", slotMs: marketMs(0), wish: "enter", reason: SECRET, code: "cash", because: SECRET, values: {} },
  { type: "order-rejected", botId: "b1", clientOrderId: "o", code: SECRET, reason: SECRET },
  { type: "order-unknown", botId: "b1", clientOrderId: "o", reason: SECRET },
  { type: "bot-faulted", botId: "b1", reason: SECRET },
  { type: "account-paused", code: "hand", reason: SECRET, untilMs: undefined },
  { type: "account-resumed", reason: SECRET },
  { type: "breaker-tripped", breaker: "daily-loss", day: "2021-05-19", reason: SECRET },
  { type: "position-naked", botId: "b1", sinceMs: 1, reason: SECRET },
  { type: "panic-started", scope: SECRET, reason: SECRET },
  { type: "panic-stalled", scope: SECRET, remainder: [SECRET] },
  { type: "halted", reason: SECRET, untilMs: undefined, by: "discord:4711", panic: true },
  { type: "resumed", reason: SECRET, by: "discord:4711" },
  { type: "desk-started", version: SECRET, safe: true, crash: { cause: SECRET, awayMs: 1, crashesInWindow: 1 } },
  { type: "desk-stopped", reason: SECRET, unwatched: [SECRET] },
  { type: "platform-failed", platform: "telegram", reason: SECRET },
  { type: "venue-banned", exchange: "binance", untilMs: wallMs(1), reason: SECRET },
];

describe("What the service is told", () => {
  test.each(SPOKEN.map((event) => [event.type, event] as const))(
    "of %s holds no text that anybody wrote, and nobody's id",
    (_type, event) => {
      const text = JSON.stringify(item.parse(told("account:paper:discord:4711", event)));
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain("4711");
    },
  );

  const anomaly = {
    series: "price",
    value: -3,
    usual: 0,
    spread: 0.1,
    limit: 2,
    samples: 1_440,
    marketMs: 2,
    isTold: true,
    heldBack: 0,
  } as const;
  const SUBJECTS: readonly [SeenAnomaly["subject"], Record<string, unknown>][] = [
    [{ kind: "symbol", symbol: "BTC/USDT", market: SECRET }, { symbol: "BTC/USDT" }],
    [{ kind: "bot", botId: "b1" }, { bot: { id: "b1", name: "dip" } }],
    [{ kind: "account", account: "paper:discord:4711" }, { account: expect.stringMatching(/^[0-9a-f]{16}$/) }],
  ];
  test.each(SUBJECTS)("of an anomaly of %o is its numbers and what it is of", (subject, named) => {
    const parsed = item.parse(told("desk", { type: "anomaly-seen", anomaly: { ...anomaly, subject } }));
    expect(parsed).toMatchObject({
      kind: "anomaly",
      series: "price",
      value: -3,
      usual: 0,
      spread: 0.1,
      limit: 2,
      samples: 1_440,
      ...named,
    });
    expect(JSON.stringify(parsed)).not.toMatch(new RegExp(`4711|${SECRET}`));
  });

  const SILENT: readonly (AccountEvent | DeskEvent)[] = [
    { type: "command-done", path: "bot start", args: { bot: SECRET }, user: "discord:4711", place: "discord:1", result: SECRET },
    { type: "access-denied", user: "discord:4711", place: "discord:1", path: "panic" },
    { type: "bot-started", botId: "b1" },
    { type: "trail-moved", botId: "b1", highest: decimal(1) },
  ];
  test.each(SILENT.map((event) => [event.type, event] as const))("of %s is nothing at all", (_type, event) => {
    expect(told("desk", event)).toBeUndefined();
  });
});

describe("A day that began", () => {
  const RESULT: Result = { ...NO_RESULT, realized: decimal("1.25"), fees: decimal("0.1"), fills: 2, closes: 1, wins: 1 };
  const at = (text: string) => Date.parse(`${text}:00Z`);

  function books(bots: Readonly<Record<string, readonly string[]>>) {
    const state = emptyAccount();
    for (const [name, quarters] of Object.entries(bots)) {
      const results = new Map(quarters.map((quarter) => [at(quarter), RESULT]));
      state.bots.set(name, { spec: { ...spec, name }, results } as BotState);
    }
    return state;
  }
  const began = (day: string) => ({ type: "day-started", day, equity: decimal("10001.50") }) as const;

  test("tells the results of the newest earlier day on which the account traded, whatever came later", () => {
    const state = books({
      dip: ["2021-05-16T10:00", "2021-05-17T23:45"],
      rise: ["2021-05-17T00:00", "2021-05-20T00:15", "2021-06-01T00:00"],
    });
    const facts = dayFactsIn("UTC")(state, began("2021-05-20"), at("2021-05-20T00:05"));
    expect(facts).toMatchObject({
      day: "2021-05-20",
      openingEquity: "10001.5",
      before: { day: "2021-05-17", realized: "2.5", fills: 4, closes: 2 },
    });
    expect(facts.before?.bots.map(({ name, realized }) => [name, realized])).toEqual([
      ["dip", "1.25"],
      ["rise", "1.25"],
    ]);
  });

  test("is that of the books' time zone", () => {
    const state = books({ dip: ["2021-05-17T21:45", "2021-05-17T22:00"] });
    const facts = dayFactsIn("Europe/Berlin")(state, began("2021-05-18"), at("2021-05-17T22:01"));
    expect(facts.before).toMatchObject({ day: "2021-05-17", fills: 2 });
  });

  test("says so when nothing was traded before, and counts the bots that do not fit", () => {
    expect(dayFactsIn("UTC")(books({ dip: [] }), began("2021-05-20"), at("2021-05-20T00:05")).before).toBeNull();
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`bot${n}`, ["2021-05-17T10:00"]]));
    const { before } = dayFactsIn("UTC")(books(many), began("2021-05-20"), at("2021-05-20T00:05"));
    expect(before).toMatchObject({ fills: 160, botsLeftOut: 30 });
  });
});
