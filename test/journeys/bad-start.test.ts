import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { type Store, StoreUnavailable } from "../../src/ports/store.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { canary, telegramCanary } from "../kit/canary/canary.ts";
import { ENTERED_AFTER } from "../kit/desk-market.ts";
import { TelegramPerson } from "../kit/desk-person-telegram.ts";
import { type DeskRig, until } from "../kit/desk-rig.ts";
import {
  claim,
  cleanUpAfterEach,
  discordSettings,
  startDiscord,
  startRig,
  startTelegram,
  storeFile,
  telegramSettings,
} from "../kit/desk-stage.ts";

cleanUpAfterEach();

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const DIP = "bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip";
const FIRST_MS = Date.UTC(2025, 0, 1);

/** Trading goes on: a bot that is started now buys, and the terminal hears of it. */
async function goesOnBuying({ admin, move }: DeskRig): Promise<void> {
  expect(await admin.run(`${DIP} start:yes`)).toContain("dip is running");
  await move(ENTERED_AFTER);
  expect(await admin.nextAlert(/^dip bought/)).toContain("9.965 BTC at 100.35 USDT");
}

/** A whole process, given only its settings: how it ends and what it says. */
async function ended(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [MAIN, "--script"], {
    env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

/** Writes until not even the smallest request fits. */
async function fill(store: Store): Promise<void> {
  let count = 0;
  for (const bytes of [4_000, 400, 40, 1]) {
    for (let full = false; !full; count += 1) {
      const requestId = `filler ${count}`;
      full = await store.accept({ requestId, wallMs: 1, body: "x".repeat(bytes) }).then(
        () => false,
        (failure: unknown) => failure instanceof StoreUnavailable,
      );
      if (!full) await store.settle(requestId).catch(() => undefined);
    }
  }
}

describe("a replay that cannot be read", () => {
  const row = (minute: number, rest = "10,11,9,10,1") => `${FIRST_MS + minute * MINUTE_MS},${rest}`;
  it.each([
    ["is missing", undefined, /^MARKET: .*BTCUSDT\.csv does not exist\. Check the path/],
    ["has a broken row", [row(0), row(1, "10,abc,9,10,1")], /^MARKET: .*line 3: expected a number as high, found "abc"/],
    ["goes back in time", [row(0), row(2), row(1)], /^MARKET: .*line 4: expected ascending times/],
  ])("because it %s keeps the desk from starting, in one sentence with file and line", async (_, rows, sentence) => {
    const path = join(dirname(storeFile()), "BTCUSDT.csv");
    if (rows) writeFileSync(path, `ts_ms,open,high,low,close,volume\n${rows.join("\n")}\n`);
    await expect(startRig({ market: "as set", environment: { MARKET: `replay:${path}` } })).rejects.toThrow(sentence);
  });

  it("ends its process at once, although a store was to be opened", async () => {
    const file = storeFile();
    const { code, said } = await ended({ MARKET: `replay:${file}.csv`, STORE_URL: `sqlite:${file}` });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^MARKET: .* does not exist\. Check the path.*\n$/) });
  });
});

describe("a store", () => {
  it("that another process holds is named with that process, and the other goes on", async () => {
    const file = storeFile();
    const rig = await startRig({ file });
    await rig.admin.run(DIP);
    const { code, said } = await ended({ STORE_URL: `sqlite:${file}` });
    expect(code).toBe(1);
    expect(said).toMatch(
      RegExp(`^STORE_URL: the store ${file} is in use by process ${process.pid} on host .*Stop that process first.*\n$`),
    );
    expect(await rig.admin.run("bot list")).toContain("1 bot, 0 running");
  });

  it("that cannot be written keeps the desk from starting, in one sentence", async () => {
    const opening = startRig({ store: "as set", environment: { STORE_URL: "sqlite:/dev/full/desk.sqlite" } });
    await expect(opening).rejects.toThrow(/^STORE_URL: the store \/dev\/full\/desk\.sqlite .*Name a file/);
  });

  it("on a full disk loses nothing: commands are refused in one sentence, reading goes on, and with room again so does the rest", async () => {
    const store = await openSqliteStore({ file: storeFile(), pagesMax: 150 });
    const rig = await startRig({ store });
    const { admin } = rig;
    expect(await admin.run(`${DIP} start:yes`)).toContain("dip is running");
    await fill(store);
    const refused = await admin.run("bot create symbol:ETH/USDT strategy:ema-cross timeframe:1m name:late");
    expect(refused).toMatch(/^Nothing was done Your request could not be stored, so it was not carried out\. Try again in a moment\.$/);
    expect(await admin.run("bot show bot:dip")).toContain("Status running");
    await store.prune(2);
    expect(await admin.run("bot create symbol:ETH/USDT strategy:ema-cross timeframe:1m name:late")).toContain("late is created");
    await rig.move(ENTERED_AFTER);
    expect(await admin.nextAlert(/^dip bought/)).toContain("9.965 BTC");
  });
});

describe("a token that is refused", () => {
  it("is a critical alert at the terminal for each platform, and trading goes on", async () => {
    const discord = await startDiscord();
    const telegram = await startTelegram();
    const wrong = { DISCORD_TOKEN: canary("Discord token"), TELEGRAM_TOKEN: telegramCanary(999) };
    const rig = await startRig({ environment: { ...discordSettings(discord), ...telegramSettings(telegram), ...wrong } });
    expect(await rig.admin.nextAlert(/^The platform discord has failed/)).toContain("Discord refused the token in DISCORD_TOKEN");
    expect(await rig.admin.nextAlert(/^The platform telegram has failed/)).toContain("TELEGRAM_TOKEN");
    await goesOnBuying(rig);
    expect(await rig.admin.run("system health")).toContain("discord NOT reachable, telegram NOT reachable");
  });

  it("of Discord leaves Telegram at work", async () => {
    const discord = await startDiscord();
    const telegram = await startTelegram();
    const environment = { ...discordSettings(discord), ...telegramSettings(telegram), DISCORD_TOKEN: canary("Discord token") };
    const rig = await startRig({ environment });
    const person = new TelegramPerson(telegram, telegram.user, telegram.addSupergroup("Desk", [telegram.user]));
    expect(await claim({ rig, person })).toContain("The desk is yours");
    await goesOnBuying(rig);
    expect(await person.nextAlert(/^dip bought/)).toContain("9.965 BTC");
  });
});

describe("a platform that is away when the desk starts", () => {
  it("comes up by itself in Discord, while the terminal works", async () => {
    const discord = await startDiscord();
    discord.fault({ pathPattern: "/gateway", status: "destroy" });
    discord.refuseGateway = true;
    const rig = await startRig({ environment: discordSettings(discord) });
    await goesOnBuying(rig);
    discord.refuseGateway = false;
    await until(() => discord.commandsFor(discord.user).length > 0);
    expect(rig.admin.alerts(/has failed/)).toEqual([]);
  });

  it("comes up by itself in Telegram, while the terminal works", async () => {
    const gone = await startTelegram();
    const port = Number(new URL(gone.apiUrl).port);
    await gone.stop();
    const rig = await startRig({ environment: telegramSettings(gone) });
    await goesOnBuying(rig);
    const telegram = await startTelegram(port);
    const person = new TelegramPerson(telegram, telegram.user, telegram.addSupergroup("Desk", [telegram.user]));
    expect(await claim({ rig, person })).toContain("The desk is yours");
    expect(await person.run("bot show bot:dip")).toContain("Position 9.965 BTC");
    expect(rig.admin.alerts(/has failed/)).toEqual([]);
  });
});
