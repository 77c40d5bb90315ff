import { beforeEach, expect, test } from "vitest";
import { recoverInterrupted } from "../../src/chat/recovery.ts";
import { TransientError } from "../../src/domain/errors.ts";
import type { Platform, Request } from "../../src/ports/platform.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk, TERMINAL } from "./door.ts";

let desk: ChatDesk;
let told: { id: string; view: View }[];
let discord: Platform;

beforeEach(async () => {
  desk = await ChatDesk.open();
  told = [];
  discord = {
    name: "discord",
    reachable: true,
    edits: true,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    send: () => Promise.resolve("m"),
    edit: () => Promise.resolve(),
    settleInterrupted: (request, view) => {
      told.push({ id: request.id, view });
      return Promise.resolve();
    },
  };
});

const CREATE = "bot create name:dip symbol:btc strategy:ema-cross timeframe:1m";

async function accepted(line: string): Promise<Request> {
  const request = desk.request(line);
  expect(await desk.door.accept(request)).toBe("new");
  return request;
}

test("a repeated request is answered without running again", async () => {
  const request = desk.request(CREATE);
  await desk.door.handle(request);
  const effects = [...desk.engine.effects];
  expect((await desk.door.handle(request)).title).toBe("Already done: dip is created");
  expect(desk.engine.effects).toEqual(effects);
});

test("a request that runs is not run beside itself", async () => {
  const request = desk.request(CREATE);
  const [first, second] = await Promise.all([desk.door.handle(request), desk.door.handle(request)]);
  expect(first).toBe(second);
});

test("a request whose effect is in an account's books is not run again", async () => {
  const request = desk.request(CREATE);
  desk.ledger.failure = new Error("disk full");
  const failed = await desk.door.handle(request);
  expect(failed.title).toBe("Something went wrong on our side");
  desk.ledger.failure = undefined;
  expect((await desk.door.handle(request)).title).toBe("Already done: create dip");
});

test("every mutating command is audited once, with its result", async () => {
  await desk.type(CREATE);
  await desk.type("bot list");
  const [done, ...more] = desk.ledger.ofType("command-done");
  expect(more).toEqual([]);
  expect(done).toMatchObject({
    path: "bot create",
    user: ADMIN,
    place: "discord:100",
    result: "dip is created",
    args: { name: "dip", symbol: "btc" },
  });
});

test("an accepted request is settled when it is answered, also when it failed", async () => {
  const request = await accepted(CREATE);
  expect(await desk.door.accept(request)).toBe("seen");
  desk.engine.failure = new Error("a bug");
  const view = await desk.door.handle(request);
  expect(desk.inbox.settled).toEqual([request.id]);
  const incident = /incident ([a-z0-9]{8})/.exec(view.lines.join(" "))?.[1];
  expect(desk.log).toContainEqual(
    expect.objectContaining({ level: "error", facts: expect.objectContaining({ incident, error: "a bug" }) }),
  );
  expect(JSON.stringify(view)).not.toContain("a bug");
});

test("what passes by itself is said so, without an incident", async () => {
  desk.engine.failure = new TransientError("socket hang up at 10.0.0.1");
  const view = await desk.type(CREATE);
  expect(view.title).toContain("Try again in a moment");
  expect(JSON.stringify(view)).not.toContain("10.0.0.1");
});

test("after a restart an interrupted request is told that nothing was done", async () => {
  const request = await accepted(CREATE);
  desk.restart();
  await recoverInterrupted(desk.door, [discord]);
  expect(told).toHaveLength(1);
  expect(told[0]!.view.title).toBe("Interrupted by a restart, nothing was done. Send it again if you still want it.");
  expect(desk.engine.effects).toEqual([]);
  expect(desk.inbox.settled).toEqual([request.id]);
});

test("after a restart a request that was done is told its result", async () => {
  const request = await accepted(CREATE);
  await desk.door.handle(request);
  desk.inbox.settled.length = 0;
  desk.restart();
  await recoverInterrupted(desk.door, [discord]);
  expect(told[0]!.view.title).toBe("Done: dip is created");
});

test("after a restart a request that was done in part names the parts", async () => {
  const request = await accepted("bot create symbol:btc,eth strategy:ema-cross timeframe:1m");
  await desk.engine.createBot(
    {
      ...{ name: "ema-btc", group: "ema", symbol: "BTC/USDT", timeframe: "1m", strategy: "ema-cross", params: {} },
      sizing: { kind: "equity-percent", pct: 10 },
      protection: { stopPct: 2, takePct: 4, trailingPct: undefined },
    },
    { requestId: `${request.id}/create ema-btc`, user: ADMIN },
  );
  desk.restart();
  await recoverInterrupted(desk.door, [discord]);
  expect(told[0]!.view.title).toBe("Done: create ema-btc");
});

test("after a restart what lowers risk is run again, once", async () => {
  await desk.type("bot create symbol:btc,eth strategy:ema-cross timeframe:1m start:yes");
  const request = await accepted("bot stop all");
  // The process died after the first of the two bots.
  await desk.engine.stopBot("ema-btc", false, { requestId: `${request.id}/stop ema-btc`, user: ADMIN });
  desk.restart();
  await recoverInterrupted(desk.door, [discord]);
  await recoverInterrupted(desk.door, [discord]);
  expect(desk.engine.bots().map(({ state }) => state.status)).toEqual(["stopped", "stopped"]);
  expect(desk.engine.effects.filter((effect) => effect.startsWith("bot-stopped"))).toHaveLength(2);
  expect(told.map(({ view }) => view.title)).toEqual(["Stopped: 2 bots"]);
});

test("a request that came after the restart is not taken for an interrupted one", async () => {
  await accepted("panic");
  await recoverInterrupted(desk.door, [discord]);
  expect(told).toEqual([]);
  expect(desk.ledger.state.halt).toBeUndefined();
});

test("a person who cannot be told, and a row that cannot be read, do not keep the rest from ending", async () => {
  await desk.inbox.accept({ requestId: "torn", wallMs: 0, body: "{" });
  const request = await accepted("panic");
  desk.restart();
  discord.settleInterrupted = () => Promise.reject(new Error("gone"));
  await recoverInterrupted(desk.door, [discord]);
  expect(desk.inbox.settled).toEqual(["torn", request.id]);
  expect(desk.ledger.state.halt?.panic).toBe(true);
});

test("what was answered and could not be noted as answered is not run again days later", async () => {
  const panic = await accepted("panic");
  desk.ledger.failure = new StoreUnavailable("disk full");
  desk.inbox.failure = new StoreUnavailable("disk full");
  await desk.door.handle(panic);
  desk.ledger.failure = undefined;
  desk.inbox.failure = undefined;
  // Its halt was written as soon as the store could, and days later somebody ends it.
  await desk.ledger.append([{ type: "halted", reason: "no reason given", untilMs: undefined, by: ADMIN, panic: true }]);
  const resume = desk.request("system resume confirm:yes", "terminal:local", TERMINAL);
  await desk.door.accept(resume);
  expect((await desk.door.handle(resume)).title).toBe("The desk trades again");
  const before = desk.engine.effects.length;
  desk.restart();
  await recoverInterrupted(desk.door, [discord]);
  expect(told.map(({ id }) => id)).toEqual([]);
  expect(desk.engine.effects.slice(before)).toEqual([]);
});
