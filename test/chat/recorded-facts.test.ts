import { expect, test } from "vitest";
import { ChatDesk, TERMINAL } from "./door.ts";

/** What two people are told whose commands come while the store is slow, and what is set in the end. */
async function atOnce({ after = [] }: { readonly after?: readonly string[] }, ...lines: readonly string[]) {
  const desk = await ChatDesk.open();
  for (const line of after) await desk.type(line, "terminal:local", TERMINAL);
  const gate = Promise.withResolvers<void>();
  desk.ledger.slow = gate.promise;
  const answers = Promise.all(lines.map((line) => desk.type(line, "terminal:local", TERMINAL)));
  gate.resolve();
  return { told: (await answers).map(({ title }) => title), state: desk.ledger.state };
}

const BOT = "bot create name:dip symbol:BTC/USDT strategy:ema-cross timeframe:1m";
const SAME_MOMENT = "Somebody else has set this in the same moment. Nothing was done; look what holds now, then send it again.";

test("a limit that was answered is not undone by another one of the same moment", async () => {
  const { told, state } = await atOnce(
    {},
    "risk set on:all positions:3",
    "risk set on:all daily_loss:2%",
    "risk set on:symbol:btc positions:1",
  );
  expect(told).toEqual(["Limits of the whole desk are set", SAME_MOMENT, "Limits of symbol BTC are set"]);
  expect(state.limits).toEqual(
    new Map([
      ["all", { positions: 3 }],
      ["symbol:BTC", { positions: 1 }],
    ]),
  );
});

test("a lock is not made shorter by another one of the same moment", async () => {
  const { told, state } = await atOnce({}, "lock add on:all", "lock add on:all for:1h");
  expect(told).toEqual(["Entries of the whole desk are locked", SAME_MOMENT]);
  expect(state.locks.get("all")?.untilMs).toBeUndefined();
});

test("a lock is not removed that somebody has made longer in the same moment", async () => {
  const { told, state } = await atOnce({ after: ["lock add on:all for:1h"] }, "lock add on:all for:2h", "lock remove on:all confirm:yes");
  expect(told).toEqual(["Entries of the whole desk are locked", SAME_MOMENT]);
  expect(state.locks.has("all")).toBe(true);
});

test("a pause of an hour does not take the place of a lock without an end", async () => {
  const { told, state } = await atOnce({ after: [BOT] }, "lock add on:bot:dip", "bot pause dip for:1h");
  expect(told).toEqual(["Entries of bot dip are locked", SAME_MOMENT]);
  expect([...state.locks.values()].map(({ untilMs, isPause }) => [untilMs, isPause])).toEqual([[undefined, undefined]]);
});

test("a breaker that was answered is not undone by another one of the same moment", async () => {
  const { told, state } = await atOnce(
    {},
    "risk set breaker:losses on:all at:2 confirm:yes",
    "risk set breaker:losses on:all at:4 confirm:yes",
    "risk set breaker:gap on:all at:3 confirm:yes",
  );
  expect(told).toEqual(["The losses breaker of the whole desk is set", SAME_MOMENT, "The gap breaker of the whole desk is set"]);
  expect(state.breakers.get("all")?.losses).toMatchObject({ at: 2 });
});

test("a lock that was answered is not removed by who ends a pause in the same moment", async () => {
  const { told, state } = await atOnce({ after: [BOT, "bot pause dip for:1h"] }, "lock add on:bot:dip", "bot start dip");
  expect(told).toEqual(["Entries of bot dip are locked", expect.stringContaining("Somebody else has locked dip in the same moment")]);
  expect([...state.locks.values()].map(({ isPause }) => isPause)).toEqual([undefined]);
});

test("of two tokens of one name one is made, and works", async () => {
  const { told, state } = await atOnce({}, "access token name:ci role:viewer", "access token name:ci role:operator");
  expect(told).toEqual(["Token ci is made; it is shown once", SAME_MOMENT]);
  expect(state.tokens.get("ci")?.role).toBe("viewer");
});

test("who loses their rights gives none in the same moment", async () => {
  const desk = await ChatDesk.open();
  await desk.grant("discord:2", "admin");
  const gate = Promise.withResolvers<void>();
  desk.ledger.slow = gate.promise;
  const told = Promise.all([desk.type("access revoke discord:2"), desk.type("access grant discord:3 operator", "discord:2")]);
  gate.resolve();
  expect((await told).map(({ title }) => title)).toEqual([
    "discord:2 lost 1 role",
    "Your own rights have ended in the same moment. Nothing was done.",
  ]);
  expect(desk.ledger.state.grants).toEqual([]);
});

test("no role at a bot outlives it, also where it is given while the bot is deleted", async () => {
  const { told, state } = await atOnce({ after: [BOT] }, "bot delete dip confirm:yes", "access grant discord:3 operator scope:bot:dip");
  expect(told).toEqual(["dip is deleted", "scope: there is no bot named dip. `bot list` shows what there is."]);
  expect(state.grants).toEqual([]);
});

test.each([
  ["who is locked already", "discord:5"],
  ["who is locked at another account of theirs", "telegram:9"],
])("a lock of %s is not undone by who unlocks them in the same moment", async (_, again) => {
  const desk = await ChatDesk.open();
  await desk.grant("discord:5", "viewer");
  await desk.ledger.append([{ type: "access-locked", user: "discord:5", by: "discord:1" }]);
  await desk.ledger.append([{ type: "user-linked", user: "discord:5", to: "telegram:9", by: "discord:1" }]);
  const gate = Promise.withResolvers<void>();
  desk.ledger.slow = gate.promise;
  const told = [];
  for (const [line, user] of [
    [`access lock user:${again}`, "discord:1"],
    ["access unlock discord:5", "terminal:local"],
    ["access unlock discord:5", "terminal:local"],
  ] as const) {
    told.push(desk.type(line, user, TERMINAL));
    // Each is on its way to the store before the next one looks.
    await desk.clock.breathe();
  }
  gate.resolve();
  expect((await Promise.all(told)).map(({ title }) => title)).toEqual([`${again} is locked`, SAME_MOMENT, SAME_MOMENT]);
  expect((await desk.type("bot list", "discord:5")).title).toContain("Your access is locked");
  await desk.type("access unlock discord:5", "terminal:local", TERMINAL);
  expect(desk.ledger.state.locked).toEqual([]);
});

test("an unlock that was answered before does not undo a lock that came after it", async () => {
  const desk = await ChatDesk.open();
  await desk.ledger.append([{ type: "access-locked", user: "discord:5", by: "discord:1" }]);
  const gate = Promise.withResolvers<void>();
  desk.ledger.slow = gate.promise;
  const told = Promise.all([desk.type("access unlock discord:5", "terminal:local", TERMINAL), desk.type("access lock user:discord:5")]);
  gate.resolve();
  expect((await told).map(({ title }) => title)).toEqual(["discord:5 has their rights back", "discord:5 is locked"]);
  expect(desk.ledger.state.locked).toEqual(["discord:5"]);
});
