import { beforeEach, describe, expect, test } from "vitest";
import type { Place } from "../../src/ports/platform.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk, HERE, TERMINAL, textOf } from "../chat/door.ts";

const PHONE = "telegram:9";
const CHAT: Place = { platform: "telegram", id: "telegram:9", direct: true };
const ASKED = "Become one person?";
const DENIED = "You may not do that here";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open({ claim: undefined });
});

/** The code that links, from somebody who proved that it is them. */
async function codeOf(user = ADMIN, place = HERE): Promise<string> {
  const asked = await desk.type("access link", user, place);
  await desk.approve(asked);
  const [, code] = /code:(\w{12})/.exec(textOf(await desk.press(asked, "Continue", user, place))) ?? [];
  if (code === undefined) throw new Error("no code was shown");
  return code;
}

/** Types a code and says yes to becoming one person, where that is asked. */
async function typed(code: string, user = PHONE, place = CHAT): Promise<View> {
  const asked = await desk.type(`access link code:${code}`, user, place);
  return asked.title === ASKED ? desk.press(asked, "Yes, access link", user, place) : asked;
}

describe("a code that links", () => {
  test("makes two users one person, whose rights and bots count from both", async () => {
    await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
    const code = await codeOf();
    expect((await desk.type("bot start dip", PHONE, CHAT)).title).toBe(DENIED);
    const linked = await typed(code);
    expect(linked.title).toBe(`${PHONE} and ${ADMIN} are one person now`);
    expect((await desk.type("bot start dip", PHONE, CHAT)).title).toBe("dip is running");
    await desk.type("bot create name:top symbol:eth strategy:ema-cross timeframe:1m", PHONE, CHAT);
    expect(desk.engine.bot("top")?.state.spec.owner).toBe(ADMIN);
    expect(desk.engine.accounts()).toHaveLength(1);
    expect(textOf(await desk.type("access list"))).toContain(`${PHONE} is the same person as ${ADMIN}.`);
    expect(JSON.stringify(desk.ledger.events)).not.toContain(code);
  });

  test("makes the owner of a bot its owner from both, with no more than their grants allow", async () => {
    await desk.grant("discord:5", "viewer", "bot:other");
    const wish = { group: undefined, symbol: "BTC/USDT", timeframe: "1m", strategy: "ema-cross", params: {} } as const;
    const sizing = { kind: "equity-percent", pct: 10 } as const;
    const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
    await desk.engine.createBot({ ...wish, sizing, protection, name: "mine" }, { requestId: "setup", user: "discord:5" });
    await desk.engine.createBot({ ...wish, sizing, protection, name: "theirs" }, { requestId: "setup2", user: "discord:6" });
    await typed(await codeOf("discord:5"));
    expect((await desk.type("bot start mine", PHONE, CHAT)).title).toBe("mine is running");
    expect((await desk.type("bot start theirs", PHONE, CHAT)).title).toBe(DENIED);
  });

  test("that two people type to each other at once makes one person of them, in no circle", async () => {
    await desk.grant("discord:5", "viewer");
    await desk.grant(PHONE, "viewer");
    const [one, other] = [await codeOf("discord:5"), await codeOf(PHONE, CHAT)];
    const asked = await desk.type(`access link code:${one}`, PHONE, CHAT);
    const askedToo = await desk.type(`access link code:${other}`, "discord:5");
    const [waits, waitsToo] = [
      await desk.press(asked, "Yes, access link", PHONE, CHAT),
      await desk.press(askedToo, "Yes, access link", "discord:5"),
    ];
    await desk.approve(waits);
    await desk.approve(waitsToo);
    const gate = Promise.withResolvers<void>();
    desk.ledger.slow = gate.promise;
    const told = Promise.all([desk.press(waits, "Continue", PHONE, CHAT), desk.press(waitsToo, "Continue", "discord:5")]);
    gate.resolve();
    expect((await told).map(({ title }) => title)).toEqual([
      `${PHONE} and discord:5 are one person now`,
      "Somebody else has set this in the same moment. Nothing was done; look what holds now, then send it again.",
    ]);
    expect(desk.ledger.state.links).toEqual(new Map([[PHONE, "discord:5"]]));
  });

  test("is given only to whoever proves that it is them", async () => {
    expect((await desk.type("access link")).title).toBe("One more step: a second factor");
    expect((await desk.type("access link", "discord:66")).title).toContain("You hold no role here");
    expect((await desk.type("access link", "terminal:local", TERMINAL)).title).toContain("nobody's account");
  });

  test("wants that proof also from the one who types it, when they have rights of their own", async () => {
    await desk.grant("discord:5", "viewer");
    await desk.grant(PHONE, "admin");
    const code = await codeOf("discord:5");
    const asked = await typed(code);
    expect(asked.title).toBe("One more step: a second factor");
    expect((await desk.type("access list", "discord:5")).title).toBe(DENIED);
    await desk.approve(asked);
    await desk.press(asked, "Continue", PHONE, CHAT);
    expect((await desk.type("access list", "discord:5")).tone).toBe("plain");
  });

  test("wants it from whoever has rights elsewhere only, or owns something, and links nothing at one touch", async () => {
    await desk.grant("discord:6", "viewer");
    const bot = { group: undefined, symbol: "BTC/USDT", timeframe: "1m", strategy: "ema-cross", params: {} } as const;
    const sizing = { kind: "equity-percent", pct: 10 } as const;
    const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
    await desk.engine.createBot({ ...bot, sizing, protection, name: "mine" }, { requestId: "setup", user: "telegram:4" });
    await desk.grant("telegram:5", "trader", "place:telegram:-100");
    for (const victim of ["telegram:4", "telegram:5"]) {
      const asked = await desk.type(`/start ${await codeOf("discord:6")}`, victim, CHAT);
      expect(textOf(asked)).toContain(`${ASKED}\n${victim} and discord:6 become one person: each has the rights and the bots of both`);
      expect((await desk.press(asked, "Yes, access link", victim, CHAT)).title).toBe("One more step: a second factor");
    }
    expect(desk.ledger.ofType("user-linked")).toEqual([]);
  });

  test("counts once, for ten minutes, and until a newer one or a restart", async () => {
    const [used, old] = [await codeOf(), await codeOf("discord:1")];
    expect((await typed(used)).title).toContain("has an owner already");
    await desk.clock.advance(10 * 60_000);
    expect((await typed(old)).title).toContain("has an owner already");
    const code = await codeOf();
    await typed(code);
    expect((await typed(code, "telegram:10", CHAT)).title).toContain("has an owner already");
    const forgotten = await codeOf();
    desk.restart();
    expect((await typed(forgotten, "telegram:10", CHAT)).title).toContain("has an owner already");
    expect(desk.ledger.ofType("user-linked")).toHaveLength(1);
  });

  test("cannot be guessed: five wrong ones make a person wait", async () => {
    const code = await codeOf();
    for (let tries = 0; tries < 5; tries++) await desk.type("access link code:aaaaaaaaaaaa", PHONE, CHAT);
    expect((await typed(code)).title).toContain("Too many wrong codes");
    await desk.clock.advance(10 * 60_000);
    expect((await typed(await codeOf())).tone).toBe("good");
  });

  test("links nobody to themselves, and no more than ten accounts", async () => {
    const own = await codeOf();
    const asked = await typed(own, ADMIN, HERE);
    await desk.approve(asked);
    expect((await desk.press(asked, "Continue")).title).toContain("one person already");
    for (let count = 1; count < 10; count++) {
      const view = await typed(await codeOf(), `telegram:${count}`, CHAT);
      expect(view.tone, view.title).toBe("good");
    }
    expect((await typed(await codeOf(), "telegram:10", CHAT)).title).toContain("at most 10 linked accounts");
  });
});

test("whoever is cut off by a revoke stands alone from then on", async () => {
  await typed(await codeOf());
  const view = await desk.type(`access revoke ${PHONE}`);
  expect(textOf(view)).toContain(`no longer the person of ${ADMIN}`);
  expect((await desk.type("bot list", PHONE, CHAT)).title).toBe(DENIED);
  expect((await desk.type("bot list")).title).not.toBe(DENIED);
});
