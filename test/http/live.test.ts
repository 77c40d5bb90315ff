import { beforeEach, describe, expect, test } from "vitest";
import type { Bearer } from "../../src/http/api/bearer.ts";
import { CONNECTIONS_MAX, CONNECTIONS_PER_TOKEN, PINGS_A_MINUTE } from "../../src/http/api/live/limits.ts";
import { fillOf } from "../chat/delivery.rig.ts";
import { LiveRig, type Program } from "./live/rig.ts";

const GATHER_MS = 500;

let rig: LiveRig;
let bearer: Bearer;

beforeEach(async () => {
  rig = await LiveRig.open();
  bearer = await rig.bearer("ci");
});

const sequences = (program: Program, stream: string) =>
  program.events.filter((each) => each.stream === stream).map((each) => each.sequence);

describe("a program", () => {
  test("is told what happens in one message for each event, by the topics that it asked for", async () => {
    const all = await rig.subscribed(bearer, { topics: ["fills", "bots", "alerts"] });
    const fills = await rig.subscribed(bearer, { topics: ["fills"] });
    expect(all.got).toEqual([{ type: "subscribed", topics: ["fills", "bots", "alerts"], cursors: { desk: 1, [rig.stream]: 1 } }]);
    rig.streams.append(rig.stream, { type: "bot-started", botId: "b1" }, fillOf("b1", 3, "stop"));
    rig.streams.append("desk", { type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false });
    await rig.pass(GATHER_MS);
    expect(all.events.map(({ stream, sequence }) => `${stream} ${sequence}`)).toEqual(["desk 2", `${rig.stream} 2`, `${rig.stream} 3`]);
    expect(all.events[0]!.alert).toMatchObject({ kind: "system", bot: null });
    expect(all.events[1]).toMatchObject({
      bot: { bot: "dip", bot_id: "b1", status: "running", inst_id: "BTC-USDT" },
      alert: { kind: "bots" },
    });
    expect(all.events[2]!.fill).toMatchObject({
      ...{ bot: "dip", side: "sell", purpose: "stop", price: "100", quantity: "3", fee: "0.1", realized: "3", position_quantity: "0" },
    });
    expect(all.events[2]!.alert).toMatchObject({ kind: "fills", critical: true, bot: "dip" });
    expect(fills.events.map(({ sequence, fill, bot, alert }) => [sequence, fill?.quantity, bot, alert])).toEqual([
      [3, "3", undefined, undefined],
    ]);
  });

  test("that comes back with its cursors misses nothing and is told nothing twice, wherever it was cut off", async () => {
    const count = 40;
    for (let cut = 0; cut < 6; cut++) {
      const first = await rig.subscribed(bearer);
      const from = rig.streams.lastSequence(rig.stream);
      for (let n = 1; n <= count; n++)
        rig.streams.append(rig.stream, n % 3 === 0 ? { type: "trail-moved", botId: "b1", highest: rig.equity } : fillOf("b2", n));
      await rig.pass(GATHER_MS);
      // What was on its way and did not arrive is not in its cursors.
      const kept = first.events.slice(0, cut * 5);
      const after = { desk: 1, [rig.stream]: kept.at(-1)?.sequence ?? from };
      first.cut();
      const second = await rig.subscribed(bearer, { after });
      await rig.pass(GATHER_MS);
      const expected = Array.from({ length: count }, (_, index) => from + index + 1).filter((sequence) => (sequence - from) % 3 !== 0);
      expect([...kept.map(({ sequence }) => sequence), ...sequences(second, rig.stream)]).toEqual(expected);
      second.cut();
    }
  });

  test("that wants only what is new is not told the past of an account that this process begins to read later", async () => {
    let isRead = false;
    const late = await LiveRig.open((streams) => ({
      names: () => streams.names().filter((name) => isRead || name === "desk"),
      since: (...asked) => streams.since(...asked),
      lastSequence: (stream) => streams.lastSequence(stream),
      onAppend: (listener) => streams.onAppend(listener),
    }));
    late.streams.append(late.stream, fillOf("b1", 2));
    await late.pass(GATHER_MS);
    const program = await late.subscribed(await late.bearer("late"));
    isRead = true;
    late.streams.append(late.stream, fillOf("b1", 3));
    await late.pass(GATHER_MS);
    expect(sequences(program, late.stream)).toEqual([3]);
    const resumed = await late.subscribed(await late.bearer("resumed"), { after: { desk: 1 } });
    await late.pass(GATHER_MS);
    expect(sequences(resumed, late.stream)).toEqual([2, 3]);
  });

  test("learns how far it was told also where nothing was worth a message, so that it need not read that again", async () => {
    const program = await rig.subscribed(bearer, { topics: ["fills"] });
    for (let n = 0; n < 250; n++) rig.streams.append(rig.stream, { type: "trail-moved", botId: "b1", highest: rig.equity });
    await rig.pass(12_000);
    expect(program.events).toEqual([]);
    expect(program.cursors.get(rig.stream)).toBe(251);
    expect(program.got.filter(({ type }) => type === "reached").length).toBeLessThan(4);
  });

  test("is told of an account that is opened while it listens from its first event, and not of one that is older than it", async () => {
    rig.streams.append("account:older", fillOf("b1", 1));
    const program = await rig.subscribed(bearer);
    rig.streams.append("account:newer", fillOf("b1", 1));
    await rig.pass(GATHER_MS);
    expect(program.events.map(({ stream, sequence }) => `${stream} ${sequence}`)).toEqual(["account:newer 1"]);
    const back = await rig.subscribed(bearer, { after: { desk: 1, [rig.stream]: 1, "account:older": 1 } });
    await rig.pass(GATHER_MS);
    expect(back.events.map(({ stream }) => stream)).toEqual(["account:newer"]);
  });

  test("that knows more than the store is told so, and gets nothing", async () => {
    const program = await rig.subscribed(bearer, { after: { [rig.stream]: 7 } });
    expect([program.closing?.code, program.got]).toEqual([4409, []]);
  });

  test("reads on once the store answers again", async () => {
    let fails = 2;
    const troubled = await LiveRig.open((streams) => ({
      names: () => streams.names(),
      lastSequence: (stream) => streams.lastSequence(stream),
      onAppend: (listener) => streams.onAppend(listener),
      since: async (...args) => {
        if (fails-- > 0) throw new Error("the disk is gone");
        return streams.since(...args);
      },
    }));
    const program = await troubled.subscribed(await troubled.bearer("ci"));
    troubled.streams.append(troubled.stream, fillOf("b1", 1), fillOf("b1", 2));
    await troubled.pass(5_000);
    expect(sequences(program, troubled.stream)).toEqual([2, 3]);
    expect(JSON.stringify(program.got)).not.toContain("disk");
  });
});

