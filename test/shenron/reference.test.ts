import { describe, expect, test } from "vitest";
import { ruleAnalyst } from "../../shenron/analyst.ts";
import { Journal } from "../../shenron/journal.ts";
import { checkedAnswer } from "../../src/chat/ask-answer.ts";
import { answer, type Report, type ReportItem, recommendationAnswer, type Subject } from "../../src/shenron/contract.ts";

const common = { marketMs: 1, wallMs: 1_000 };
const incident = (n: number, wallMs = 1_000): ReportItem => ({
  kind: "incident",
  ...common,
  id: `i-${n}`,
  wallMs,
  what: "breaker-tripped",
});
const reportOf = (...items: ReportItem[]): Report => ({ version: 1, desk: "0".repeat(16), sentMs: 1, health: HEALTH, items });
const HEALTH = {
  uptimeMs: 1,
  beatAgeMs: null,
  storeAgeMs: null,
  watchAgeMs: null,
  residentBytes: 1,
  bots: {},
  unknownOrders: 0,
  problems: 0,
  halted: false,
  lagEvents: 0,
};

describe("The journal of the reference service", () => {
  test("takes each item once, in whatever report it comes again, and forgets the oldest of very many", () => {
    const journal = new Journal();
    expect(journal.take(reportOf(incident(1), incident(2)))).toEqual({ accepted: 2, duplicates: 0 });
    expect(journal.take(reportOf(incident(2), incident(3)))).toEqual({ accepted: 1, duplicates: 1 });
    for (let n = 0; n < 1_000; n++) journal.take(reportOf(...Array.from({ length: 101 }, (_, each) => incident(1_000 + n * 101 + each))));
    expect(journal.take(reportOf(incident(1)))).toEqual({ accepted: 1, duplicates: 0 });
  });

  test("knows what went wrong lately", () => {
    const journal = new Journal();
    journal.take(reportOf(incident(1, 1_000)));
    expect(journal.troubles(999)).toEqual(["breaker-tripped"]);
    expect(journal.troubles(1_001)).toEqual([]);
  });
});

describe("The analyst by rules", () => {
  const subject = (score: number): Subject => ({ symbol: "BTC/USDT", marketMs: 1, price: "100", score, figures: { RSI: 28, Trend: 1.5 } });
  const opinionOn = async (score: number, troubles: readonly string[] = []) => {
    const asked = { version: 1, desk: "0".repeat(16), subjects: [subject(score)] } as const;
    const [opinion] = recommendationAnswer.parse(
      await ruleAnalyst.recommend({ ...asked, subjects: [...asked.subjects] }, troubles, 1_000),
    ).recommendations;
    return opinion!;
  };

  test("says what the figures say, never surer than they are, for a quarter of an hour", async () => {
    expect(await opinionOn(0.6)).toMatchObject({ symbol: "BTC/USDT", action: "buy", confidence: 0.6, validUntilMs: 901_000 });
    expect(await opinionOn(-1)).toMatchObject({ action: "sell", confidence: 0.9 });
    expect(await opinionOn(0.1)).toMatchObject({ action: "hold" });
    expect((await opinionOn(0.6)).reasons).toEqual(["The score of the desk's own figures is 0.60, from RSI, Trend."]);
  });

  test("is less sure of buying while the desk is in trouble, and as sure of selling", async () => {
    expect((await opinionOn(0.8, ["watch-blind"])).confidence).toBeCloseTo(0.4);
    expect((await opinionOn(-0.8, ["watch-blind"])).confidence).toBeCloseTo(0.8);
  });

  test("answers from the facts that share words with the question, and states no number of its own", async () => {
    const facts = [
      { id: "f1", source: "bot:dip", label: "fees today", value: "1.20 USDT" },
      { id: "f2", source: "bot:rise", label: "result today", value: "-3 USDT" },
    ];
    const answered = answer.parse(
      await ruleAnalyst.answer({ version: 1, desk: "0".repeat(16), question: "What did dip pay in fees?", facts }),
    );
    expect(answered.sentences[0]).toEqual({ text: "fees today of dip: {f1}.", cites: ["bot:dip"] });
    expect(JSON.stringify(answered)).not.toContain("1.20");
  });

  describe("asked about a bot", () => {
    const FACTS = [
      ["bot:a", "status", "running"],
      ["bot:a", "mode", "paper"],
      ["bot:a", "realized result today after fees", "-1 USDT"],
      ["bot:a", "realized result after fees", "5 USDT"],
      ["bot:a", "open result", "2 USDT"],
      ["order:ss12", "order of a", "stop to sell 1 BTC, open"],
      ["decision:a@1736000000000", "last decision of a", "entry at 2025-01-04 06:43 UTC"],
      ["bot:dip-2", "realized result today after fees", "3 USDT"],
      ["account:paper", "equity", "100 USDT"],
      ["account:paper", "result of the account today", "7 USDT"],
    ].map(([source = "", label = "", value = ""], index) => ({ id: `f${index + 1}`, source, label, value }));
    const saidOf = async (question: string) => {
      const { sentences } = await ruleAnalyst.answer({ version: 1, desk: "0".repeat(16), question, facts: FACTS });
      return checkedAnswer(sentences, FACTS);
    };

    test("speaks of it however short its name is, of its day first, and not of the account", async () => {
      expect((await saidOf("How did a do today?")).lines).toEqual([
        "realized result today after fees of a: -1 USDT.",
        "open result of a: 2 USDT.",
      ]);
      expect((await saidOf("How did Dip-2 do today?")).lines).toEqual(["realized result today after fees of dip-2: 3 USDT."]);
    });

    test("tells all of it where nothing else is asked for, and every statement stands up to the books", async () => {
      const { lines, refused } = await saidOf("How is a?");
      expect(refused).toBe(0);
      expect(lines).toHaveLength(7);
      expect(lines).toContain("last decision of a: entry at 2025-01-04 06:43 UTC.");
    });

    test("speaks of the account first where none is named", async () => {
      expect((await saidOf("How much did I make today?")).lines[0]).toBe("result of the account today of paper: 7 USDT.");
    });
  });
});
