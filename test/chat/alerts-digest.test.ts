import { expect, test } from "vitest";
import { digestView } from "../../src/chat/alerts-digest.ts";
import type { Mode } from "../../src/domain/bot.ts";
import type { Digest } from "../../src/domain/digest.ts";
import { decimal, ZERO } from "../../src/domain/money.ts";

const DAY = "2026-05-19";

function bot(name: string, mode: Mode, realized: string, symbol = "BTC/USDT") {
  const numbers = { realized: decimal(realized), unrealized: decimal("0.5"), fees: decimal("0.1"), fills: 2, positionQuantity: ZERO };
  return { name, mode, symbol, status: "running", ...numbers };
}

function total(mode: Mode, realized: string, currency = "USDT", day = DAY) {
  const numbers = { realized: decimal(realized), unrealized: decimal("0.5"), fees: decimal("0.1"), fills: 2, equity: decimal(100) };
  return { mode, currency, day, ...numbers };
}

function digest(totals: Digest["totals"], bots: Digest["bots"]): Digest {
  const first = totals?.[0] ?? total("paper", "0");
  return { ...first, equity: decimal(100), day: DAY, market: "simulated market", bots, ...(totals ? { totals } : {}) };
}

const fieldsOf = (view: ReturnType<typeof digestView>) => view.fields.map(({ name, value }) => `${name}: ${value}`);

test("a digest of a desk with paper only looks as it always did", () => {
  const one = digest([total("paper", "5")], [bot("dip", "paper", "6"), bot("rise", "paper", "-1")]);
  const { totals: _, ...old } = one;
  expect(digestView(one)).toEqual(digestView(old));
  expect(fieldsOf(digestView(one))).toEqual([
    "Realized: +5.00 USDT",
    "Unrealized now: +0.50 USDT",
    "Fees: 0.10 USDT",
    "Fills: 2",
    "Equity now: 100.00 USDT",
    "Best bot: dip +6.00 USDT",
    "Worst bot: rise -1.00 USDT",
  ]);
  expect(digestView(one).lines[0]).toBe("Market: simulated market.");
});

test("a digest of several modes says each apart, LIVE first, with the best and worst of each", () => {
  const totals = [total("live", "-2", "USDT", "2026-05-20"), total("demo", "1"), total("paper", "300")];
  const bots = [bot("a", "live", "-1"), bot("b", "live", "-1.5"), bot("c", "demo", "1"), bot("d", "paper", "300")];
  const view = digestView(digest(totals, bots));
  expect(fieldsOf(view)).toEqual([
    "LIVE (real money): 2026-05-20 so far, -2.00 USDT realized, +0.50 USDT unrealized now, 0.10 USDT fees, 2 fills, equity now 100.00 USDT",
    "Best LIVE bot: a (LIVE) -1.00 USDT",
    "Worst LIVE bot: b (LIVE) -1.50 USDT",
    "DEMO (test money): +1.00 USDT realized, +0.50 USDT unrealized now, 0.10 USDT fees, 2 fills, equity now 100.00 USDT",
    "Best DEMO bot: c (DEMO) +1.00 USDT",
    "Paper: +300.00 USDT realized, +0.50 USDT unrealized now, 0.10 USDT fees, 2 fills, equity now 100.00 USDT",
    "Best paper bot: d +300.00 USDT",
  ]);
  expect(view.lines[0]).toBe("Paper market: simulated market.");
  expect(view.tone).toBe("plain");
  expect(JSON.stringify(view)).not.toMatch(/299|298|301/);
});

test("a digest of real money alone says LIVE at its sums and nothing of paper prices", () => {
  const view = digestView(digest([total("live", "3")], [bot("a", "live", "3")]));
  expect(fieldsOf(view)).toContain("LIVE Realized: +3.00 USDT");
  expect(view.lines.join(" ")).not.toContain("simulated");
  expect(view.tone).toBe("good");
});

test("a digest of several currencies names each in its sums and in every cell", () => {
  const bots = [bot("a", "paper", "0.25", "ETH/BTC"), bot("b", "paper", "3")];
  const view = digestView(digest([total("paper", "0.25", "BTC"), total("paper", "3")], bots));
  expect(fieldsOf(view)[0]).toContain("Paper in BTC: +0.25 BTC realized");
  expect(view.table?.rows).toEqual([
    ["a", "running", "+0.25 BTC", "+0.50 BTC", "0.10 BTC", "2"],
    ["b", "running", "+3.00 USDT", "+0.50 USDT", "0.10 USDT", "2"],
  ]);
});
