import { beforeEach, describe, expect, test } from "vitest";
import { codeOf, fromBase32, STEP_MS, stepAt } from "../../src/chat/factors/totp.ts";
import { questionOf } from "../../src/chat/questions.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, approvalCode, ChatDesk, enrolAuthenticator, HERE, TERMINAL, textOf } from "./door.ts";

const MINE = "access grant discord:42 trader";
const THEIRS = "access grant telegram:666 admin";
const SEVERAL = "Several requests for a second factor were made here lately";

let desk: ChatDesk;
let seed: string;

beforeEach(async () => {
  desk = await ChatDesk.open();
  seed = await enrolAuthenticator(desk);
  await desk.clock.advance(2 * STEP_MS);
});

const shown = () => codeOf(fromBase32(seed), stepAt(desk.clock.wall()));
const wrongDigits = () => ["000000", "111111"].find((digits) => digits !== shown())!;
const granted = () => desk.ledger.state.grants.map(({ user }) => user);
const typed = async (text = shown()): Promise<View> => (await desk.say(text))!;

describe("digits that are typed into a chat where different requests were made lately", () => {
  test("approve none, are not used up, and the answer names each with its code and its way out", async () => {
    const mine = await desk.type(MINE);
    const theirs = await desk.type(THEIRS);
    const answer = await typed();
    expect(answer.title).toBe(SEVERAL);
    expect(answer.lines.slice(1, 3)).toEqual([
      `1. \`access grant user:telegram:666 role:admin\`: type the digits, a space and \`${approvalCode(theirs)}\``,
      `2. \`access grant user:discord:42 role:trader\`: type the digits, a space and \`${approvalCode(mine)}\``,
    ]);
    for (let count = 0; count < 6; count++) await typed(wrongDigits());
    expect(granted()).toEqual([]);
    expect(textOf(await desk.press(answer, "Cancel 1"))).toBe(
      "Left it at that; nothing was done\nThese still wait:\n1. `access grant user:discord:42 role:trader`",
    );
    expect((await desk.press(theirs, "Continue")).title).toContain("left already");
    expect((await typed(`${shown()} ${approvalCode(mine)}`)).title).toBe("discord:42 is trader");
  });

  test("approve with a code what the code stands for, with spaces and capitals as a phone writes them", async () => {
    const mine = await desk.type(MINE);
    await desk.type(THEIRS);
    const digits = shown();
    const text = ` ${digits.slice(0, 3)} ${digits.slice(3)}  ${approvalCode(mine).toUpperCase()} `;
    expect((await typed(text)).title).toBe("discord:42 is trader");
    expect(granted()).toEqual(["discord:42"]);
  });

  test("approve what they reply to, where the platform tells; a list of several is no question", async () => {
    const mine = await desk.type(MINE);
    const theirs = await desk.type(THEIRS);
    const asks = ({ buttons }: View) => questionOf(buttons.map(({ action }) => action));
    expect(asks(mine)).toBe(mine.question?.id);
    const listing = await typed();
    expect([listing.buttons.length, asks(listing)]).toEqual([2, undefined]);
    expect(asks(await desk.press(theirs, "Cancel"))).toBe(mine.question?.id);
    expect((await desk.say(shown(), ADMIN, HERE, asks(mine)))?.title).toBe("discord:42 is trader");
  });

  test("approve nothing with a code that nothing waits under", async () => {
    await desk.type(MINE);
    const answer = await typed(`${shown()} aaaaaaaa`);
    expect(answer.title).toBe("Nothing of yours waits here under `aaaaaaaa`");
    expect(answer.lines.join(" ")).toContain("type the digits, a space and");
    expect((await typed()).title).toBe("discord:42 is trader");
  });

  /** Each is what somebody can do who holds the same unlocked phone as the one who types. */
  const ways: readonly (readonly [string, (mine: View) => Promise<unknown>])[] = [
    ["is canceled", (mine) => desk.press(mine, "Cancel")],
    ["is denied", (mine) => desk.type(`access deny ${approvalCode(mine)}`)],
    [
      "is ended by five wrong answers",
      async () => {
        for (let count = 0; count < 5; count++) await typed(wrongDigits());
      },
    ],
    [
      "is pushed out by five others",
      async () => {
        for (let count = 0; count < 5; count++) await desk.type(THEIRS);
      },
    ],
    ["has just become too old", () => desk.clock.advance(10 * MINUTE_MS)],
  ];

  test.each(ways)("do not approve another one in place of a request that %s", async (_, end) => {
    const mine = await desk.type(MINE);
    await end(mine);
    await desk.type(THEIRS);
    const answer = await typed();
    expect(answer.title).toBe(SEVERAL);
    expect(answer.lines).toContain("No longer waits: `access grant user:discord:42 role:trader`");
    expect(granted()).toEqual([]);
  });

  test("count alone again when what was asked for before was carried out, or lies twenty minutes back", async () => {
    await desk.type(MINE);
    expect((await typed()).title).toBe("discord:42 is trader");
    await desk.clock.advance(2 * STEP_MS);
    const left = await desk.type("access grant discord:43 trader");
    expect((await typed()).title).toBe("discord:43 is trader");
    await desk.press(left, "Cancel");
    const other = await desk.type(THEIRS);
    await desk.press(other, "Cancel");
    await desk.clock.advance(20 * MINUTE_MS);
    await desk.type("access grant discord:44 trader");
    expect((await typed()).title).toBe("discord:44 is trader");
  });

  test("count alone where the other request was made at another place", async () => {
    await desk.type(THEIRS, undefined, { ...HERE, id: "discord:200" });
    await desk.type(MINE);
    expect((await typed()).title).toBe("discord:42 is trader");
  });

  test("are the factor of nothing that the terminal asked for", async () => {
    await desk.type(THEIRS, "terminal:local", TERMINAL);
    await desk.type(MINE);
    expect((await typed()).title).toBe("discord:42 is trader");
  });
});
