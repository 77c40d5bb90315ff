import { beforeEach, describe, expect, it } from "vitest";
import type { NewBot } from "../../src/ports/engine.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const UP_AND_DOWN = [100, 102, 102, 102, 102, 96, 96, 96, 96, 96];
const RULES = { strategy: "rules", params: {}, rules: { enter: "close > 101 and volume > 1", exit: "close < 100 or bars_held >= 40" } };

let rig: EngineRig;

const start = (wish: Partial<NewBot> = {}) => startBot(rig, { name: "dip", ...RULES, ...wish });
const decision = () => rig.engine.why("dip").decision;
const closed = () =>
  rig.engine
    .why("dip")
    .gates.filter(({ isOpen }) => !isOpen)
    .map(({ name, says }) => `${name}: ${says}`);

beforeEach(async () => {
  rig = await openRig({ market: scripted({ [BTC]: UP_AND_DOWN }) });
});

describe("why a bot did nothing", () => {
  it("names the terms that failed, and every term with its numbers", async () => {
    await start();
    await rig.move(1);
    expect(decision()).toMatchObject({
      signal: { kind: "hold" },
      outcome: undefined,
      position: { flat: true },
      explanation: {
        because: "enter is not true: close 100 > 101",
        terms: [
          { side: "enter", text: "close > 101", numbers: "100 and 101", holds: false },
          { side: "enter", text: "volume > 1", numbers: "1,000,000 and 1", holds: true },
          { side: "exit", text: "close < 100", numbers: "100 and 100", holds: false },
          { side: "exit", text: "bars_held >= 40", numbers: "undefined and 40", holds: undefined },
        ],
      },
    });
    expect(closed()).toEqual([]);
    expect(rig.engine.why("dip").gates.at(-1)).toEqual({
      name: "risk",
      isOpen: true,
      says: expect.stringMatching(/^an entry would be 2,000 USDT wished, at 100 = /),
    });
  });

  it("says that it saw too few candles", async () => {
    await start({
      rules: { enter: "close > sma(500)", exit: undefined },
      protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
    });
    await rig.move(1);
    expect(closed()).toEqual(["warm: some indicator has not seen enough candles"]);
  });

  it("says that the desk is halted, and that a stopped bot does not run", async () => {
    await start();
    await rig.move(1);
    await rig.engine.halt("news", undefined, by("h"));
    expect(closed()).toEqual([
      expect.stringMatching(/^halted: .*news/),
      expect.stringMatching(/^risk: an entry would be denied \(halted\): .*news/),
    ]);
    await rig.engine.resume(by("r"));
    await rig.engine.stopBot("dip", false, by("s"));
    expect(closed()).toEqual([expect.stringMatching(/^running: stopped/)]);
    expect(decision()).toBeUndefined();
  });

  it("tells what the risk door answered at that candle", async () => {
    await start();
    await rig.engine.halt("news", undefined, by("h"));
    await rig.move(2);
    expect(decision()).toMatchObject({
      signal: { kind: "enter", reason: "close 102 > 101 and volume 1,000,000 > 1" },
      outcome: expect.stringMatching(/^denied \(halted\): .*news/),
    });
  });
});

describe("why a bot acted", () => {
  it("shows the decision as it was made, not as its own order left it", async () => {
    await start();
    await rig.move(2);
    expect(decision()).toMatchObject({
      signal: { kind: "enter" },
      outcome: "acted on",
      position: { flat: true },
      explanation: { terms: [{}, {}, {}, { text: "bars_held >= 40", holds: undefined }] },
    });
    expect(closed()).toEqual(["order: its entry order is open"]);
    await rig.move(1);
    expect(decision()).toMatchObject({
      signal: { kind: "hold" },
      position: { entryPrice: 102 },
      explanation: { because: "exit is not true: close 102 < 100 or bars_held 1 >= 40" },
    });
  });

  it("works for rules with a name: it shows every term with the bot's own parameters", async () => {
    await startBot(rig, { name: "dip" });
    await rig.move(2);
    expect(decision()).toMatchObject({
      signal: { kind: "enter" },
      values: { close: 102, "ema(2)": expect.any(Number) },
      outcome: "acted on",
    });
    expect(decision()?.explanation?.terms.map(({ text }) => text)).toEqual(["ema(2) crosses above ema(5)", "ema(2) crosses below ema(5)"]);
  });
});
