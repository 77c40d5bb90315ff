import { describe, expect, it } from "vitest";
import { encodeAnswer } from "../../../src/engine/cluster/answers.ts";
import { desk, fatalOf, running } from "../../kit/cluster-desk.ts";
import { BTC, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, wishFor } from "../../kit/engine-rig.ts";

describe("a gateway that dies", () => {
  it("is followed by another one that goes on with the same desk, while the engines trade on", async () => {
    const { rig } = await desk(1);
    await running(rig, "one");
    rig.processes[0]!.kill();
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    expect((await rig.events()).some(({ type }) => type === "order-filled")).toBe(true);
    const second = await rig.start("gateway");
    await rig.beat(5);
    const { front } = second.rig;
    expect(front.bot("one")?.state.status).toBe("running");
    await rig.during(front.stopBot("one", true, by("stop it")));
    await rig.beat(3);
    expect(front.bot("one")?.state.status).toBe("stopped");
    expect(fatalOf(rig)).toEqual([]);
  });

  it("ends no engine that has something to say to the desk: prices that it cannot see are told to the next one", async () => {
    const { rig } = await desk(1);
    await running(rig, "one");
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    rig.processes[0]!.kill();
    rig.processes[1]!.market.down = true;
    await rig.beat(3 * MINUTE_S);
    expect(fatalOf(rig)).toEqual([]);
    const second = await rig.start("gateway");
    await rig.beat(30);
    expect(second.rig.desk.state.blind?.bots).toEqual(["one"]);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("leaves no name behind that it kept for a bot of an engine that is gone: the engine that has the account now gives it back", async () => {
    const { rig } = await desk(1);
    await running(rig, "one");
    // What was asked of the gateway that died is answered by the next one, when nobody waits for it any more.
    const wish = { id: "gone:1", stream: "desk", wallMs: rig.clock.wall() };
    const event = { type: "bot-registered", botId: "b2", name: "two", owner: OWNER, account: `paper:${OWNER}` };
    rig.processes[0]!.kill();
    await rig.processes[1]!.process.store.asks.ask({ ...wish, body: encodeAnswer({ call: "append", args: [[event], 0] }) });
    await rig.beat(20);
    const second = await rig.start("gateway");
    await rig.beat(5);
    const { front, desk: known } = second.rig;
    expect(known.names.named("two")?.botId).toBe("b2");
    await rig.beat(60);
    expect(known.names.named("two")).toBeUndefined();
    await rig.during(front.createBot(wishFor({ name: "two" }), by("create two")));
    expect([front.bot("one"), front.bot("two")].map((bot) => bot?.state.spec.id)).toEqual(["b1", "b3"]);
    expect(fatalOf(rig)).toEqual([]);
  });

  it("says of the bots of one engine that their prices are back, and not of those of another one", async () => {
    const { rig, gateway } = await desk(2);
    await running(rig, "one");
    await running(rig, "two", "other");
    rig.shown.set(BTC, 102);
    await rig.beat(3 * MINUTE_S);
    const blind = () => [...(gateway.rig.desk.state.blind?.bots ?? [])].sort();
    for (const { market } of rig.processes) market.down = true;
    await rig.beat(30);
    expect(blind()).toEqual(["one", "two"]);
    const holder = await rig.holderOf(streamOf("other"));
    rig.processes.find(({ name }) => name === holder)!.market.down = false;
    await rig.beat(10);
    expect(blind()).toEqual(["one"]);
    for (const { market } of rig.processes) market.down = false;
    await rig.beat(10);
    expect(blind()).toEqual([]);
    expect(fatalOf(rig)).toEqual([]);
  });
});
