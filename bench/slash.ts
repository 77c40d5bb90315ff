import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../config/load.ts";
import { type RunningDesk, startDesk } from "../src/app.ts";
import { openSimulated } from "../src/feeds/simulated.ts";
import { openSqliteStore } from "../src/stores/sqlite.ts";
import { cronerCalendar } from "../src/system/calendar.ts";
import { systemChance } from "../src/system/chance.ts";
import { systemClock } from "../src/system/clock.ts";
import { cronBeat } from "../src/system/cron.ts";
import { DiscordCounterpart } from "../test/kit/discord/counterpart.ts";
import { TelegramCounterpart } from "../test/kit/telegram/counterpart.ts";
import { testVault } from "../test/kit/test-vault.ts";
import { quietLogger, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";

const BOTS = 100;
const SEED = 42;
const ROUNDS = 200;
const LISTED = new RegExp(`${BOTS} bots, ${BOTS} running`);
const SUBSCRIBED = /This place gets alerts/;
const WARM_ROUNDS = 30;
/** A pause between commands: people are no faster, and the client library holds itself to fifty requests a second. */
const PAUSE_MS = 50;
const REGISTERED_MS = 20_000;
/** Of the form that settings are checked for; only the counterpart knows it. */
const TELEGRAM_TOKEN = `7000000001:${"bench".repeat(7)}`;

/** A command's way from the person to the visible answer and back, against local counterparts, with the whole desk in this process. */
export default async function slash(figures: Figures): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-bench-"));
  const discord = await DiscordCounterpart.start();
  const telegram = await TelegramCounterpart.start({ token: TELEGRAM_TOKEN });
  const desk = await openDesk(folder, {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    TELEGRAM_TOKEN: telegram.token,
    TELEGRAM_API_URL: telegram.apiUrl,
    OWNER_IDS: `discord:${discord.user.id},telegram:${telegram.user.id}`,
  });
  await discord.waitForRequest("PUT", /commands/, REGISTERED_MS);
  const inDiscord = (line: string) => async () => JSON.stringify(await discord.slash(discord.user, line).settled());
  const inTelegram = (line: string) => async () => JSON.stringify(await telegram.ask(telegram.user, line));
  await measure(figures, "Discord, /bot list", inDiscord("/bot list"), LISTED);
  const storedBefore = desk.opened.desk.state.sequence;
  await measure(figures, "Discord, /channel subscribe (stored)", inDiscord("/channel subscribe"), SUBSCRIBED);
  figures.count("events stored per /channel subscribe", (desk.opened.desk.state.sequence - storedBefore) / (WARM_ROUNDS + ROUNDS));
  await measure(figures, "Telegram, /bot_list", inTelegram("/bot_list"), LISTED);
  await desk.stop("the bench is over");
  await discord.stop();
  await telegram.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(figures: Figures, what: string, once: () => Promise<string>, expected: RegExp): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
    const began = performance.now();
    const answer = await once();
    if (round >= WARM_ROUNDS) times.push(performance.now() - began);
    // A refusal is no round trip of that command, however fast it was.
    if (!expected.test(answer)) throw new Error(`${what} was answered with ${answer.slice(0, 400)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  figures.time(`${what}, ${BOTS} bots: p50`, quantile(times, 0.5));
  figures.time(`${what}, ${BOTS} bots: p99`, quantile(times, 0.99));
}

async function openDesk(folder: string, environment: Record<string, string>): Promise<RunningDesk> {
  const file = join(folder, "desk.sqlite");
  const store = await openSqliteStore({ file });
  const market = openSimulated({ seed: SEED });
  await seedBots(store, market, BOTS);
  return startDesk({
    config: loadConfig({ MARKET_SPEED: "60", STORE_URL: `sqlite:${file}`, ...environment }),
    clock: systemClock(),
    beat: cronBeat(quietLogger),
    calendar: cronerCalendar(),
    chance: systemChance(),
    vault: testVault(),
    onSecret: () => undefined,
    logger: quietLogger,
    version: "bench",
    commandsFolder: join(import.meta.dirname, "../commands/"),
    crashCause: undefined,
    residentBytes: () => process.memoryUsage.rss(),
    panicRequested: () => false,
    store,
    market,
    onFatal(failure) {
      throw failure;
    },
  });
}
