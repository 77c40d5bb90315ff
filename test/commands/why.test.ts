import { beforeEach, expect, test } from "vitest";
import { marketMs } from "../../src/domain/time.ts";
import { ChatDesk, textOf } from "../chat/door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
  await desk.type('bot create name:dip symbol:btc timeframe:5m enter:"rsi(14) < 30" exit:"rsi(14) > 60"');
});

const slot = { slotMs: marketMs(Date.UTC(2021, 4, 19, 12, 5)), closedMs: marketMs(Date.UTC(2021, 4, 19, 12, 10)) };
const flat = { flat: true, long: false, entryPrice: undefined, barsHeld: 0, barsSinceEntry: 0, parts: [] };
const gates = [
  { name: "running", isOpen: true, says: "running" },
  { name: "halted", isOpen: false, says: "halted: news" },
];

test("a hold is explained by its rule, its terms and the gates that are closed", async () => {
  const terms = [{ side: "enter", text: "rsi(14) < 30", numbers: "45.2 and 30", holds: false } as const];
  desk.engine.trading.decisions.set("dip", {
    decision: {
      ...slot,
      signal: { kind: "hold" },
      values: { close: 1 },
      position: flat,
      outcome: undefined,
      explanation: { because: "enter is not true: rsi(14) 45.2 < 30", terms },
    },
    gates,
  });
  const view = await desk.type("bot why dip");
  expect(view.title).toBe("Why dip did nothing");
  expect(view.lines.slice(0, 3)).toEqual([
    "At the candle of 2021-05-19 12:05 UTC (market), every 5m: enter is not true: rsi(14) 45.2 < 30.",
    "It held nothing then.",
    "Closed now: halted.",
  ]);
  expect(view.table?.rows).toEqual([["enter", "rsi(14) < 30", "45.2 and 30", "no"]]);
  expect(textOf(view)).toContain("Gate running: open: running\nGate halted: CLOSED: halted: news");
});

test("a wish that was denied says by what", async () => {
  const signal = { kind: "enter", side: "long", reason: "fast average crossed above slow" } as const;
  const held = { flat: false, long: true, entryPrice: 40_000, barsHeld: 1, barsSinceEntry: 1, parts: [] };
  desk.engine.trading.decisions.set("dip", {
    decision: {
      ...slot,
      signal,
      values: { close: 40_000, fast: Number.NaN },
      position: held,
      outcome: "denied (cash): 1.00 USDT are free",
      explanation: undefined,
    },
    gates: [],
  });
  const text = textOf(await desk.type("bot why dip"));
  expect(text).toContain("Why dip wished to buy and was denied\n");
  expect(text).toContain("What became of it: denied (cash): 1.00 USDT are free.");
  expect(text).toContain("It held what it had bought at 40,000, for 1 closed candle, then.");
  expect(text).toContain("Saw: close 40,000, fast undefined");
});

test("a bot that has judged nothing says so, and one is asked about at a time", async () => {
  expect(textOf(await desk.type("bot why dip"))).toContain("It was never started.");
  await desk.type("bot start dip");
  expect(textOf(await desk.type("bot why dip"))).toContain("It has judged no candle since this process runs.");
  await desk.type("bot stop dip");
  expect(textOf(await desk.type("bot why dip"))).toContain("It is stopped, and what it judged last is not kept: `bot why dip at:TIME`");
  await desk.type('bot create name:dip2 symbol:eth timeframe:5m enter:"rsi(14) < 30" exit:"rsi(14) > 60"');
  expect((await desk.type("bot why all")).title).toBe("bot: all is 2 bots, and one is explained at a time; name one.");
});
