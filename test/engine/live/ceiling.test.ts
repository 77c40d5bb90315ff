import { describe, expect, it } from "vitest";
import { emptyAccount, newBot } from "../../../src/domain/books.ts";
import { decimal } from "../../../src/domain/money.ts";
import { FLAT } from "../../../src/domain/position.ts";
import { Ceiling } from "../../../src/engine/live/ceiling.ts";
import { Counter } from "../../../src/risk/counter.ts";
import { OWNER, wishFor } from "../../kit/engine-rig.ts";
import { ratesOf } from "../../kit/rates.ts";

/** A live account in a currency, with a bot that holds one coin it paid so much for. */
function holding(currency: string, cost: number) {
  const state = { ...emptyAccount(), mode: "live" as const, currency };
  const spec = { ...wishFor({ name: "one" }), id: "b1", owner: OWNER, account: "a", mode: "live" as const, symbol: `BTC/${currency}` };
  state.bots.set("b1", { ...newBot(spec), position: { ...FLAT, quantity: decimal(1), cost: decimal(cost) } });
  return { state, priceOf: () => undefined };
}

function ceilingOver(prices: Readonly<Record<string, string>>) {
  const rates = ratesOf("USDT", prices);
  const live = () => [holding("USD", 30), holding("USDT", 20)];
  return { rates, ceiling: new Ceiling({ limit: { amount: decimal(100), currency: "USDT" }, lowered: () => undefined, live, rates }) };
}

describe("the ceiling over live accounts in different currencies", () => {
  it("counts each at its price, and leaves what is left in the currency that is asked for", () => {
    const { ceiling } = ceilingOver({ USD: "2" });
    expect(ceiling.facts()?.atRisk?.toFixed()).toBe("80");
    expect([ceiling.room("USDT").toFixed(), ceiling.room("USD").toFixed(), ceiling.exceeded]).toEqual(["20", "10", false]);
  });

  it("counts what is being written down in its own currency, too", async () => {
    const { ceiling } = ceilingOver({ USD: "2" });
    await ceiling.hold(decimal(4), "USD", async () => {
      expect(ceiling.room("USDT").toFixed()).toBe("12");
    });
    expect(ceiling.room("USDT").toFixed()).toBe("20");
  });

  it("leaves nothing while a price is missing, says which, and lets nothing be sent that is durable already", () => {
    const { ceiling, rates } = ceilingOver({});
    const counter = new Counter(rates, "live");
    expect([ceiling.room("USDT", counter).toFixed(), ceiling.exceeded, ceiling.facts()?.atRisk]).toEqual(["0", true, undefined]);
    expect(counter.missing).toBe("no price between USD and USDT is known");
  });
});
