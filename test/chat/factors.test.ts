import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { codeOf, fromBase32, STEP_MS, stepAt } from "../../src/chat/factors/totp.ts";
import type { Place } from "../../src/ports/platform.ts";
import type { View } from "../../src/ports/view.ts";
import { testVault } from "../kit/test-vault.ts";
import { ADMIN, approvalCode, ChatDesk, enrolAuthenticator, HERE, TERMINAL, textOf } from "./door.ts";

const ASKED = "One more step: a second factor";
const LINE = "access grant discord:42 trader";
const PHONE = "telegram:9";
const CHAT: Place = { platform: "telegram", id: "telegram:9", direct: true };

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

const granted = () => desk.ledger.state.grants.some(({ user }) => user === "discord:42");
const link = (user: string, to: string) => desk.ledger.append([{ type: "user-linked", user, to, by: user }]);

/** Enrols the admin and answers what their authenticator shows at a moment. */
async function enrol(): Promise<(shiftMs?: number) => string> {
  const seed = await enrolAuthenticator(desk);
  await desk.clock.advance(2 * STEP_MS);
  return (shiftMs = 0) => codeOf(fromBase32(seed), stepAt(desk.clock.wall() + shiftMs));
}

/** Six digits that are not what the authenticator shows now or one step off. */
function wrongDigits(shown: (shiftMs?: number) => string): string {
  const right = [shown(), shown(-STEP_MS), shown(STEP_MS)];
  return ["000000", "111111", "222222", "333333"].find((digits) => !right.includes(digits))!;
}

describe("what raises risk", () => {
  test("asks for something that is not on this device and runs when the terminal has approved", async () => {
    const asked = await desk.type(LINE);
    expect(asked.title).toBe(ASKED);
    expect(textOf(asked)).toContain("access grant user:discord:42 role:trader");
    expect(granted()).toBe(false);
    expect((await desk.press(asked, "Continue")).title).toBe("Nobody has approved this yet");
    const approved = await desk.approve(asked);
    expect(textOf(approved)).toContain(`Asked for by ${ADMIN} at ${HERE.id}`);
    expect(granted()).toBe(false);
    expect((await desk.press(asked, "Continue")).title).toBe("discord:42 is trader");
    expect(granted()).toBe(true);
  });

  test("needs no second factor at the terminal", async () => {
    expect((await desk.type(LINE, "terminal:local", TERMINAL)).title).toBe("discord:42 is trader");
  });

  test("needs none where only a viewer or an operator is made", async () => {
    expect((await desk.type("access grant discord:42 operator")).title).toBe("discord:42 is operator");
  });

  test("asks for its confirmation first", async () => {
    await desk.type("panic");
    const confirming = await desk.type("system resume");
    expect(confirming.title).toBe("Please confirm");
    expect((await desk.press(confirming, "Yes, system resume")).title).toBe(ASKED);
    expect(desk.ledger.state.halt?.panic).toBe(true);
  });

  test("is not proven by a made-up proof", async () => {
    const request = desk.request(LINE);
    for (const factor of ["", "yes", "x".repeat(25)])
      expect((await desk.door.handle({ ...request, id: `f${factor}`, args: { ...request.args, factor } })).tone).toBe("bad");
    expect(granted()).toBe(false);
  });
});

