import { beforeEach, describe, expect, test } from "vitest";
import type { Place } from "../../src/ports/platform.ts";
import { ADMIN, approvalCode, ChatDesk, HERE, TERMINAL, textOf } from "../chat/door.ts";

const PHONE = "telegram:9";
const CHAT: Place = { platform: "telegram", id: "telegram:9", direct: true };
const LOCKED = "Your access is locked: an admin who is not you, or the desk's terminal, gives it back with `access unlock`.";
const TRADER = "discord:5";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
  await desk.grant(TRADER, "trader");
  await desk.ledger.append([{ type: "user-linked", user: PHONE, to: ADMIN, by: PHONE }]);
});

describe("a lock", () => {
  test("ends every right of its person on each linked platform at once, with one sentence and nothing else", async () => {
    await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
    await desk.type("bot start dip");
    const view = await desk.type("access lock", PHONE, CHAT);
    expect(view.title).toContain("is locked");
    expect(textOf(view)).toContain("The bots keep running and their positions stay protected. `panic` stops and sells everything.");
    const effects = desk.engine.effects.length;
    for (const [user, place] of [
      [ADMIN, HERE],
      [PHONE, CHAT],
    ] as const) {
      for (const { example } of desk.door.catalog()) {
        const refused = await desk.type(example, user, place);
        expect(refused, example).toEqual({ title: LOCKED, tone: "bad", fault: "denied", lines: [], fields: [], buttons: [] });
        expect(desk.door.isPrivate(desk.request(example, user, place)), example).toBe(true);
      }
      expect(await desk.door.complete("bot stop", "bot", "", user, {})).toEqual([]);
    }
    expect(desk.engine.effects).toHaveLength(effects);
    expect(desk.engine.bot("dip")?.state.status).toBe("running");
    // The first five of each user, and the tenth with the count.
    expect(desk.ledger.ofType("access-denied").length).toBe(2 * 6);
  });

  test("ends what waited for a confirmation, a question, an approval or a link, also when it is undone at once", async () => {
    await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
    const [confirming, asking, proving] = [
      await desk.type("bot delete dip"),
      await desk.type("bot create"),
      await desk.type("access link"),
    ];
    await desk.approve(proving);
    const [, code = ""] = /code:(\w{12})/.exec(textOf(await desk.press(proving, "Continue"))) ?? [];
    const raising = await desk.type("access grant discord:42 trader");
    await desk.approve(raising);
    await desk.type("access lock", PHONE, CHAT);
    await desk.type(`access unlock ${ADMIN}`, "terminal:local", TERMINAL);
    expect((await desk.press(confirming, "Yes, bot delete")).title).toContain("not known any more");
    expect((await desk.press(asking, "BTC/USDT")).title).toContain("no longer open");
    expect(await desk.say("BTC/USDT")).toBeUndefined();
    expect((await desk.press(raising, "Continue")).title).toContain("not known any more");
    expect((await desk.type(`access link code:${code}`, "telegram:10", CHAT)).tone).toBe("bad");
    expect(desk.engine.bot("dip")).toBeDefined();
  });

  test("leaves what others wait for as it is", async () => {
    await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
    const theirs = await desk.type("bot delete dip", TRADER);
    await desk.type("access lock", PHONE, CHAT);
    expect((await desk.press(theirs, "Yes, bot delete", TRADER)).title).toBe("dip is deleted");
  });

  test("holds after a restart", async () => {
    await desk.type("access lock", TRADER);
    desk.restart();
    expect((await desk.type("bot list", TRADER)).title).toBe(LOCKED);
  });

  test("of somebody else is an admin's, who is offered the panic", async () => {
    expect((await desk.type(`access lock ${ADMIN}`, TRADER)).title).toContain("Only an admin locks somebody else");
    const view = await desk.type(`access lock ${TRADER}`);
    expect(view.title).toBe(`${TRADER} is locked`);
    expect((await desk.press(view, "Panic")).title).toBe("Panic: entries are denied");
    expect((await desk.type("bot list", TRADER)).title).toBe(LOCKED);
  });

  test("may sell everything in the same breath, for those who may panic", async () => {
    await desk.grant("discord:6", "viewer");
    expect((await desk.type("access lock panic:yes", "discord:6")).title).toContain("A panic needs the role operator");
    expect(desk.ledger.state.locked).toEqual([]);
    expect(textOf(await desk.type("access lock panic:yes", TRADER))).toContain("every position is being sold");
    expect(desk.ledger.state.halt?.panic).toBe(true);
    expect(desk.ledger.state.locked).toEqual([TRADER]);
  });

  test("never shuts out who sits at the machine", async () => {
    for (const [user, place] of [
      [ADMIN, HERE],
      ["terminal:local", TERMINAL],
    ] as const)
      expect((await desk.type("access lock terminal:local", user, place)).title).toContain("cannot be locked");
    await desk.ledger.append([{ type: "access-locked", user: "terminal:local", by: ADMIN }]);
    expect((await desk.type("bot list", "terminal:local", TERMINAL)).title).not.toBe(LOCKED);
  });

  test("of what a stranger holds is none", async () => {
    expect((await desk.type("access lock", "discord:66")).title).toBe("You may not do that here");
  });
});

describe("an unlock", () => {
  test("is for another admin with a second factor, or for the terminal", async () => {
    await desk.grant("discord:7", "admin");
    await desk.type("access lock", PHONE, CHAT);
    expect((await desk.type(`access unlock ${ADMIN}`, PHONE, CHAT)).title).toBe(LOCKED);
    expect((await desk.type(`access unlock ${ADMIN}`, TRADER)).title).toBe("You may not do that here");
    const asked = await desk.type(`access unlock ${PHONE}`, "discord:7");
    expect(asked.title).toBe("One more step: a second factor");
    await desk.approve(asked);
    expect((await desk.press(asked, "Continue", "discord:7")).title).toBe(`${PHONE} has their rights back`);
    expect((await desk.type("bot list")).title).not.toBe(LOCKED);
    expect((await desk.type(`access unlock ${PHONE}`, "terminal:local", TERMINAL)).title).toContain("is not locked");
  });

  test("gives nothing back to an account that was cut off meanwhile", async () => {
    await desk.type("access lock", PHONE, CHAT);
    await desk.type(`access revoke ${PHONE}`, "terminal:local", TERMINAL);
    await desk.type(`access unlock ${ADMIN}`, "terminal:local", TERMINAL);
    expect((await desk.type("bot list")).title).not.toBe(LOCKED);
    expect((await desk.type("bot list", PHONE, CHAT)).title).toBe(LOCKED);
  });

  test("is not what an approval by a locked person is for", async () => {
    const asked = await desk.type("access grant discord:42 trader");
    await desk.type(`access lock ${ADMIN}`, "terminal:local", TERMINAL);
    expect((await desk.type(`access approve ${approvalCode(asked)}`, PHONE, CHAT)).title).toBe(LOCKED);
  });
});
