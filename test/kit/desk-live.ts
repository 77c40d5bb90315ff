import { expect } from "vitest";
import { canary } from "./canary/canary.ts";
import { DeskBlofin } from "./desk-blofin.ts";
import { DeskExchange } from "./desk-exchange.ts";
import type { Person } from "./desk-person.ts";
import { DiscordPerson } from "./desk-person-discord.ts";
import { TelegramPerson } from "./desk-person-telegram.ts";
import { type DeskRig, type DeskRigOptions, until } from "./desk-rig.ts";
import {
  claim,
  discordSettings,
  onEnd,
  type PlatformName,
  type Stage,
  setStage,
  startDiscord,
  startRig,
  startTelegram,
  telegramSettings,
} from "./desk-stage.ts";
import type { Tape } from "./exchange/tape.ts";
import type { StoryServer } from "./story-server.ts";

const PASSPHRASE_CHARS = 24;
const SECOND_MS = 1_000;
/** What a skip leaves to pass as it would: prices are known again then. */
const RUN_UP_MS = 10 * SECOND_MS;
/** Prices are watched on each beat, and have to be every ten seconds. */
const STEP_MS = 5 * SECOND_MS;

/** Keys as an exchange makes them, told apart at a glance. */
export const KEYS = {
  demo: { apiKey: canary("demo key"), secret: canary("demo secret") },
  live: { apiKey: canary("live key"), secret: canary("live secret") },
} as const;

/** The same of an exchange whose keys have a third part. */
export const BLOFIN_KEYS = {
  demo: { ...KEYS.demo, passphrase: canary("demo passphrase", PASSPHRASE_CHARS) },
  live: { ...KEYS.live, passphrase: canary("live passphrase", PASSPHRASE_CHARS) },
} as const;

/** A stage with a simulated exchange: 1,000 USDT in its demo world and 100 USDT in the real one. */
export interface LiveStage<Exchange extends StoryServer = DeskExchange> extends Pick<Stage, "rig" | "person"> {
  readonly exchange: Exchange;
  /** Who approves what asks for a second factor; the terminal unless somebody else does. */
  readonly approver?: Person;
  /** Lets seconds pass, one beat at the end of each. */
  pass(seconds?: number): Promise<void>;
  /** Skips to a little before the next minute of the round that is so many seconds old, and lets the rest pass. Prices that somebody watches were away meanwhile. */
  skipTo(minute: number, second: number): Promise<void>;
  /** Lets time pass until then, a beat every few seconds. */
  passTo(minute: number, second: number): Promise<void>;
}

/** The same on one platform. */
export type PlatformStage<Exchange extends StoryServer = DeskExchange> = Stage & LiveStage<Exchange>;

export interface LiveStageOptions extends Omit<DeskRigOptions, "clock" | "market"> {
  readonly tape?: Tape;
}

export async function setLiveStage(platform: PlatformName, { tape, ...options }: LiveStageOptions = {}): Promise<PlatformStage> {
  return stageAt(await startExchange(tape), platform, options);
}

/** The same with a simulated Blofin. */
export async function setBlofinStage(platform: PlatformName, options: LiveStageOptions = {}): Promise<PlatformStage<DeskBlofin>> {
  const exchange = new DeskBlofin();
  exchange.open("demo", BLOFIN_KEYS.demo, 1_000);
  exchange.open("live", BLOFIN_KEYS.live, 100);
  await exchange.start();
  onEnd(exchange);
  return stageAt(exchange, platform, options);
}

async function stageAt<Exchange extends StoryServer>(
  exchange: Exchange,
  platform: PlatformName,
  options: Omit<LiveStageOptions, "tape">,
): Promise<PlatformStage<Exchange>> {
  const environment = { ...exchange.settings, LIVE_CEILING: "100 USDT", ...options.environment };
  const stage = await setStage(platform, { ...options, clock: exchange.clock, market: "as set", environment });
  await claim(stage);
  return { ...stage, exchange, ...timeOf(exchange, stage.rig) };
}

/** One owner with two phones that are linked: the desk was claimed on Discord, where its alerts go, and the other one is a private chat in Telegram. */
export interface PhonesStage extends LiveStage {
  readonly approver: Person;
}

export async function setPhonesStage(tape: Tape): Promise<PhonesStage> {
  const [exchange, discord, telegram] = await Promise.all([startExchange(tape), startDiscord(), startTelegram()]);
  const environment = { ...exchange.settings, LIVE_CEILING: "100 USDT", ...discordSettings(discord), ...telegramSettings(telegram) };
  const rig = await startRig({ clock: exchange.clock, market: "as set", environment });
  await until(() => rig.desk.platforms.every(({ reachable }) => reachable) && discord.commandsFor(discord.user).length > 0);
  const person = new DiscordPerson(discord);
  const approver = new TelegramPerson(telegram, telegram.user, telegram.privateChat(telegram.user));
  await claim({ rig, person });
  const linking = await proven({ rig }, person, await person.run("access link"));
  const [line = ""] = /access link code:\w+/.exec(linking) ?? [];
  expect(await approver.run(line)).toContain("become one person");
  expect(await approver.press("Yes, access link")).toContain("are one person now");
  return { rig, person, approver, exchange, ...timeOf(exchange, rig) };
}

