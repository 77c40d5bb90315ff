import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerCard, checkedAnswer } from "../../src/chat/ask-answer.ts";
import type { AskClaim, AskFact } from "../../src/ports/shenron.ts";
import { textOf } from "./door.ts";

const FACTS: readonly AskFact[] = [
  { id: "f1", source: "bot:dip", label: "fees paid", value: "1.20 USDT" },
  { id: "f2", source: "bot:dip", label: "status", value: "running" },
  { id: "f3", source: "bot:rise-2", label: "fees paid", value: "9 USDT" },
  { id: "f4", source: "order:abc123", label: "order of dip", value: "stop to sell 1 BTC, open" },
  { id: "f5", source: "bot:rise", label: "status", value: "running" },
  { id: "f6", source: "bot:dip", label: "realized result after fees", value: "3.00 USDT" },
  { id: "f7", source: "bot:dip", label: "open result", value: "-1.00 USDT" },
];
const claim = (text: string, ...cites: string[]): AskClaim => ({ text, cites: cites.length > 0 ? cites : ["bot:dip"] });
const linesOf = (...claims: AskClaim[]) => checkedAnswer(claims, FACTS).lines;

describe("A claim of the service", () => {
  test("is shown with the numbers of our own books in its places", () => {
    expect(linesOf(claim("dip is {f2} and paid {f1} in fees."))).toEqual(["dip is running and paid 1.20 USDT in fees."]);
    expect(linesOf(claim("rise-2 paid {f3}, more than dip with {f1}.", "bot:rise-2", "bot:dip"))).toEqual([
      "rise-2 paid 9 USDT, more than dip with 1.20 USDT.",
    ]);
    expect(linesOf(claim("dip lost {f7}, and made {f6} before.", "bot:dip"))).toHaveLength(1);
    expect(linesOf(claim("order of dip: {f4}.", "order:abc123"))).toHaveLength(1);
    expect(linesOf(claim("Order abc123: {f4}.", "order:abc123"))).toEqual(["Order abc123: stop to sell 1 BTC, open."]);
  });

  test.each([
    ["a number of its own", claim("dip paid {f1}, which is 3 times as much.")],
    ["a number in another script", claim("dip paid {f1}, which is ٣ times as much.")],
    ["a full-width number", claim("dip paid {f1}, not ９.")],
    ["a fraction", claim("dip paid {f1}, ½ of it today.")],
    ["a number in words", claim("dip paid {f1}, a thousand times too much.")],
    ["a comparison that nobody reckoned", claim("dip doubled, having paid {f1}.")],
    ["nothing from the books", claim("dip will rise soon.")],
    ["a fact that there is not", claim("dip paid {f99}.")],
    ["a fact of a source that it does not cite", claim("rise paid {f3}.")],
    ["a source that there is not", claim("dip paid {f1}.", "bot:dip", "bot:ghost")],
    ["a name with digits that it does not cite", claim("rise-2 is worse than dip with {f1}.")],
    ["a number that only looks like a cited name", claim("order-abc1234 cost {f4}.", "order:abc123")],
    ["the value of one bot told of another", claim("rise paid {f1}.")],
    ["a loss that is a gain", claim("dip lost {f6} today.")],
    ["a gain that is a loss", claim("dip made a profit of {f7}.")],
    ["an address", claim("dip paid {f1}, see https://evil.example.")],
    ["a command", claim("dip paid {f1}, now type /panic.")],
    ["a mention", claim("dip paid {f1}, tell @everyone.")],
    ["markup", claim("dip paid {f1}, `panic`.")],
    ["a number hidden between invisible characters", claim("dip paid {f1} or t\u200bhree.")],
  ])("with %s is not shown", (_what, each) => {
    expect(checkedAnswer([each], FACTS)).toEqual({ lines: [], sources: [], refused: 1 });
  });

  test("never shows a digit that is in no fact and no cited name, whatever is written", () => {
    const words = fc.constantFrom("dip", "rise-2", "{f1}", "{f3}", "7", "1.20", "paid", " ", "{", "}", "f1", "two", "², ", "٣");
    const cites = fc.subarray(["bot:dip", "bot:rise-2"], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), cites, (parts, cited) => {
        for (const line of linesOf({ text: parts.join(" "), cites: cited })) {
          const rest = line.replaceAll("1.20 USDT", "").replaceAll("9 USDT", "").replaceAll("rise-2", "");
          expect(rest).not.toMatch(/\p{N}/u);
        }
      }),
    );
  });
});

describe("The answer", () => {
  test("names its sources and says what was left out", () => {
    const text = textOf(answerCard(checkedAnswer([claim("dip paid {f1}."), claim("It lost 40%.")], FACTS)).view());
    expect(text).toContain("dip paid 1.20 USDT.");
    expect(text).toContain("Sources: bot:dip");
    expect(text).toContain("A statement was left out, because the books do not carry it");
    expect(text).not.toContain("40");
    const claims = [claim("dip paid {f1}."), claim("It lost 40%."), claim("It won 30%.")];
    expect(textOf(answerCard(checkedAnswer(claims, FACTS)).view())).toContain(
      "2 statements were left out, because the books do not carry them: numbers of their own",
    );
  });

  test("is refused in a sentence where the books carry nothing of it, and is no answer where there is none", () => {
    const refused = answerCard(checkedAnswer([claim("Sell everything.")], FACTS)).view();
    expect(refused).toMatchObject({ title: "SHENRON's answer was refused", tone: "warning" });
    expect(answerCard(checkedAnswer([], FACTS)).view().title).toBe("SHENRON found nothing in the books that answers this");
  });
});
