import { describe, expect, it } from "vitest";
import { isFlat } from "../../src/domain/position.ts";
import type { AppendBatch } from "../../src/ports/store.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { ENTERED_AFTER } from "../kit/desk-market.ts";
import { DiscordPerson } from "../kit/desk-person-discord.ts";
import { type DeskRig, until } from "../kit/desk-rig.ts";
import { claim, cleanUpAfterEach, discordSettings, startDiscord, startRig } from "../kit/desk-stage.ts";
import { moodyStore } from "../kit/engine-store.ts";
import { FakeClock } from "../kit/fake-clock.ts";

cleanUpAfterEach();

const DIP = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip";
const SPEED = 60;
const DEFERRED = 5;

function flat({ desk }: DeskRig, name: string): boolean {
  const bot = desk.opened.engine.bot(name);
  if (!bot) throw new Error(`there is no bot ${name}`);
  return isFlat(bot.state.position);
}

describe("commits that are held open", () => {
  it("delay neither Discord's acknowledgment, nor reading, nor the bots of another account at 60 times real time", async () => {
    const discord = await startDiscord();
    const clock = new FakeClock();
    const rig = await startRig({ clock, environment: { ...discordSettings(discord), MARKET_SPEED: String(SPEED) } });
    await until(() => discord.commandsFor(discord.user).length > 0);
    const ada = new DiscordPerson(discord);
    await claim({ rig, person: ada });
    await rig.admin.run(`${DIP} start:yes`);
    await ada.run("bot create symbol:ETH/USDT strategy:ema-cross timeframe:1m name:eve start:yes");

    const ofAda = `account:paper:${ada.id}`;
    rig.gate.hold((name, [batch]) => name === "accept" || (name === "append" && (batch as AppendBatch).stream === ofAda));
    const asked = discord.slash(discord.user, "/bot create symbol:BTC/USDT strategy:ema-cross timeframe:5m name:later");
    await rig.gate.held();
    expect(await asked.wait("ack")).toMatchObject({ type: DEFERRED });

    for (let minute = 0; minute < ENTERED_AFTER; minute += 1) {
      await clock.advance(60_000 / SPEED);
      await rig.beat();
    }
    expect(await rig.admin.nextAlert(/^dip bought/)).toContain("9.965 BTC at 100.35 USDT");
    expect(await ada.run("bot show bot:dip")).toContain("Position 9.965 BTC");
    expect(await ada.run("bot list")).toContain("2 bots, 2 running");
    expect(flat(rig, "eve")).toBe(true);
    expect(asked.shown()).toBeUndefined();

    rig.gate.release();
    expect(JSON.stringify(await asked.settled())).toContain("later is created");
    // Its wish is as old as the gap by now, and after a gap only the newest candle may enter.
    expect(await rig.admin.nextAlert(/^eve was denied an entry/)).toContain("the candle is not the newest one");
    expect(await ada.run("stats today")).toMatch(/The books add up\..*The books add up\./);
  });
});

describe("a store that cannot write for a while", () => {
  it("refuses commands in one sentence, and loses nothing of what the bots would have done", async () => {
    const moody = moodyStore(openMemoryStore());
    const clock = new FakeClock();
    const rig = await startRig({ store: moody.store, clock });
    const { admin } = rig;
    await admin.run(`${DIP} start:yes`);
    moody.broken.add("account:paper:terminal:local");
    const sentence = "The store cannot write now (disk full), so nothing was done. Free disk space or fix its permissions, then try again.";
    expect(await admin.run("bot create symbol:ETH/USDT strategy:ema-cross timeframe:1m name:late")).toBe(sentence);
    expect(await admin.run("bot stop bot:dip")).toBe(sentence);
    const moved = rig.move(ENTERED_AFTER);
    await until(() => rig.complaints.some((each) => each.startsWith("the store cannot write; this account waits")));
    expect(await admin.run("bot show bot:dip")).toContain("Status running");
    const told = () => rig.complaints.filter((each) => each.startsWith("the store cannot write")).length;
    for (let tries = 0; tries < 3; tries += 1) {
      await until(() => clock.sleeping > 0);
      await clock.advance(10_000);
    }
    expect(told()).toBe(1);
    moody.broken.clear();
    await until(() => clock.sleeping > 0);
    await clock.advance(10_000);
    await moved;
    expect(await admin.nextAlert(/^dip bought/)).toContain("9.965 BTC at 100.35 USDT");
    expect(told()).toBe(1);
  });
});