describe("equity", () => {
  test("is told at once, and then where it has changed", async () => {
    const program = await rig.subscribed(bearer, { topics: ["equity"] });
    await rig.pass(20_000);
    rig.setEquity(rig.equity.plus("1.5"));
    await rig.pass(10_000);
    const told = program.got.flatMap((message) => (message.type === "equity" ? message.accounts : []));
    expect(told).toEqual([
      { account: rig.account, mode: "paper", currency: "USDT", equity: "10000" },
      { account: rig.account, mode: "paper", currency: "USDT", equity: "10001.5" },
    ]);
  });
});

describe("rights", () => {
  test("of somebody who may see one bot show that bot and nothing else", async () => {
    await rig.api.desk.grant("discord:5", "viewer", "bot:dip");
    const program = await rig.subscribed(await rig.bearer("eye", "discord:5"));
    rig.streams.append(rig.stream, fillOf("b1", 1), fillOf("b2", 2), { type: "bot-started", botId: "b2" });
    rig.streams.append(rig.stream, { type: "account-paused", code: "hand", reason: "held", untilMs: undefined });
    rig.streams.append("desk", { type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false });
    rig.streams.append("account:other", fillOf("b2", 3));
    await rig.pass(10_000);
    expect(program.events.map(({ sequence, fill }) => [sequence, fill?.bot])).toEqual([[2, "dip"]]);
    expect([...program.cursors.keys()]).toEqual([rig.stream]);
    expect(program.got.filter(({ type }) => type === "equity")).toEqual([]);
  });

  test.each([
    ["its token is revoked", () => rig.api.desk.type("access revoke user:api:eye")],
    ["its person is locked", () => rig.api.desk.type("access lock user:discord:5")],
    ["its token expires", async () => rig.api.desk.clock.stepWall(31 * 86_400_000)],
  ])("end with the connection when %s, before anything more is told", async (_, end) => {
    await rig.api.desk.grant("discord:5", "viewer");
    const program = await rig.subscribed(await rig.bearer("eye", "discord:5"));
    await end();
    rig.streams.append(rig.stream, fillOf("b1", 1));
    await rig.pass(GATHER_MS);
    expect([program.closing?.code, program.events]).toEqual([4401, []]);
  });

  test("that end where nothing happens end the connection soon", async () => {
    await rig.api.desk.grant("discord:5", "viewer");
    const program = await rig.subscribed(await rig.bearer("eye", "discord:5"));
    await rig.api.desk.type("access revoke user:api:eye");
    await rig.pass(6_000);
    expect(program.closing?.code).toBe(4401);
  });
});

