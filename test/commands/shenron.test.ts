import { describe, expect, test } from "vitest";
import { TransientError } from "../../src/domain/errors.ts";
import type { AskClaim, AskFact, Shenron, ShenronStatus } from "../../src/ports/shenron.ts";
import { ADMIN, ChatDesk, textOf } from "../chat/door.ts";
import { canary } from "../kit/canary/canary.ts";

const WELL: ShenronStatus = {
  host: "127.0.0.1:8791",
  isReachable: true,
  lagEvents: 0,
  lastSuccessAgeMs: 12_000,
  trouble: undefined,
  retryInMs: undefined,
  reports: 3,
  items: 41,
};

const deskWith = (status: ShenronStatus) =>
  ChatDesk.open({ shenron: { status: () => status, report: () => Promise.resolve(status), ask: () => Promise.resolve([]) } });

test("without a service, people are told how to get one", async () => {
  const desk = await ChatDesk.open();
  const words = "No SHENRON service is set. Set SHENRON_URL and SHENRON_KEY in the desk's environment, and start it again.";
  for (const line of ["shenron status", "shenron report"]) expect(textOf(await desk.type(line))).toContain(words);
});

test("status says whether the service answers, what it has not been told, and since when", async () => {
  const view = await (await deskWith(WELL)).type("shenron status");
  expect(view).toMatchObject({ title: "SHENRON knows everything that happened", tone: "good" });
  expect(textOf(view)).toContain("Last report: 12 s ago");
  expect(textOf(view)).toContain("3 reports with 41 news");
});

test("what is wrong is said in words, with what it means for trading", async () => {
  const trouble = "SHENRON gave no answer: no connection (ECONNREFUSED)";
  const desk = await deskWith({ ...WELL, isReachable: false, lagEvents: 900, trouble, retryInMs: 64_000 });
  for (const line of ["shenron status", "shenron report"]) {
    const view = await desk.type(line);
    expect(view).toMatchObject({ title: "SHENRON cannot be told what happens", tone: "warning" });
    const text = textOf(view);
    expect(text).toContain(`${trouble}.`);
    expect(text).toContain("Not reported yet: 900 events of the books");
    expect(text).toContain("Next try: in 1 min");
    expect(text).toContain("Trading does not wait for it, and nothing is lost");
  }
});

describe("A question", () => {
  interface Asked {
    readonly question: string;
    readonly facts: readonly AskFact[];
  }

  async function asking(answer: (facts: readonly AskFact[]) => readonly AskClaim[] | Error) {
    const asked: Asked[] = [];
    const ask: Shenron["ask"] = async (question, facts) => {
      asked.push({ question, facts });
      const answered = answer(facts);
      if (answered instanceof Error) throw answered;
      return answered;
    };
    const desk = await ChatDesk.open({ shenron: { status: () => WELL, report: async () => WELL, ask } });
    for (const owner of ["discord:1", "discord:2"])
      await desk.type(`bot create name:dip${owner.slice(-1)} symbol:BTC/USDT strategy:ema-cross timeframe:1m start:yes`, ADMIN);
    return { desk, asked };
  }

  test("goes out with facts of what the asker may see and of nothing else, without people and keys", async () => {
    const { desk, asked } = await asking(() => []);
    await desk.grant("discord:9", "viewer", "bot:dip1");
    await desk.type('shenron ask "How is dip1?"', "discord:9");
    const [{ facts = [] } = {}] = asked;
    expect(new Set(facts.map(({ source }) => source))).toEqual(new Set(["bot:dip1"]));
    expect(JSON.stringify(facts)).not.toMatch(/discord|telegram|:1"/);
    expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
  });

  test("is answered with the numbers of the books", async () => {
    const { desk } = await asking((facts) => [
      { text: `dip1 is {${facts.find(({ source, label }) => source === "bot:dip1" && label === "status")?.id}}.`, cites: ["bot:dip1"] },
    ]);
    expect(textOf(await desk.type('shenron ask "How is dip1?"'))).toContain("dip1 is running.");
  });

  test("goes out with what each bot realized today, and only today", async () => {
    const { desk, asked } = await asking(() => []);
    desk.engine.fill("dip1", "buy", "0.1", "40000");
    desk.engine.fill("dip1", "sell", "0.1", "41000");
    const today = async () => {
      await desk.type('shenron ask "How did dip1 do today?"');
      return asked.at(-1)?.facts.find(({ source, label }) => source === "bot:dip1" && label === "realized result today after fees")?.value;
    };
    expect(await today()).toBe("91.9 USDT");
    desk.engine.marketAtMs += 2 * 86_400_000;
    expect(await today()).toBe("0 USDT");
  });

  test("that holds something like a key is not passed on", async () => {
    const { desk, asked } = await asking(() => []);
    const view = await desk.type(`shenron ask "is ${canary("other key")} good?"`);
    expect(textOf(view)).toContain("it was not passed on");
    expect(asked).toEqual([]);
  });

  test("that is not answered ends in one sentence", async () => {
    const { desk } = await asking(() => new TransientError("SHENRON gave no answer: the time of 60 s was up"));
    const view = await desk.type('shenron ask "How is dip1?"');
    expect(view).toMatchObject({ title: "SHENRON did not answer", tone: "bad" });
    expect(textOf(view)).toContain("the time of 60 s was up.");
  });
});
