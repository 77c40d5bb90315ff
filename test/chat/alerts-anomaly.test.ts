import { expect, test } from "vitest";
import { alertOf } from "../../src/chat/alerts.ts";
import { ANOMALY_SERIES, type SeenAnomaly } from "../../src/domain/anomaly.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";

const NOW = marketMs(Date.UTC(2022, 6, 1, 12, 59));
const SYMBOL = { kind: "symbol", symbol: "BTC/USDT", market: "m" } as const;
const JUMP: SeenAnomaly = {
  ...{ series: "price", subject: SYMBOL, value: -1.4234, usual: 0.0012, spread: 0.021, limit: 0.5, samples: 1_440 },
  ...{ marketMs: NOW, isTold: true, heldBack: 0 },
};

function alert(anomaly: SeenAnomaly) {
  const names = (botId: string) => (botId === "b1" ? { name: "dip", symbol: "BTC/USDT" } : undefined);
  const recorded = { sequence: 1, wallMs: wallMs(0), marketMs: NOW, requestId: undefined };
  return alertOf("desk", { ...recorded, event: { type: "anomaly-seen", anomaly } }, names, () => undefined);
}

test("an anomaly is told with its numbers, and is never critical", () => {
  const told = alert(JUMP);
  expect(told).toMatchObject({ kind: "system", critical: false });
  expect(told?.view).toMatchObject({
    title: "BTC/USDT moved -1.42% within a minute",
    tone: "warning",
    lines: [
      "Usual is 0.00% (median of the last 1,440 minutes), give or take 0.02% (median deviation); from 0.50% away on it is unusual.",
      "Nothing was done about it. `stats anomalies` lists what was seen lately.",
      "2022-07-01 12:59 UTC",
    ],
  });
});

test("what was told a moment before of another symbol is written down and not told", () => {
  expect(alert({ ...JUMP, isTold: false })).toBeUndefined();
});

test("of a bot it belongs to that bot, and of an account it names it", () => {
  expect(alert({ ...JUMP, series: "orders", subject: { kind: "bot", botId: "b1" }, value: 31 })).toMatchObject({
    botId: "b1",
    view: { title: "dip made 31 orders within an hour" },
  });
  const fills = alert({ ...JUMP, series: "fills", subject: { kind: "account", account: "paper:discord:1" }, value: 40, heldBack: 3 });
  expect(fills?.view.title).toBe("The paper account of discord:1 has 40 fills within an hour");
  expect(fills?.view.lines).toContain("3 more before it were too many for their hour and are not listed.");
});

test("a volume is told as so many times the usual, not as a logarithm", () => {
  const told = alert({ ...JUMP, series: "volume", value: 20, usual: 15, spread: 0.8, limit: 4.8 });
  expect(told?.view.title).toBe("BTC/USDT was traded 148 times as much as in a usual minute");
  expect(told?.view.lines[0]).toBe("Half of the last 1,440 minutes lie within 1.7-fold of their median; 121.5-fold is unusual.");
});

test.each(ANOMALY_SERIES)("%s has words in which no number is missing", (series) => {
  const { title, lines = [] } = alert({ ...JUMP, series })?.view ?? {};
  expect([title, ...lines].join(" ")).not.toMatch(/NaN|undefined|Infinity/);
});
