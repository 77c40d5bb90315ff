import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { telegramCanary } from "./canary/canary.ts";
import { discard, temporaryFolder } from "./canary/watch.ts";
import type { Person } from "./desk-person.ts";
import { DiscordPerson } from "./desk-person-discord.ts";
import { TelegramPerson } from "./desk-person-telegram.ts";
import { type DeskRig, type DeskRigOptions, openDeskRig, until } from "./desk-rig.ts";
import { DiscordCounterpart } from "./discord/counterpart.ts";
import { withRecordedJudge } from "./discord/recorded-judge.ts";
import { recordedFile } from "./recorded.ts";
import { TelegramCounterpart } from "./telegram/counterpart.ts";

export const PLATFORMS = ["terminal", "discord", "telegram"] as const;
export type PlatformName = (typeof PLATFORMS)[number];

/** A desk on one platform with the first person there, who owns it. */
export interface Stage {
  readonly rig: DeskRig;
  readonly person: Person;
  /** Another person at the same place. */
  join(name: string): Person;
  /** Everything that the desk ever sent to the platform. */
  outgoing(): string;
  /** Ends the desk, cleanly or like a killed process, and starts another one on what it left. */
  restart(how: "stop" | "crash", options: DeskRigOptions): Promise<DeskRig>;
}

interface Ending {
  stop(): Promise<void>;
}

/** Of the shape that BotFather hands out. */
const TELEGRAM_TOKEN = telegramCanary();

const endings: Ending[] = [];
const judged: { readonly violations: readonly string[] }[] = [];
const rigs: DeskRig[] = [];
const botApiSpecPath = recordedFile("specs/telegram-bot-api.json");

/** Ends what a test started; no desk may have called anything fatal, and every request must be one that the platform takes. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    for (const each of endings.splice(0).reverse()) await each.stop();
    const wrong = judged.splice(0).flatMap(({ violations }) => violations);
    const fatal = rigs.splice(0).flatMap((rig) => rig.fatal);
    expect({ wrong, fatal }).toEqual({ wrong: [], fatal: [] });
  });
}

/** Ends something with its test, after what was started later. */
export function onEnd(ending: Ending): void {
  endings.push(ending);
}

/** A path for a store, in a folder that goes with its test. */
export function storeFile(): string {
  const folder = temporaryFolder("desk");
  endings.unshift({ stop: async () => discard(folder) });
  return join(folder, "desk.sqlite");
}

/** A desk that ends with its test. */
export async function startRig(options: DeskRigOptions = {}): Promise<DeskRig> {
  const rig = await openDeskRig(options);
  rigs.push(rig);
  let over = false;
  const once = (end: () => Promise<void>) => async () => {
    if (over) return;
    over = true;
    await end();
  };
  const ending = { ...rig, stop: once(() => rig.stop()), crash: once(() => rig.crash()) };
  endings.push(ending);
  return ending;
}

export async function startDiscord(): Promise<DiscordCounterpart> {
  const discord = await DiscordCounterpart.start(withRecordedJudge);
  endings.push(discord);
  judged.push(discord);
  return discord;
}

export async function startTelegram(port = 0): Promise<TelegramCounterpart> {
  const telegram = await TelegramCounterpart.start({
    port,
    token: TELEGRAM_TOKEN,
    ...(botApiSpecPath === undefined ? {} : { botApiSpecPath }),
  });
  endings.push(telegram);
  judged.push(telegram);
  return telegram;
}

export function discordSettings({ token, apiUrl }: DiscordCounterpart) {
  return { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl };
}

export function telegramSettings({ token, apiUrl }: TelegramCounterpart) {
  return { TELEGRAM_TOKEN: token, TELEGRAM_API_URL: apiUrl };
}

/** The platform itself, before any desk. */
interface Venue {
  readonly settings: Readonly<Record<string, string>>;
  people(rig: DeskRig): { readonly person: Person; join(name: string): Person };
  outgoing(rig: DeskRig): string;
  ready(rig: DeskRig): Promise<void>;
}

async function venueOf(platform: PlatformName): Promise<Venue> {
  if (platform === "terminal") {
    const outgoing = ({ console }: DeskRig) => console.printed.join("");
    return { settings: {}, people: ({ admin }) => ({ person: admin, join: onlyOne }), outgoing, ready: async () => undefined };
  }
  if (platform === "discord") {
    const discord = await startDiscord();
    const person = new DiscordPerson(discord);
    const join = (name: string) => new DiscordPerson(discord, discord.addUser(name));
    const isReady = (rig: DeskRig) => reachable(rig, platform) && discord.commandsFor(discord.user).length > 0;
    const outgoing = () => JSON.stringify([discord.requests, discord.channelMessages(discord.channel, person.user)]);
    return { settings: discordSettings(discord), people: () => ({ person, join }), outgoing, ready: (rig) => until(() => isReady(rig)) };
  }
  const telegram = await startTelegram();
  const names = ["Bob", "Cleo", "Dora"];
  const others = names.map((name) => telegram.addUser(name));
  const group = telegram.addSupergroup("Desk", [telegram.user, ...others]);
  const person = new TelegramPerson(telegram, telegram.user, group);
  const join = (name: string) => new TelegramPerson(telegram, others[names.indexOf(name)]!, group);
  const outgoing = () => JSON.stringify([telegram.calls, telegram.messages(group), telegram.messages(telegram.privateChat(telegram.user))]);
  const isReady = (rig: DeskRig) => until(() => reachable(rig, platform));
  return { settings: telegramSettings(telegram), people: () => ({ person, join }), outgoing, ready: isReady };
}

/** Sets the stage: the platform, a desk on it, and a person. Whoever owns it still has to claim it, with `claim`. */
export async function setStage(platform: PlatformName, options: DeskRigOptions = {}): Promise<Stage> {
  const { settings, people, outgoing, ready } = await venueOf(platform);
  const begin = async (more: DeskRigOptions) => {
    const rig = await startRig({ ...more, environment: { ...settings, ...more.environment } });
    await ready(rig);
    return rig;
  };
  const rig = await begin(options);
  let current = rig;
  return {
    rig,
    ...people(rig),
    outgoing: () => outgoing(current),
    async restart(how, more) {
      await current[how]();
      current = await begin(more);
      return current;
    },
  };
}

/** Makes the person an admin with the code that the desk printed; whoever sits at the terminal is one already. */
export async function claim({ rig, person }: Pick<Stage, "rig" | "person">): Promise<string> {
  if (rig.desk.claimCode === undefined) return "The desk is yours";
  return person.run(`access link code:${rig.desk.claimCode}`);
}

function onlyOne(): never {
  throw new Error("only one person sits at the terminal");
}

function reachable({ desk }: DeskRig, platform: string): boolean {
  return desk.platforms.some(({ name, reachable }) => name === platform && reachable);
}