describe("an approval", () => {
  test("counts from another platform of the same person and from nobody else", async () => {
    await desk.grant("telegram:7", "admin");
    await link(PHONE, ADMIN);
    await link("discord:2", ADMIN);
    const asked = await desk.type(LINE);
    expect((await desk.approve(asked, "telegram:7", CHAT)).title).toContain("Nothing of yours waits under that code");
    for (const same of [ADMIN, "discord:2"]) expect((await desk.approve(asked, same)).title).toContain("asked on the same platform");
    expect((await desk.press(asked, "Continue")).title).toBe("Nobody has approved this yet");
    expect((await desk.approve(asked, PHONE, CHAT)).title).toBe("Approved");
    expect((await desk.press(asked, "Continue")).title).toBe("discord:42 is trader");
  });

  test("holds for one use, for its person, place, command and state of things", async () => {
    await desk.grant("discord:2", "admin");
    const asked = await desk.type(LINE);
    await desk.approve(asked);
    expect((await desk.press(asked, "Continue", "discord:2")).title).toContain("Only the person who was asked");
    expect((await desk.press(asked, "Continue", ADMIN, { ...HERE, id: "discord:200" })).title).toContain("only where it was asked");
    const pressed = await desk.door.press({ requestId: "x", action: asked.buttons[0]!.action, user: { id: ADMIN, name: "" }, place: HERE });
    if (!("request" in pressed)) throw new Error("expected a request");
    const other = { ...pressed.request, id: "y", args: { ...pressed.request.args, role: "admin" } };
    expect((await desk.door.handle(other)).title).toContain("another command");
    await desk.type("system halt");
    expect((await desk.press(asked, "Continue")).title).toContain("Things have changed");
    expect((await desk.press(asked, "Continue")).title).toContain("carried out or left already");
    expect(granted()).toBe(false);
  });

  test("is too late after ten minutes, and forgotten at a restart", async () => {
    const late = await desk.type(LINE);
    await desk.clock.advance(10 * 60_000);
    expect((await desk.approve(late)).title).toContain("Nothing of yours waits");
    expect((await desk.press(late, "Continue")).title).toContain("longer than 10 minutes");
    const asked = await desk.type(LINE);
    desk.restart();
    expect((await desk.approve(asked)).title).toContain("forgotten at a restart");
    expect((await desk.press(asked, "Continue")).title).toContain("not known any more");
    expect(granted()).toBe(false);
  });

  test("can be refused from anywhere, and the request then is over", async () => {
    await link(PHONE, ADMIN);
    const asked = await desk.type(LINE);
    const denied = await desk.type(`access deny ${approvalCode(asked)}`, PHONE, CHAT);
    expect(denied.title).toBe("Denied");
    expect(denied.buttons.map(({ label }) => label)).toEqual(["Lock"]);
    await desk.approve(asked);
    expect((await desk.press(asked, "Continue")).title).toContain("not known any more");
  });

  test("is no longer there after five wrong codes", async () => {
    await link(PHONE, ADMIN);
    const asked = await desk.type(LINE);
    for (let tries = 1; tries < 5; tries++)
      expect((await desk.type("access approve aaaaaaaa", PHONE, CHAT)).title).toContain("Nothing of yours");
    expect((await desk.type("access approve aaaaaaaa", PHONE, CHAT)).title).toContain("5 wrong codes");
    expect((await desk.approve(asked, PHONE, CHAT)).title).toContain("5 wrong codes");
    expect((await desk.press(asked, "Continue")).title).toContain("not known any more");
  });

  test("waits for at most five requests of a person; the oldest makes room", async () => {
    const first = await desk.type(LINE);
    const second = await desk.type(LINE);
    for (let count = 0; count < 4; count++) await desk.type(LINE);
    expect((await desk.press(first, "Continue")).title).toContain("not known any more");
    expect((await desk.press(second, "Continue")).title).toBe("Nobody has approved this yet");
  });

  test("is in the audit, and its code is not", async () => {
    const asked = await desk.type(LINE);
    await desk.approve(asked);
    const [done] = desk.ledger.ofType("command-done").filter(({ path }) => path === "access approve");
    expect(done).toMatchObject({ user: "terminal:local", result: "Approved", args: { code: "***" } });
  });

  test("repeated by the platform runs its request once", async () => {
    const asked = await desk.type(LINE);
    await desk.approve(asked);
    await desk.press(asked, "Continue", ADMIN, HERE, "twice");
    expect((await desk.press(asked, "Continue", ADMIN, HERE, "twice")).title).toContain("Already done");
    expect(desk.ledger.ofType("access-granted")).toHaveLength(1);
  });
});

