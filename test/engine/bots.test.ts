import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { BOTS_PER_OWNER_MAX } from "../../src/engine/limits.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { type ArrayMarket, NOON, scripted } from "../kit/engine-market.ts";
import { by, type EngineRig, OWNER, openRig, recordedEvents, startBot, wishFor } from "../kit/engine-rig.ts";
import { mortalStore } from "../kit/engine-store.ts";

const BTC = "BTC/USDT";
const UP = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102];

describe("people's commands to bots", () => {
  it("give a name once on the desk, and free it when the bot is deleted", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }) });
    await rig.engine.createBot(wishFor({ name: "one" }), by("1"));
    await expect(rig.engine.createBot(wishFor({ name: "one" }), by("2", "telegram:9"))).rejects.toThrow(/name one is taken/);
    await rig.engine.deleteBot("one", by("3"));
    expect(rig.engine.bot("one")).toBeUndefined();
    await rig.engine.createBot(wishFor({ name: "one" }), by("4", "telegram:9"));
    expect(rig.engine.bot("one")?.state.spec.owner).toBe("telegram:9");
  });

  it("refuse to delete a bot that holds a position or has an order at work", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }, 60) });
    await startBot(rig, { name: "one" });
    await rig.move(2);
    expect(rig.books(OWNER).orders.size).toBe(1);
    await expect(rig.engine.deleteBot("one", by("d1"))).rejects.toThrow(/not settled/);
    await rig.move(2);
    await expect(rig.engine.deleteBot("one", by("d2"))).rejects.toThrow(/holds a position/);
    await rig.engine.stopBot("one", true, by("s"));
    await expect(rig.engine.startBot("one", by("s2"))).rejects.toThrow(/still closing/);
    await rig.move(6);
    expect(rig.engine.bot("one")?.state.status).toBe("stopped");
    await rig.engine.deleteBot("one", by("d3"));
    expect(rig.engine.bots()).toEqual([]);
  });

  it("refuse what cannot be, each in one sentence", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP, "ETH/BTC": UP }) });
    const refused = async (wish: Parameters<typeof wishFor>[0], sentence: RegExp) => {
      const making = rig.engine.createBot(wishFor(wish), by(`c-${wish.name}-${sentence}`));
      await expect(making).rejects.toThrow(sentence);
      await expect(making).rejects.toBeInstanceOf(UserError);
    };
    await refused({ name: "Bad Name" }, /lower-case letters/);
    await refused({ name: "a", symbol: "NOPE/USDT" }, /no symbol NOPE\/USDT.*BTC\/USDT/);
    await refused(
      { name: "a", symbol: "ETH/BTC" },
      /ETH\/BTC is paid in BTC, and bots of a paper account trade in its one currency, here USDT \(the first of PAPER_BALANCE/,
    );
    await refused({ name: "a", strategy: "magic" }, /no strategy named "magic"/);
    await refused({ name: "a", params: { fast: 9, slow: 3 } }, /fast must be shorter/);
    await refused({ name: "a", params: { fast: 2, slow: 5, wild: 1 } }, /wild/);
    await refused(
      { name: "a", protection: { stopPct: 0.01, takePct: undefined, trailingPct: undefined } },
      /Stop must be between 0.1% and 90%/,
    );
    await refused({ name: "a", protection: { stopPct: undefined, takePct: 1_001, trailingPct: undefined } }, /Take must be/);
    await refused({ name: "a", sizing: { kind: "equity-percent", pct: 101 } }, /Size must be above 0%/);
    await expect(rig.engine.startBot("ghost", by("s"))).rejects.toThrow(/no bot named ghost/);
    expect(rig.engine.bots()).toEqual([]);
  });

  it("stop at the most bots that one person may have", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: UP }) });
    for (let made = 0; made < BOTS_PER_OWNER_MAX; made += 1) await rig.engine.createBot(wishFor({ name: `b${made}` }), by(`c${made}`));
    await expect(rig.engine.createBot(wishFor({ name: "over" }), by("over"))).rejects.toThrow(/most are 500 a person/);
    await rig.engine.createBot(wishFor({ name: "other" }), by("o", "telegram:9"));
  });

  it("have their effect once, wherever the process dies in them", async () => {
    const commands: ((rig: EngineRig) => Promise<unknown>)[] = [
      (rig) => rig.engine.createBot(wishFor({ name: "one" }), by("create")),
      (rig) => rig.engine.startBot("one", by("start")),
      async (rig) => rig.engine.moveMarket({ forMs: NOON + 3 * MINUTE_MS - rig.engine.market().atMs }),
      (rig) => rig.engine.closePosition("one", by("close")),
      async (rig) => rig.engine.moveMarket({ forMs: NOON + 5 * MINUTE_MS - rig.engine.market().atMs }),
      (rig) => rig.engine.stopBot("one", true, by("stop")),
      (rig) => rig.engine.deleteBot("one", by("delete")),
    ];
    const market = scripted({ [BTC]: UP });
    for (let write = 1; write <= 30; write += 1) {
      for (const when of ["before", "after"] as const) {
        const types = await typesWith(market, commands, { write, when });
        const count = (type: string) => types.filter((each) => each === type).length;
        const counts = ["account-opened", "bot-created", "bot-started", "order-filled", "bot-stopped", "bot-deleted"].map(count);
        expect(counts, `dies ${when} write ${write}`).toEqual([1, 1, 1, 2, 1, 1]);
      }
    }
  });
});

