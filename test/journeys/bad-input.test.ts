import { describe, expect, it } from "vitest";
import type { Person } from "../kit/desk-person.ts";
import { claim, cleanUpAfterEach, PLATFORMS, type PlatformName, type Stage, setStage } from "../kit/desk-stage.ts";

cleanUpAfterEach();

const TYPED = ["terminal", "telegram"] as const;
const DIP = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip";

async function claimed(platform: PlatformName): Promise<Stage> {
  const stage = await setStage(platform);
  await claim(stage);
  return stage;
}

/** Nothing was lost: the next command works, and the desk knows exactly these bots. */
async function goesOn(person: Person, { rig }: Stage, bots: readonly string[]): Promise<void> {
  expect(rig.desk.opened.engine.bots().map(({ state }) => state.spec.name)).toEqual(bots);
  expect(await person.run("system version")).toContain("1.2.3");
}

describe("a command that cannot be understood", () => {
  it.each(TYPED)("in %s is answered by the one that was probably meant", async (platform) => {
    const stage = await claimed(platform);
    const { person } = stage;
    expect(await person.run("bot crate")).toContain("bot create");
    expect(await person.run("pnaic")).toMatch(/Did you mean panic|panic/);
    expect(stage.rig.desk.opened.desk.state.halt).toBeUndefined();
    await goesOn(person, stage, []);
  });

  it.each(PLATFORMS)("in %s gets one sentence with what was expected, what was found and what to do", async (platform) => {
    const stage = await claimed(platform);
    const { person } = stage;
    await person.run(DIP);
    const answers: Record<string, RegExp> = {
      [DIP]: /^name "dip" is taken by a bot or a group; choose another name, such as dip-2\.$/,
      [`${DIP}2 stop:abc`]: /^stop expected a percentage above 0 and below 100 such as 2%, a multiple of the ATR .*, or none, found "abc"/,
      "bot create symbol:DOGE/USDT strategy:ema-cross timeframe:1m":
        /^symbol this market has no "DOGE\/USDT".* It has BTC\/USDT, ETH\/USDT\./,
      "bot create symbol:BTC/USDT strategy:ema-croos timeframe:1m": /^strategy there is no strategy "ema-croos".*ema-cross/,
      "bot show bot:dap": /^There is no bot or group with that name.*dip.*bot list shows what there is\.$/,
      "channel digest at:99:99": /expected a time of day such as 08:30, or off, found "99:99"/,
      [`${DIP}2 params:fast=30`]: /fast must be shorter than slow, found fast 30 and slow 26/,
      "access grant user:bob role:viewer": /expected a person's id such as discord:123456789 .*found "bob"/,
    };
    for (const [line, sentence] of Object.entries(answers)) expect(await person.run(line)).toMatch(sentence);
    await goesOn(person, stage, ["dip"]);
  });
});

describe("a message of 10,000 characters", () => {
  it("at the terminal is refused in one sentence, but a panic with a long story is still a panic", async () => {
    const stage = await claimed("terminal");
    const { person, rig } = stage;
    expect(await person.run(`bot create name:${"x".repeat(10_000)}`)).toMatch(
      /^A line has at most 10,000 characters, this one is longer; it was dropped\. Send a shorter one\.$/,
    );
    expect(await person.run(`bot create name:${"x".repeat(5_000)}`)).toMatch(
      /^A command has at most 4,000 characters, this one has 5,016; send/,
    );
    await goesOn(person, stage, []);
    expect(await person.run(`panic ${"x".repeat(10_000)}`)).toContain("Panic entries are denied");
    expect(rig.desk.opened.desk.state.halt?.panic).toBe(true);
  });

  it("in Telegram is refused in one sentence, whole, but a panic with a long story is still a panic", async () => {
    const stage = await claimed("telegram");
    const { person, rig } = stage;
    expect(await person.run(`bot create name:${"x".repeat(10_000)}`)).toContain("none of it was read. Send a shorter one.");
    await goesOn(person, stage, []);
    expect(await person.run(`panic ${"x".repeat(10_000)}`)).toContain("Panic entries are denied");
    expect(rig.desk.opened.desk.state.halt?.panic).toBe(true);
  });

  it("in Discord, where the app sends at most 6,000 and a form 4,000, is refused in one sentence", async () => {
    const stage = await claimed("discord");
    const { person, rig } = stage;
    const refused = await person.run(`bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:${"x".repeat(6_000)}`);
    expect(refused).toMatch(/^name expected a name of small letters, digits and dashes/);
    expect(refused.length).toBeLessThan(500);
    await person.run("bot create");
    expect(await person.type("x".repeat(4_000))).toContain("expected symbols such as BTC/USDT");
    await goesOn(person, stage, []);
    expect(await person.run(`panic reason:${"x".repeat(6_000)}`)).toContain("Panic entries are denied");
    expect(rig.desk.opened.desk.state.halt?.panic).toBe(true);
  });
});