describe("an authenticator", () => {
  test("is set up only with another factor, and its seed is shown once and kept sealed", async () => {
    const asked = await desk.type("access totp");
    expect(asked.title).toBe(ASKED);
    await desk.approve(asked);
    const shown = await desk.press(asked, "Continue", ADMIN, HERE, "once");
    const [, seed = ""] = /otpauth:\S+secret=([A-Z2-7]{32})/.exec(textOf(shown)) ?? [];
    expect(seed).not.toBe("");
    expect(JSON.stringify([...desk.inbox.rows.values(), ...desk.ledger.events, ...desk.log])).not.toContain(seed);
    expect(textOf(await desk.press(asked, "Continue", ADMIN, HERE, "once"))).not.toContain(seed);
    expect(desk.door.isPrivate(desk.request("access totp"))).toBe(true);
  });

  test("proves a request with six typed digits, with or without a space", async () => {
    const shown = await enrol();
    const asked = await desk.type(LINE);
    expect(asked.question).toEqual({ argument: "code", freeText: true, id: asked.buttons[0]?.action });
    const digits = shown();
    expect((await desk.say(`${digits.slice(0, 3)} ${digits.slice(3)}`))?.title).toBe("discord:42 is trader");
  });

  test("approves a command that was sent twice, for both ask the same", async () => {
    const shown = await enrol();
    await desk.type(LINE);
    await desk.type(LINE);
    expect((await desk.say(shown()))?.title).toBe("discord:42 is trader");
  });

  test("approves only the request that it was typed for, where the platform says which, and the answer names it", async () => {
    const shown = await enrol();
    const asked = await desk.type(LINE);
    const id = asked.question?.id;
    await desk.type("access grant telegram:666 admin");
    expect((await desk.say("12345", ADMIN, HERE, id))?.title).toBe("Expected the 6 digits of your authenticator");
    expect((await desk.say(shown(), "discord:2", HERE, id))?.title).toContain("Only the person who was asked");
    expect((await desk.say(shown(), ADMIN, HERE, "s:unknown"))?.title).toContain("not known any more");
    const answer = await desk.say(shown(), ADMIN, HERE, id);
    expect(answer?.title).toBe("discord:42 is trader");
    expect(answer?.lines.at(-1)).toContain("Approved with a second factor: `access grant user:discord:42 role:trader`.");
    expect(desk.ledger.state.grants.map(({ user }) => user)).toEqual(["discord:42"]);
    expect((await desk.say(shown(), ADMIN, HERE, id))?.title).toContain("carried out or left already");
  });

  test("proves from each linked account of its person", async () => {
    const shown = await enrol();
    await link(PHONE, ADMIN);
    await desk.type(LINE, PHONE, CHAT);
    expect((await desk.say(shown(), PHONE, CHAT))?.title).toBe("discord:42 is trader");
  });

  test("may be one step early or late and no more", async () => {
    const shown = await enrol();
    await desk.type(LINE);
    for (const shift of [-2, 2]) expect((await desk.say(shown(shift * STEP_MS)))?.title).toContain("not the digits");
    expect((await desk.say(shown(STEP_MS)))?.title).toBe("discord:42 is trader");
    await desk.type("access grant discord:43 trader");
    await desk.clock.advance(3 * STEP_MS);
    expect((await desk.say(shown(-STEP_MS)))?.title).toBe("discord:43 is trader");
  });

  test("is taken once per code, also across a restart", async () => {
    const shown = await enrol();
    await desk.type(LINE);
    const digits = shown();
    await desk.say(digits);
    await desk.type("access grant discord:43 trader");
    expect((await desk.say(digits))?.title).toContain("used already");
    desk.restart();
    await desk.type("access grant discord:43 trader");
    expect((await desk.say(digits))?.title).toContain("used already");
    await desk.clock.advance(2 * STEP_MS);
    expect((await desk.say(shown()))?.title).toBe("discord:43 is trader");
  });

  test("ends the request after five wrong codes, and rests after ten an hour", async () => {
    const shown = await enrol();
    const view = await wrongTimes(shown, 5);
    expect(view?.title).toBe("Too many wrong digits");
    expect(await desk.say(shown())).toBeUndefined();
    await wrongTimes(shown, 5);
    await desk.type(LINE);
    expect((await desk.say(shown()))?.title).toBe("Too many wrong digits");
    await desk.clock.advance(3_600_000);
    await desk.type(LINE);
    expect((await desk.say(shown()))?.title).toBe("discord:42 is trader");
  });

  async function wrongTimes(shown: (shiftMs?: number) => string, times: number): Promise<View | undefined> {
    await desk.type(LINE);
    let view: View | undefined;
    for (let count = 0; count < times; count++) view = await desk.say(wrongDigits(shown));
    return view;
  }

  test("that is replaced opens nothing any more", async () => {
    const before = await enrol();
    await enrol();
    await desk.type(LINE);
    expect((await desk.say(before()))?.title).toContain("not the digits");
  });

  test("answers nobody else's request, and digits without one are no answer", async () => {
    const shown = await enrol();
    await desk.grant("discord:2", "admin");
    expect(await desk.say(shown())).toBeUndefined();
    await desk.type(LINE);
    expect(await desk.say(shown(), "discord:2")).toBeUndefined();
    expect(await desk.say(shown(), ADMIN, { ...HERE, id: "discord:200" })).toBeUndefined();
    expect(await desk.say("about 123456")).toBeUndefined();
  });

  test("cannot be set up or used while the vault is locked, and says why", async () => {
    const locked = await ChatDesk.open({ vault: testVault({ keyFile: join(import.meta.filename, "desk.key") }) });
    const asked = await locked.type("access totp");
    await locked.approve(asked);
    expect((await locked.press(asked, "Continue")).title).toContain("cannot be read");
  });

  test("is of no use at the terminal", async () => {
    expect((await desk.type("access totp", "terminal:local", TERMINAL)).title).toContain("needs no second factor");
  });
});