describe("a start", () => {
  it("goes on where the market stood, with and without bots at work", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: UP });
    const first = await openRig({ market, store });
    await startBot(first, { name: "one" });
    await first.move(4);
    await first.engine.stopBot("one", true, by("stop"));
    await first.move(2);
    await first.stop("asked for");
    const second = await openRig({ market, store });
    expect(second.engine.market().atMs).toBe(NOON + 6 * MINUTE_MS);
    expect(second.desk.state.lastCrash).toBeUndefined();
    await second.engine.startBot("one", by("again"));
    await second.move(1);
    await second.stop("asked for");
    const third = await openRig({ market, store });
    expect(third.engine.market().atMs).toBe(NOON + 6 * MINUTE_MS);
    await third.move(1);
    expect((await third.eventsOf(OWNER, "order-filled")).length).toBe(2);
  });

  it("is safe after three crashes within ten minutes, and not after three in an hour", async () => {
    for (const [pauseMs, safe] of [
      [3 * MINUTE_MS, true],
      [20 * MINUTE_MS, false],
    ] as const) {
      const store = openMemoryStore();
      const market = scripted({ [BTC]: UP });
      const first = await openRig({ market, store, safeAfterCrashes: 3 });
      for (let crash = 0; crash < 2; crash += 1) {
        await first.clock.advance(pauseMs);
        const next = await openRig({ market, store, safeAfterCrashes: 3, clock: first.clock });
        expect(next.desk.halted()).toBeUndefined();
      }
      await first.clock.advance(pauseMs);
      const last = await openRig({ market, store, safeAfterCrashes: 3, clock: first.clock, crashCause: "out of memory" });
      expect(last.desk.halted() !== undefined).toBe(safe);
      if (safe) expect(last.desk.halted()).toBe("halted: started safe: out of memory");
      expect(last.desk.state.lastCrash?.cause).toBe("out of memory");
    }
  });
});

/** Runs the commands with one crash, repeating the one that it hit; answers with the types of all account events. */
async function typesWith(
  market: ArrayMarket,
  commands: readonly ((rig: EngineRig) => Promise<unknown>)[],
  point: { write: number; when: "before" | "after" },
): Promise<string[]> {
  const inner = openMemoryStore();
  let next = 0;
  for (const mortal of [mortalStore(inner, point), mortalStore(inner)]) {
    const rig = await Promise.race([openRig({ market, store: mortal.store }), mortal.died]);
    for (; rig && next < commands.length; next += 1) {
      const work = commands[next]!(rig).then(
        () => true,
        (failure: unknown) => {
          if (!(failure instanceof UserError)) throw failure;
          return true;
        },
      );
      work.catch(() => undefined);
      if ((await Promise.race([work, mortal.died])) !== true) break;
    }
  }
  expect(next).toBe(commands.length);
  return (await recordedEvents(inner, `account:paper:${OWNER}`)).map(({ event }) => event.type);
}
