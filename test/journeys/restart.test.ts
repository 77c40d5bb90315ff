import { describe, expect, it } from "vitest";
import type { AppendBatch } from "../../src/ports/store.ts";
import { ENTERED_AFTER, TAKEN_AFTER } from "../kit/desk-market.ts";
import { DiscordPerson } from "../kit/desk-person-discord.ts";
import { clockAhead, type DeskRig, until } from "../kit/desk-rig.ts";
import { claim, cleanUpAfterEach, discordSettings, setStage, startDiscord, startRig, storeFile } from "../kit/desk-stage.ts";
import type { DiscordCounterpart } from "../kit/discord/counterpart.ts";

cleanUpAfterEach();

const CHATS = ["discord", "telegram"] as const;
const DIP = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip";
const AWAY_MS = 42 * 60_000;

async function startDiscordDesk(discord: DiscordCounterpart, file: string, seed: number): Promise<DeskRig> {
  const rig = await startRig({ file, seed, environment: discordSettings(discord) });
  await until(() => rig.desk.platforms.every(({ reachable }) => reachable) && discord.commandsFor(discord.user).length > 0);
  return rig;
}

describe("a desk that is started again on its store", () => {
  it.each(CHATS)("goes on trading where it stood, and %s hears of each fill once", async (platform) => {
    const file = storeFile();
    const stage = await setStage(platform, { file });
    const { person } = stage;
    await claim(stage);
    await person.run(`${DIP} start:yes`);
    await stage.rig.move(ENTERED_AFTER);
    await person.nextAlert(/^dip bought/);
    const rig = await stage.restart("stop", { file, seed: 2 });
    expect(await person.run("bot show bot:dip")).toContain("Status running");
    await rig.move(TAKEN_AFTER - ENTERED_AFTER);
    expect(await person.nextAlert(/^Take profit/)).toContain("Result +38.02 USDT");
    expect(person.alerts(/^dip bought/)).toHaveLength(1);
    expect(person.alerts(/^Take profit/)).toHaveLength(1);
    expect(await person.run("stats today")).toContain("cash 10038.0192652 = start 10000 + entries 38.0192652 USDT");
  });

  it("delivers once what Discord could not take before it ended", async () => {
    const discord = await startDiscord();
    const file = storeFile();
    const person = new DiscordPerson(discord);
    const before = await startDiscordDesk(discord, file, 1);
    await claim({ rig: before, person });
    await person.run(`${DIP} start:yes`);
    discord.fault({ method: "POST", pathPattern: /\/channels\/\d+\/messages/, status: 503, times: 1_000 });
    void before.move(ENTERED_AFTER);
    await before.admin.nextAlert(/^dip bought/);
    await until(() =>
      discord.requests.some(({ method, path, status }) => method === "POST" && path.endsWith("/messages") && status === 503),
    );
    await before.crash();
    discord.faults.clear();
    expect(person.alerts(/./)).toEqual([]);
    const after = await startDiscordDesk(discord, file, 2);
    expect(await person.nextAlert(/^dip bought/)).toContain("9.965 BTC at 100.35 USDT");
    await after.desk.delivery.idle();
    expect(person.alerts(/^dip bought/)).toHaveLength(1);
  });
});

describe("a crash", () => {
  it("in the middle of a Discord command ends its deferral with what became of it", async () => {
    const discord = await startDiscord();
    const file = storeFile();
    const person = new DiscordPerson(discord);
    const before = await startDiscordDesk(discord, file, 1);
    await claim({ rig: before, person });
    before.gate.hold((name, [batch]) => name === "append" && (batch as AppendBatch).stream !== "desk");
    const asked = discord.slash(discord.user, `/${DIP}`);
    await before.gate.held();
    await before.crash();
    expect(asked.shown()).toBeUndefined();
    const after = await startDiscordDesk(discord, file, 2);
    expect(JSON.stringify(await asked.settled())).toContain(
      "Interrupted by a restart, nothing was done. Send it again if you still want it.",
    );
    expect(after.desk.opened.engine.bots()).toEqual([]);
    expect(await person.run(DIP)).toContain("dip is created");
  });

  it.each(CHATS)("is the first thing that %s hears of afterwards, with how long the desk was away", async (platform) => {
    const file = storeFile();
    const stage = await setStage(platform, { file });
    await claim(stage);
    await stage.restart("crash", { file, seed: 2, clock: clockAhead(AWAY_MS) });
    expect(await stage.person.nextAlert(/./)).toMatch(/^The desk is back after a crash It was away for 42 ?m/);
  });
});
