import { describe, expect, it } from "vitest";
import { type AccountState, emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import { decimal } from "../../../src/domain/money.ts";
import { FLAT } from "../../../src/domain/position.ts";
import { Preparations } from "../../../src/engine/live/preparations.ts";
import { order, Rig, SYMBOL } from "../../venues/perpetual-rig.ts";

const LAG_MS = 15_000;
const SPEC: BotSpec = {
  ...{ id: "b1", name: "dip", group: undefined, owner: "terminal:local", account: "perps", mode: "live", symbol: SYMBOL },
  ...{ timeframe: "1m", strategy: "ema-cross", params: {}, sizing: { kind: "notional", notional: decimal(20) } },
  protection: { stopPct: 2, takePct: 4, trailingPct: undefined },
  leverage: 5,
};

function trading(spec = SPEC): AccountState {
  const state = { ...emptyAccount(), account: "perps", mode: "live" as const };
  state.bots.set(spec.id, { ...newBot(spec), status: "running" });
  return state;
}

function set(): { readonly rig: Rig; readonly preparations: Preparations } {
  const rig = new Rig();
  return { rig, preparations: new Preparations(() => rig.stage.nowMs) };
}

describe("the leverage of a perpetual contract", () => {
  it("is set before the first order, and nothing enters before it is known", async () => {
    const { rig, preparations } = set();
    expect(preparations.missing(SPEC)).toContain("it is not known yet that the leverage of BTC/USDT:USDT at the exchange is 5");
    await preparations.prepare(rig.venue, SYMBOL, 5);
    expect(rig.stage.account.leverage("BTC-USDT", "isolated")).toBe(5);
    expect(preparations.missing(SPEC)).toBeUndefined();
    expect(preparations.missing({ symbol: "BTC/USDT" })).toBeUndefined();
  });

  it("that a bot was made with is found again after a restart, by reading alone", async () => {
    const { rig, preparations } = set();
    rig.stage.account.setLeverage("BTC-USDT", "isolated", 5, rig.stage.nowMs);
    expect(await preparations.compare(rig.venue, trading())).toEqual([]);
    expect([preparations.missing(SPEC), rig.posts]).toEqual([undefined, []]);
  });

  it("that was changed at the exchange pauses the account, says both numbers and is not changed back", async () => {
    const { rig, preparations } = set();
    await preparations.prepare(rig.venue, SYMBOL, 5);
    rig.stage.pass(LAG_MS);
    await rig.venue.place(order());
    rig.stage.account.setLeverage("BTC-USDT", "isolated", 20, rig.stage.nowMs);
    expect(await preparations.compare(rig.venue, trading())).toMatchObject([
      { type: "account-paused", code: "mode", reason: "the leverage of BTC/USDT:USDT at the exchange is 20, and its bot was made for 5" },
    ]);
    expect(preparations.missing(SPEC)).toBeDefined();
    expect(rig.stage.account.leverage("BTC-USDT", "isolated")).toBe(20);
  });

  it("that was set a moment ago is not judged by a reading that may be older", async () => {
    const { rig, preparations } = set();
    rig.stage.pass(1_000);
    await preparations.prepare(rig.venue, SYMBOL, 5);
    rig.stage.account.setLeverage("BTC-USDT", "isolated", 3, rig.stage.nowMs);
    expect(await preparations.compare(rig.venue, trading())).toEqual([]);
    rig.stage.pass(LAG_MS);
    expect(await preparations.compare(rig.venue, trading())).toMatchObject([{ code: "mode" }]);
  });

  it("is not asked for where nothing trades a contract", async () => {
    const { rig, preparations } = set();
    expect(await preparations.compare(rig.venue, trading({ ...SPEC, symbol: "BTC/USDT" }))).toEqual([]);
    expect(rig.wire.sent).toEqual([]);
  });
});

describe("a position at the exchange that no bot has opened", () => {
  async function deniedWith(held: string | undefined, own = "0"): Promise<string | undefined> {
    const { rig, preparations } = set();
    await preparations.prepare(rig.venue, SYMBOL, 5);
    const state = trading();
    state.bots.get(SPEC.id)!.position = { ...FLAT, quantity: decimal(own), cost: decimal(own).times(60_000) };
    const terms = { entryPrice: decimal(60_000), liquidationPrice: undefined, leverage: 5, marginMode: "isolated" } as const;
    preparations.noteHeld(held === undefined ? [] : [{ symbol: SYMBOL, quantity: decimal(held), ...terms }], state);
    return preparations.missing(SPEC);
  }

  it("denies an entry in its contract, in one sentence, because both would be one", async () => {
    expect(await deniedWith("-0.02")).toBe(
      "the exchange holds -0.02 BTC in BTC/USDT:USDT that no bot of this account has opened, and an entry would become one position with it: close it there first",
    );
    expect(await deniedWith("0.03", "0.01")).toContain("holds 0.02 BTC");
    expect(await deniedWith("-0.01", "0.01")).toContain("holds -0.02 BTC");
  });

  it("is neither the bot's own, nor what a part of it was closed of, nor one that is closed", async () => {
    expect([await deniedWith(undefined), await deniedWith("0.01", "0.01"), await deniedWith("0.008", "0.01")]).toEqual(
      Array(3).fill(undefined),
    );
  });
});
