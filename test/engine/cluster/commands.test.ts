import { describe, expect, it } from "vitest";
import { TransientError } from "../../../src/domain/errors.ts";
import type { AccountEvent } from "../../../src/domain/events.ts";
import { plain } from "../../../src/domain/money.ts";
import { decodeAnswer } from "../../../src/engine/cluster/answers.ts";
import type { Ask } from "../../../src/ports/asks.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { desk, fatalOf, running } from "../../kit/cluster-desk.ts";
import { BTC, type ClusterRig, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, recordedEvents, wishFor } from "../../kit/engine-rig.ts";

describe("what is asked for at a gateway", () => {
  it("is done in the engine that has the account, and seen at the gateway when it is answered", async () => {
    const { rig, front } = await desk();
    const made = await rig.during(front.createBot(wishFor({ name: "one" }), by("c1")));
    expect(made.state.status).toBe("created");
    expect(await rig.holderOf(streamOf(OWNER))).toMatch(/^engine-/);
    await rig.during(front.startBot("one", by("s1")));
    expect(front.bot("one")?.state.status).toBe("running");
    await rig.beat(3 * MINUTE_S);
    expect(plain(front.bot("one")!.state.position.quantity)).not.toBe("0");
    const look = await rig.during(Promise.resolve(front.look("one")));
    expect(look.bot.lastDecision?.text).toMatch(/hold|enter/);
    expect(front.accountOf(OWNER)?.equity).toBeDefined();
    expect(fatalOf(rig)).toEqual([]);
  });

  it("is refused in the engine's words, and has changed nothing then", async () => {
    const { rig, front } = await desk();
    await running(rig, "one");
    await expect(rig.during(front.startBot("one", by("again")))).rejects.toThrow("one runs already.");
    await expect(rig.during(front.createBot(wishFor({ name: "one" }), by("c2")))).rejects.toThrow(
      "The name one is taken. Choose another one.",
    );
    await expect(rig.during(front.createBot(wishFor({ name: "two", symbol: "XXX/USDT" }), by("c3")))).rejects.toThrow(/XXX\/USDT/);
    await expect(rig.during(front.startBot("none", by("s9")))).rejects.toThrow("There is no bot named none.");
    expect(front.bots().map(({ state }) => state.spec.name)).toEqual(["one"]);
  });

  it("has its effect once when the same request comes twice", async () => {
    const { rig, front } = await desk();
    const create = () => front.createBot(wishFor({ name: "one" }), by("c1"));
    await rig.during(create());
    await rig.during(create());
    expect((await rig.events()).filter(({ type }) => type === "bot-created")).toHaveLength(1);
  });

  it("is tried again when the same request comes again after something was away", async () => {
    const { rig, front } = await desk(1);
    await rig.during(front.createBot(wishFor({ name: "one" }), by("c1")));
    const start = () => rig.during(front.startBot("one", by("s1")));
    for (const { market } of rig.processes) market.down = true;
    await expect(start()).rejects.toThrow(TransientError);
    await expect(start()).rejects.toThrow("the exchange does not answer");
    for (const { market } of rig.processes) market.down = false;
    await start();
    await start();
    expect(front.bot("one")?.state.status).toBe("running");
    expect((await rig.events()).filter(({ type }) => type === "bot-started")).toHaveLength(1);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("is shown from its books when nobody can tell more of it, and a question of it says that nobody can", async () => {
    const { rig, front } = await desk(1);
    await running(rig, "one");
    rig.processes[1]?.kill();
    const look = await rig.during(Promise.resolve(front.look("one")), 60);
    expect([look.bot.state.status, look.bot.lastDecision, look.entryNow]).toEqual(["running", undefined, undefined]);
    await expect(rig.during(Promise.resolve(front.why("one")), 60)).rejects.toThrow(/No process .* now, so nobody can say that/);
    await expect(rig.during(Promise.resolve(front.look("none")), 60)).rejects.toThrow("There is no bot named none.");
  });

  it("is asked anew when the same request comes again after nobody had the account", async () => {
    const { rig, front } = await desk(1);
    await rig.during(front.createBot(wishFor({ name: "one" }), by("c1")));
    rig.processes[1]?.kill();
    const start = () => rig.during(front.startBot("one", by("s1")), 60);
    await expect(start()).rejects.toThrow(/nothing was done/);
    await rig.start("engine");
    await rig.beat(30);
    await start();
    expect(front.bot("one")?.state.status).toBe("running");
    expect((await rig.events()).filter(({ type }) => type === "bot-started")).toHaveLength(1);
  });

  it("goes to another account's process with what only the bot's own process knows of its size", async () => {
    const { rig, gateway, front } = await desk();
    const sizing = { kind: "volatility-percent", pct: 1 } as const;
    await rig.during(front.createBot(wishFor({ name: "one", sizing }), by("c1")));
    await rig.during(front.startBot("one", by("s1")));
    await rig.during(front.createBot(wishFor({ name: "two" }), by("c2", "other")));
    await rig.beat(2 * MINUTE_S);
    const asked: Ask[] = [];
    const book = gateway.process.store.asks;
    const ask = book.ask.bind(book);
    book.ask = async (each) => {
      asked.push(each);
      await ask(each);
    };
    await expect(rig.during(Promise.resolve(front.promotion("one", "paper:other", undefined)))).rejects.toThrow(
      /no account named paper:other at/,
    );
    const { call, args } = decodeAnswer(asked.at(-1)?.body ?? "") as { call: string; args: readonly unknown[] };
    expect(front.bot("one")?.atrPct).toBeUndefined();
    expect([call, args[3]]).toEqual(["promotion", { atrPct: expect.any(Number) }]);
  });

  it("finds a bot that another account's process knows of, however old its own view of that account is", async () => {
    const { rig, gateway, front } = await desk();
    await rig.during(front.createBot(wishFor({ name: "one" }), by("c1")));
    await rig.during(front.createBot(wishFor({ name: "two" }), by("c2", "other")));
    const holder = await rig.holderOf(streamOf("other"));
    expect(holder).not.toBe(await rig.holderOf(streamOf(OWNER)));
    const { store } = rig.processes.find(({ name }) => name === holder)!.process;
    const { asks } = gateway.process.store;
    const [news, ask] = [store.news.bind(store), asks.ask.bind(asks)];
    let hasAsked = false;
    store.news = (...about) => (hasAsked ? news(...about) : Promise.reject(new StoreUnavailable("no primary")));
    await rig.during(front.createBot(wishFor({ name: "new" }), by("c3")));
    asks.ask = (each) => {
      hasAsked = true;
      return ask(each);
    };
    await expect(rig.during(Promise.resolve(front.promotion("new", "paper:other", undefined)))).rejects.toThrow(
      /no account named paper:other at/,
    );
  });

  it("gives bots of two engines different numbers and a wished name once, also at the same moment", async () => {
    const { rig, front } = await desk();
    await running(rig, "first", "discord:1");
    await running(rig, "second", "discord:2");
    expect(await rig.holderOf(streamOf("discord:1"))).not.toBe(await rig.holderOf(streamOf("discord:2")));
    const made = await rig.during(
      Promise.allSettled([
        front.createBot(wishFor({ name: "same" }), by("a", "discord:1")),
        front.createBot(wishFor({ name: "same" }), by("b", "discord:2")),
        front.createBot(wishFor({ name: "left" }), by("c", "discord:1")),
        front.createBot(wishFor({ name: "right" }), by("d", "discord:2")),
      ]),
    );
    expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    const ids = front.bots().map(({ state }) => state.spec.id);
    expect(new Set(ids).size).toBe(5);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("is taken back when no engine is there, and stands where it lowers risk", async () => {
    const { rig, front } = await desk(1);
    await running(rig, "one");
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    rig.processes[1]!.kill();
    await rig.beat(1);
    await expect(rig.during(front.createBot(wishFor({ name: "two" }), by("c2")))).rejects.toThrow(/nothing was done/);
    await expect(rig.during(front.stopBot("one", true, by("stop")))).rejects.toThrow(/It is written down and done as soon as one has it/);
    await rig.start("engine");
    await rig.beat(40);
    expect(front.bot("one")?.state.status).toBe("stopped");
    expect(plain(front.bot("one")!.state.position.quantity)).toBe("0");
    expect(front.bot("two")).toBeUndefined();
    expect((await rig.events()).filter(({ type }) => type === "bot-created")).toHaveLength(1);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("is done once when its engine dies before it has answered", async () => {
    const { rig, front } = await desk(2);
    await running(rig, "one");
    const holder = await rig.holderOf(streamOf(OWNER));
    const first = rig.processes.find(({ name }) => name === holder)!;
    const asked = front.createBot(wishFor({ name: "two" }), by("c2"));
    asked.catch(() => undefined);
    await rig.clock.advance(100);
    first.kill();
    await rig.during(asked, 60).catch(() => undefined);
    await rig.beat(40);
    const names = (await rig.events()).flatMap((event) => (event.type === "bot-created" ? [event.bot.name] : []));
    expect(names.filter((name) => name === "two").length).toBeLessThanOrEqual(1);
    expect(
      front
        .bots()
        .map(({ state }) => state.spec.name)
        .sort(),
    ).toEqual(names.sort());
    expect(fatalOf(rig)).toEqual([]);
  });
});

describe("what the whole desk decides", () => {
  it("reaches every engine: a panic sells what is held in each", async () => {
    const { rig, front } = await desk(2);
    await running(rig, "first", "discord:1");
    await running(rig, "second", "discord:2");
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    const { closing } = await rig.during(front.panic("test", by("p1")));
    expect(closing).toHaveLength(2);
    await rig.beat(5);
    for (const name of ["first", "second"]) expect(plain(front.bot(name)!.state.position.quantity)).toBe("0");
    expect(fatalOf(rig)).toEqual([]);
  });

  it("lets nothing enter after a halt was answered, whatever an engine has read by then", async () => {
    const { rig, front } = await desk(2, [...Array<number>(3).fill(100), ...Array<number>(10).fill(102)]);
    await running(rig, "one");
    await rig.beat(MINUTE_S);
    await rig.during(front.halt("news", undefined, by("h1")));
    await rig.beat(6 * MINUTE_S);
    expect((await rig.events()).filter(({ type }) => type === "intent")).toEqual([]);
    expect((await rig.events()).some((event) => event.type === "wish-denied" && event.code === "halted")).toBe(true);
  });

  it("is not known to an engine that cannot read it, and then nothing enters there", async () => {
    const { rig, front } = await desk(1, [...Array<number>(3).fill(100), ...Array<number>(10).fill(102)]);
    await running(rig, "one");
    await rig.beat(MINUTE_S);
    const { store } = rig.processes[1]!.process;
    const read = store.read.bind(store);
    const away = new StoreUnavailable("the desk's stream cannot be read");
    Object.assign(store, {
      read: (stream: string, ...rest: [number, number]) => (stream === "desk" ? Promise.reject(away) : read(stream, ...rest)),
      news: () => Promise.reject(away),
    });
    await rig.beat(6 * MINUTE_S);
    const events = await rig.events();
    expect(events.filter(({ type }) => type === "intent")).toEqual([]);
    expect(events.some((event) => event.type === "wish-denied" && event.code === "halted")).toBe(true);
    const { gates } = await rig.during(Promise.resolve(front.why("one")));
    expect(JSON.stringify(gates)).toMatch(/the desk's own decisions could not be read for .*, and a halt may be among them/);
  });
});

describe("a panic", () => {
  it("is answered when no engine lets anything enter any more, also one that has not read of it", async () => {
    const entersMs = await firstEntryMs();
    const { rig, front } = await enteringDesk();
    while (rig.clock.wall() < entersMs - 1_000) await rig.beat(1);
    const { store } = rig.processes[1]!.process;
    const read = store.read.bind(store);
    const away = new StoreUnavailable("the desk's stream cannot be read");
    Object.assign(store, {
      read: (stream: string, ...rest: [number, number]) => (stream === "desk" ? Promise.reject(away) : read(stream, ...rest)),
    });
    const answered = front.panic("enough", by("p1")).then(() => rig.clock.wall());
    await rig.beat(2 * MINUTE_S);
    expect(Math.max(0, ...(await entries(rig)))).toBeLessThanOrEqual(await answered);
  });

  async function enteringDesk() {
    const made = await desk(1);
    await running(made.rig, "one");
    made.rig.shown.set(BTC, 102);
    return made;
  }

  async function entries(rig: ClusterRig): Promise<number[]> {
    const recorded = await recordedEvents<AccountEvent>(rig.processes[0]!.process.store, streamOf(OWNER));
    return recorded.flatMap(({ event, wallMs }) => (event.type === "intent" && event.intent.purpose === "entry" ? [wallMs] : []));
  }

  /** When the bot enters where nobody panics. */
  async function firstEntryMs(): Promise<number> {
    const { rig } = await enteringDesk();
    await rig.beat(3 * MINUTE_S);
    return (await entries(rig))[0] ?? 0;
  }
});
