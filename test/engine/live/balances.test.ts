import { describe, expect, it } from "vitest";
import { emptyAccount, newBot } from "../../../src/domain/books.ts";
import type { BotSpec } from "../../../src/domain/bot.ts";
import { decimal } from "../../../src/domain/money.ts";
import { FLAT } from "../../../src/domain/position.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { Balances } from "../../../src/engine/live/balances.ts";
import type { VenuePosition } from "../../../src/ports/live-venue.ts";

const SYMBOL = "SOL/USDT:USDT";
const SPEC: BotSpec = {
  ...({
    id: "b1",
    name: "dip",
    owner: "discord:1",
    account: "swap",
    mode: "live",
    group: undefined,
    symbol: SYMBOL,
    timeframe: "1m",
  } as const),
  ...({
    strategy: "ema-cross",
    params: {},
    sizing: { kind: "notional", notional: decimal(100) },
    protection: { stopPct: 1, takePct: undefined, trailingPct: undefined },
  } as const),
};
const HELD: VenuePosition = {
  ...{
    symbol: SYMBOL,
    quantity: decimal("4.24"),
    entryPrice: decimal(141),
    liquidationPrice: undefined,
    leverage: 1,
    marginMode: "isolated",
  },
};
const OPENED_MS = 1_000;
const ROUND_MS = 20_000;

/** What an exchange that lists no position any more leads to, round by round; by the seconds at which claims were reduced. */
function reducedAfterS(
  rounds: number,
  strangersMs: number | undefined,
  listed: ReadonlySet<number> = new Set(),
  unreadable: ReadonlySet<number> = new Set(),
): number[] {
  const state = emptyAccount();
  const bot = newBot(SPEC);
  bot.position = { ...FLAT, quantity: decimal("4.24"), cost: decimal(600), openedMs: marketMs(OPENED_MS) };
  state.bots.set(SPEC.id, bot);
  const balances = new Balances(state);
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const positions = { held: listed.has(round) ? [HELD] : [], unreadable: new Set(unreadable.has(round) ? [SYMBOL] : []) };
    const reading = { balances: new Map(), positions, nowMs: round * ROUND_MS, priceOf: () => undefined, strangersMs: () => strangersMs };
    if (balances.compare(reading).some(({ type }) => type === "claim-reduced")) found.push((round * ROUND_MS) / 1_000);
  }
  return found;
}

describe("a contract that the exchange lists no more", () => {
  it("is given up after three readings when a fill of somebody else explains it", () => {
    expect(reducedAfterS(3, OPENED_MS + 500)).toEqual([40]);
  });

  it("is held on to while lists may only be empty, for no fill explains it (F34)", () => {
    expect(reducedAfterS(9, undefined)).toEqual([]);
    expect(reducedAfterS(10, undefined)).toEqual([180]);
    expect(reducedAfterS(9, OPENED_MS - 1)).toEqual([]);
  });

  it("is held on to while a position is open there that cannot be read, and is not counted as missing meanwhile", () => {
    expect(reducedAfterS(20, OPENED_MS + 500, new Set(), new Set(Array.from({ length: 20 }, (_, round) => round)))).toEqual([]);
    expect(reducedAfterS(6, OPENED_MS + 500, new Set(), new Set([0, 1]))).toEqual([80]);
  });

  it("is counted anew when one list shows it", () => {
    expect(reducedAfterS(14, undefined, new Set([5]))).toEqual([]);
    expect(reducedAfterS(16, undefined, new Set([5]))).toEqual([300]);
  });
});

describe("bots that claim more than the books know to be there", () => {
  it("give it up after three readings, though books and exchange agree on the balance", () => {
    const state = emptyAccount();
    const bot = newBot({ ...SPEC, symbol: "SOL/USDT" });
    bot.position = { ...FLAT, quantity: decimal("4.24"), cost: decimal(600), openedMs: marketMs(OPENED_MS) };
    state.bots.set(SPEC.id, bot);
    state.balances.set("SOL", decimal("4.23"));
    const balances = new Balances(state);
    const held = new Map([["SOL", { free: decimal("4.23"), locked: decimal(0) }]]);
    const rounds = [0, 1, 2].map((round) =>
      balances.compare({
        ...{ balances: held, positions: { held: [], unreadable: new Set() }, nowMs: round * ROUND_MS },
        ...{ priceOf: () => undefined, strangersMs: () => undefined },
      }),
    );
    expect(rounds.map((events) => events.map((event) => (event.type === "claim-reduced" ? event.quantity.toFixed() : event.type)))).toEqual(
      [[], [], ["0.01"]],
    );
  });
});
