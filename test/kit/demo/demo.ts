import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { telegramCanary } from "../canary/canary.ts";
import { DiscordCounterpart } from "../discord/counterpart.ts";
import { TelegramCounterpart } from "../telegram/counterpart.ts";
import { ChangeFeed } from "./change-feed.ts";
import { DeskProcess } from "./desk-process.ts";
import { DiscordSide } from "./discord-side.ts";
import { ExchangeSide } from "./exchange-side.ts";
import { Stage } from "./stage.ts";
import { TelegramSide } from "./telegram-side.ts";
import { WebServer } from "./web.ts";

export interface DemoOptions {
  /** Of the page; 0 takes a free one. */
  readonly port: number;
  /** What the desk inherits, apart from everything that would lead outside. */
  readonly environment: NodeJS.ProcessEnv;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface Demo {
  readonly address: string;
  readonly deskPid: number | undefined;
  /** Holds the desk's store; it goes away with the demo. */
  readonly folder: string;
  /** How the desk ended, in case it does so before `stop`. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const TELEGRAM_TOKEN = telegramCanary();
const READY_TIMEOUT_MS = 30_000;
const MARKET = { MARKET: "simulated", MARKET_SPEED: "60" };

/** A desk between two local chat services and a simulated exchange, and the page that shows the chats. Rejects with the reason when the desk does not come up. */
export async function startDemo({ port, environment, signal }: DemoOptions): Promise<Demo> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "scalpstorm-demo-"));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    const discord = await DiscordCounterpart.start();
    cleanUps.push(() => discord.stop());
    const telegram = await TelegramCounterpart.start({ token: TELEGRAM_TOKEN });
    cleanUps.push(() => telegram.stop());
    // Whoever connects an account here must not reach a real exchange.
    const exchange = await ExchangeSide.start();
    cleanUps.push(() => exchange.stop());
    const market = { ...MARKET, ...environment };
    const desk = new DeskProcess(folder, market, {
      STORE_URL: `sqlite:${join(folder, "desk.sqlite")}`,
      LOG_FILE: join(folder, "desk.log"),
      PANIC_FILE: join(folder, "PANIC"),
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      TELEGRAM_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiUrl,
      ...exchange.settings,
    });
    cleanUps.push(() => desk.stop());
    await ready(discord, telegram, desk, signal);
    const stage = new Stage({ discord: new DiscordSide(discord), telegram: new TelegramSide(telegram), desk, market: marketText(market) });
    const feed = new ChangeFeed(stage);
    cleanUps.push(async () => feed.stop());
    const web = await WebServer.start(stage, feed, port);
    cleanUps.push(() => web.stop());
    return { address: web.address, deskPid: desk.pid, folder, ended: desk.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function marketText({ MARKET: market, MARKET_SPEED: speed }: NodeJS.ProcessEnv): string {
  return `${market} market, ${speed === "1" || market?.startsWith("exchange:") ? "real time" : `${speed} times real time`}`;
}

/** Waits until people find the desk's commands in both chats. */
async function ready(discord: DiscordCounterpart, telegram: TelegramCounterpart, desk: DeskProcess, signal?: AbortSignal): Promise<void> {
  const failed = desk.ended.then((how) => {
    throw new Error(how);
  });
  const aborted = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("The start was given up."))));
  const registered = discord.waitForRequest("PUT", "/commands", READY_TIMEOUT_MS);
  registered.catch(() => undefined);
  await Promise.race([Promise.all([registered, desk.claimCode, listed(telegram)]), failed, aborted]);
}

/** Waits until the menu of Telegram is there. */
async function listed(telegram: TelegramCounterpart): Promise<void> {
  for (let waitedMs = 0; telegram.commandsFor().length === 0 && waitedMs < READY_TIMEOUT_MS; waitedMs += 50)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
