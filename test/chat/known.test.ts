import { beforeEach, describe, expect, test } from "vitest";
import { VenueDesk } from "../commands/venue-rig.ts";
import { ADMIN, textOf } from "./door.ts";

const OTHER = "discord:2";
const OWNER = "discord:3";

let rig: VenueDesk;

beforeEach(async () => {
  rig = await VenueDesk.open();
  await rig.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  await rig.connect("main");
  await rig.connect("mine", "live", "binance", OWNER);
});

describe("accounts that a person may not see", () => {
  const completed = async (user: string) =>
    (await rig.desk.door.complete("bot promote", "account", "", user, { bot: "dip" })).map(({ value }) => value);

  beforeEach(async () => {
    for (const user of [OTHER, OWNER]) await rig.desk.grant(user, "trader", "bot:dip");
  });

  test("are no completions", async () => {
    expect(await completed(OTHER)).toEqual([]);
    expect(await completed(OWNER)).toEqual(["mine"]);
    expect(await completed(ADMIN)).toEqual(["main", "mine"]);
  });

  test("are no answers to a question", async () => {
    const asked = async (user: string) => {
      const view = await rig.type("bot promote bot:dip", user);
      return { title: view.title, all: [textOf(view), ...view.buttons.map(({ label }) => label)].join(" ") };
    };
    const other = await asked(OTHER);
    expect(other.title).toContain("there is no account at an exchange yet");
    expect(other.all).not.toMatch(/\b(?:main|mine)\b/);
    expect((await asked(OWNER)).all).toMatch(/\bmine\b/);
    expect((await asked(ADMIN)).all).toMatch(/\bmain\b/);
  });

  test("are those of an owner whose last grant is gone", async () => {
    await rig.type(`access revoke ${OWNER}`);
    expect(await completed(OWNER)).toEqual([]);
  });
});