describe("a connection", () => {
  test("that reads too slowly gets nothing more, is cut with a reason, and holds up nobody else", async () => {
    const stuck = await rig.subscribed(bearer);
    const quick = await rig.subscribed(bearer);
    stuck.isStuck = true;
    for (let n = 1; n <= 800; n++) rig.streams.append(rig.stream, fillOf("b1", n));
    await rig.pass(9_000);
    expect(quick.events.length).toBe(800);
    expect(stuck.events.length).toBeLessThan(700);
    await rig.pass(3_000);
    expect(stuck.closing?.code).toBe(4429);
    await rig.pass(10_000);
    expect(stuck.isCut).toBe(true);
    const back = await rig.subscribed(bearer, { after: Object.fromEntries(stuck.cursors) });
    await rig.pass(3_000);
    expect([...sequences(stuck, rig.stream), ...sequences(back, rig.stream)]).toEqual(sequences(quick, rig.stream));
  });

  test.each(["", "{", "[]", '{"type":"subscribe"}', '{"type":"subscribe","topics":["keys"]}', '{"type":"subscribe","topics":[]}'])(
    "that says %j is closed, and what it said is not repeated",
    async (said) => {
      const program = rig.connect(bearer);
      program.say(said);
      await rig.pass(0);
      expect(program.closing).toEqual({ code: 4400, reason: "Expected one subscribe message; see docs/api.md." });
    },
  );

  test("that says anything after its subscription, or sends bytes, is closed", async () => {
    const program = await rig.subscribed(bearer);
    program.say({ type: "subscribe", topics: ["fills"] });
    const other = rig.connect(bearer);
    other.sayBytes();
    expect([program.closing?.code, other.closing?.code]).toEqual([4400, 4400]);
  });

  test("that says nothing is closed after ten seconds", async () => {
    const program = rig.connect(bearer);
    await rig.pass(9_000);
    expect(program.closing).toBeUndefined();
    await rig.pass(2_000);
    expect(program.closing?.code).toBe(4408);
  });

  test("is asked whether it lives, and is cut when it does not answer", async () => {
    const [living, dead] = [await rig.subscribed(bearer), await rig.subscribed(bearer)];
    for (let seconds = 0; seconds < 60; seconds += 20) {
      await rig.pass(20_000);
      living.pong();
    }
    expect([living.isCut, dead.isCut, living.pings > 1]).toEqual([false, true, true]);
  });

  test("that floods the desk with pings is cut", async () => {
    const program = await rig.subscribed(bearer);
    for (let each = 0; each < PINGS_A_MINUTE; each++) program.pingDesk();
    expect(program.isCut).toBe(false);
    program.pingDesk();
    expect(program.isCut).toBe(true);
  });

  test("is one of a few for its token, and of a few more for the desk", async () => {
    const taken = Array.from({ length: CONNECTIONS_PER_TOKEN }, () => rig.connect(bearer));
    expect(() => rig.connect(bearer)).toThrow("At most 5 live connections for a token");
    taken[0]!.cut();
    rig.connect(bearer);
    const others = Array.from({ length: CONNECTIONS_MAX - CONNECTIONS_PER_TOKEN }, (_, each) => ({ ...bearer, idPrefix: `other ${each}` }));
    for (const other of others) rig.connect(other);
    expect(() => rig.connect({ ...bearer, idPrefix: "one more" })).toThrow("At most 50 live connections at once");
  });

  test("is closed when the desk stops, and nothing of it is left", async () => {
    const program = await rig.subscribed(bearer);
    rig.hub.stop();
    expect(program.closing?.code).toBe(1001);
    expect(() => rig.hub.admit(bearer)).toThrow("The desk stops");
    rig.hub.cut();
    await rig.pass(0);
    expect(rig.api.desk.clock.sleeping).toBe(0);
  });
});