export async function startExchange(tape?: Tape): Promise<DeskExchange> {
  const exchange = new DeskExchange(tape);
  exchange.open("demo", { key: KEYS.demo.apiKey, secret: KEYS.demo.secret, balances: { USDT: "1000" } });
  exchange.open("live", { key: KEYS.live.apiKey, secret: KEYS.live.secret, balances: { USDT: "100" } });
  await exchange.start();
  onEnd(exchange);
  return exchange;
}

/** The time of a stage: it stands still but for what a test lets pass, and the little that requests really take. */
export function timeOf(exchange: StoryServer, rig: Pick<DeskRig, "beat">): Pick<LiveStage, "pass" | "skipTo" | "passTo"> {
  const step = async (spanMs: number) => {
    await exchange.quiet();
    exchange.clock.skip(spanMs);
    exchange.push();
    await rig.beat();
    await exchange.quiet();
  };
  const pass = async (spanMs: number, stepMs: number) => {
    const endMs = exchange.clock.monotonicMs() + spanMs;
    for (let leftMs = spanMs; leftMs > 0; leftMs = endMs - exchange.clock.monotonicMs()) await step(Math.min(stepMs, leftMs));
  };
  return {
    pass: (seconds = 1) => pass(seconds * SECOND_MS, SECOND_MS),
    async skipTo(minute, second) {
      await exchange.quiet();
      exchange.clock.skip(Math.max(0, exchange.until(minute, second) - RUN_UP_MS));
      await pass(exchange.until(minute, second), SECOND_MS);
    },
    async passTo(minute, second) {
      await pass(exchange.until(minute, second), STEP_MS);
    },
  };
}

/** What is seen in the end of a command that may want a second factor: it is approved elsewhere. */
export async function proven(
  { rig, approver = rig.admin }: Pick<LiveStage<StoryServer>, "rig" | "approver">,
  person: Person,
  asked: string,
): Promise<string> {
  const [approve] = /access approve code:\w+/.exec(asked) ?? [];
  if (approve === undefined) return asked;
  expect(await approver.run(approve)).toContain("Approved");
  return person.press("Continue");
}

/** Connects an account of the exchange under a name, with the key of its world entered in the platform's own form. */
export async function connect(stage: LiveStage, name: string, environment: "demo" | "live"): Promise<string> {
  const acknowledge = environment === "demo" ? " acknowledge:yes" : "";
  const line = `account connect name:${name} exchange:binance environment:${environment}${acknowledge}`;
  return entersKey(stage, { line, title: `Key of ${name} (${environment.toUpperCase()}) at Binance.com`, key: KEYS[environment] });
}

/** The same at Blofin, which tells nothing of withdrawals, so that the person has to say that they looked. */
export async function connectBlofin(stage: LiveStage<DeskBlofin>, name: string, environment: "demo" | "live"): Promise<string> {
  const line = `account connect name:${name} exchange:blofin environment:${environment} acknowledge:yes`;
  return entersKey(stage, { line, title: `Key of ${name} (${environment.toUpperCase()}) at Blofin`, key: BLOFIN_KEYS[environment] });
}

interface Entering {
  readonly line: string;
  /** What the form is called. */
  readonly title: string;
  readonly key: Readonly<Record<string, string>>;
}

async function entersKey(stage: LiveStage<StoryServer>, { line, title, key }: Entering): Promise<string> {
  const person = stage.person.inPrivate();
  expect(await proven(stage, person, await person.run(line))).toContain(title);
  const connected = await person.enter(key);
  await stage.pass(2);
  return connected;
}

/** Buys by hand for 20 USDT, with a stop of 2% and a target of 4%, and waits until both rest at the exchange. */
export async function hold(stage: LiveStage, account: string, coin: string): Promise<void> {
  const { person } = stage;
  await person.run(`order enter account:${account} symbol:${coin} side:buy amount:20 stop:2% take:4%`);
  const bought = await proven(stage, person, await person.press("Yes, order enter"));
  expect(bought).toMatch(new RegExp(`hand-${coin}\\S* \\((?:LIVE|DEMO)\\) buys ${coin.toUpperCase()}/USDT`));
  await stage.pass(2);
  expect(await person.run("position list")).toMatch(new RegExp(`hand-${coin}\\S* \\(\\w+\\) stop at .*, resting at the \\w+ venue`));
}
