import { describe, expect, it } from "vitest";
import { digestView } from "../../src/chat/alerts-digest.ts";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { BotSpec } from "../../src/domain/bot.ts";
import { decimal } from "../../src/domain/money.ts";
import { NO_RESULT } from "../../src/domain/result.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { periodDigest } from "../../src/reports/period-digest.ts";

const BOT: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "u", account: "paper", mode: "paper", symbol: "BTC/USDT", timeframe: "1m" },
  ...{ strategy: "ema-cross", params: {}, sizing: { kind: "equity-percent", pct: 10 } },
  protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
};

/** An account with 1,000 USDT whose bot made this on these days at noon (UTC). */
function booksWith(made: Readonly<Record<string, number>>): AccountState {
  const state = emptyAccount();
  const append = (event: Parameters<typeof applyAccountEvent>[1]["event"]) =>
    applyAccountEvent(state, { sequence: state.sequence + 1, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event });
  append({
    type: "account-opened",
    account: "paper",
    owner: "u",
    mode: "paper",
    market: "m",
    balances: new Map([["USDT", decimal(1_000)]]),
  });
  append({ type: "bot-created", bot: BOT });
  const bot = state.bots.get("b1")!;
  for (const [day, amount] of Object.entries(made)) {
    const realized = decimal(amount);
    const [gains, losses] = amount > 0 ? [realized, NO_RESULT.losses] : [NO_RESULT.gains, realized.negated()];
    const counts = { fills: 2, closes: 1, wins: amount > 0 ? 1 : 0 };
    bot.results.set(Date.parse(`${day}T12:00:00Z`), { ...NO_RESULT, ...counts, realized, gains, losses, fees: decimal("0.5") });
  }
  return state;
}

const week = (books: readonly AccountState[], day = "2021-05-17", timeZone = "UTC") =>
  periodDigest(books, { period: "weekly", dayOf: () => day, timeZone, priceOf: () => undefined });

describe("the digest of a week", () => {
  const made = { "2021-05-10": 50, "2021-05-17": -20, "2021-05-19": 30, "2021-05-23": -4, "2021-05-24": 100 };

  it("counts the days of that week and no others, and tells its curve and three things worth knowing", () => {
    const digest = week([booksWith(made)]);
    expect([digest.name, digest.realized.toNumber(), digest.fills]).toEqual(["2021-W20", 6, 6]);
    expect(digest.notes).toEqual([
      "It fell 20.00 USDT below an earlier peak at most (1.90% of its peak).",
      "The best day was 2021-05-19 with +30.00 USDT, the worst 2021-05-17 with -20.00 USDT.",
      "1 of 3 closes won, 33%.",
    ]);
    expect(digest.picture?.alt).toContain("1,056.00");
    expect(digest.picture?.alt).not.toContain("1,156.00");
  });

  it("is shown with its name, its notes first, its picture and its bots", () => {
    const view = digestView(week([booksWith(made)]));
    expect([view.title, view.lines[0], view.picture?.svg.startsWith("<svg")]).toEqual([
      "Weekly digest 2021-W20",
      "It fell 20.00 USDT below an earlier peak at most (1.90% of its peak).",
      true,
    ]);
    expect(view.table?.rows).toEqual([["dip", "created", "+6.00", "0.00", "1.50", "6"]]);
  });

  it("counts local days: what a Monday in UTC is may be a Sunday elsewhere", () => {
    const books = emptyAccount();
    Object.assign(books, booksWith({}));
    books.bots.get("b1")!.results.set(Date.parse("2021-05-17T02:00:00Z"), { ...NO_RESULT, realized: decimal(7), fills: 1 });
    expect(week([books]).realized.toNumber()).toBe(7);
    expect(week([books], "2021-05-17", "America/New_York").realized.toNumber()).toBe(0);
    expect(week([books], "2021-05-10", "America/New_York").realized.toNumber()).toBe(7);
  });

  it("says where fees took much of what was gained, and where nothing was traded", () => {
    expect(week([booksWith({ "2021-05-18": 1 })]).notes).toEqual([
      "It never fell below an earlier peak.",
      "Fees of 0.50 USDT are 33% of what winning closes and fees come to together.",
      "All of it was made on one day, 2021-05-18.",
    ]);
    expect(week([booksWith({})])).toMatchObject({ notes: ["Nothing was traded."], fills: 0 });
    expect(week([booksWith({})]).picture).toBeUndefined();
  });
});
