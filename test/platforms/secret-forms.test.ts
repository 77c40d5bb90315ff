import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { Secret } from "../../src/domain/secret.ts";
import { openDiscord } from "../../src/platforms/discord.ts";
import { openTelegram } from "../../src/platforms/telegram.ts";
import { openTerminal } from "../../src/platforms/terminal.ts";
import { systemClock } from "../../src/system/clock.ts";
import { DiscordCounterpart } from "../kit/discord/counterpart.ts";
import { TelegramCounterpart } from "../kit/telegram/counterpart.ts";
import { until } from "./discord/rig.ts";
import { KEY, SECRET } from "./fake-forms.ts";
import { openSecretDesk, type SecretDesk } from "./secret-desk.ts";

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What a person saw after each command, and everything that went out. */
interface Story {
  readonly answers: readonly string[];
  readonly outgoing: string;
}

const VERBS = ["connect", "refuse", "falter", "crash"] as const;
const EXPECTED = [
  "main is connected",
  "the exchange does not know [secret]",
  "The exchange or the store does not answer right now",
  "Something went wrong on our side",
];

async function onTerminal({ door }: SecretDesk): Promise<Story> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let printed = "";
  output.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const terminal = openTerminal({
    input,
    output,
    json: true,
    endsAtEof: true,
    clock: systemClock(),
    colors: false,
    wait: () => Promise.reject(new Error("no market")),
    welcome: () => ({ title: "Welcome", tone: "plain", lines: [], fields: [], buttons: [] }),
  });
  await terminal.start(door);
  const forms = VERBS.flatMap((verb) => [`account ${verb}`, `secret apiKey ${KEY}`, `secret secret ${SECRET}`]);
  const slips = [`account connect key:${KEY} secret:${SECRET}`, `${KEY} ${SECRET}`, `secret apiKey ${KEY}`, `help ${KEY} ${SECRET}`];
  input.end([...forms, ...slips].map((line) => `${line}\n`).join(""));
  await terminal.ended;
  await terminal.stop();
  const views = printed.trimEnd().split("\n").slice(1);
  const answers = VERBS.map((_, index) => views[index * 3 + 2] ?? "");
  expect(views).toHaveLength(forms.length + slips.length);
  return { answers, outgoing: printed };
}

async function onDiscord({ door, logger }: SecretDesk, discord: DiscordCounterpart): Promise<Story> {
  const identifyThrottler = { waitForIdentify: async () => undefined };
  const { apiUrl, token, user } = discord;
  const platform = openDiscord({ token: new Secret(token), apiUrl, logger, clock: systemClock(), identifyThrottler });
  endings.push(() => platform.stop());
  await platform.start(door);
  await until(() => platform.reachable && discord.commandsFor(user).length > 0);
  const answers: string[] = [];
  for (const verb of VERBS) {
    const card = await discord.slash(user, `/account ${verb}`).settled();
    const form = await discord.press(user, card, "Enter the key").modal();
    const submitted = discord.submit(user, form, { apiKey: KEY, secret: SECRET });
    answers.push(JSON.stringify(await submitted.settled()));
    // The same form once more: it is on the screen still.
    expect(JSON.stringify(await discord.submit(user, form, { apiKey: KEY, secret: SECRET }).settled())).toContain("This form is closed");
  }
  const seen = discord.channelMessages(discord.channel, user);
  expect(discord.violations).toEqual([]);
  return { answers, outgoing: JSON.stringify([discord.requests, seen]) };
}

async function onTelegram({ door, logger }: SecretDesk, telegram: TelegramCounterpart): Promise<Story> {
  const { apiUrl, token, user, chat } = telegram;
  const platform = openTelegram({ token: new Secret(token), apiUrl, logger, clock: systemClock() });
  endings.push(() => platform.stop());
  await platform.start(door);
  await until(() => telegram.isPolled);
  const isPrompt = ({ text }: { text?: string }) => text?.startsWith("🔑") === true;
  const answers: string[] = [];
  for (const verb of VERBS) {
    await telegram.ask(user, `/account_${verb}`, { that: isPrompt });
    await telegram.ask(user, KEY, { that: isPrompt });
    answers.push(JSON.stringify(await telegram.ask(user, SECRET)));
  }
  for (const slip of [`/account_connect key:${KEY} secret:${SECRET}`, `${KEY} ${SECRET}`, KEY, `/help ${KEY} ${SECRET}`])
    expect(telegram.textOf(await telegram.ask(user, slip))).toContain("That looked like an API key");
  const group = telegram.addGroup("Desk", [user]);
  telegram.promote(user, group);
  const refused = await telegram.ask(user, "/account_connect", { chat: group });
  expect(telegram.textOf(refused)).toMatch(/Answered in private|not taken in a group/);
  await until(() => telegram.messages(chat).every(({ text }) => !text?.includes(KEY) && !text?.includes(SECRET)));
  expect(telegram.violations).toEqual([]);
  return { answers, outgoing: JSON.stringify([telegram.calls, telegram.messages(chat), telegram.messages(group)]) };
}

test.each(["terminal", "discord", "telegram"] as const)(
  "keys that are entered on %s lie in no byte of the store, no log line, no view and no request",
  async (platform) => {
    const discord = platform === "discord" ? await DiscordCounterpart.start() : undefined;
    const telegram = platform === "telegram" ? await TelegramCounterpart.start() : undefined;
    for (const each of [discord, telegram]) if (each) endings.push(() => each.stop());
    const owner = { terminal: "terminal:local", discord: `discord:${discord?.user.id}`, telegram: `telegram:${telegram?.user.id}` }[
      platform
    ];
    const desk = await openSecretDesk(owner);
    endings.push(() => desk.remove());
    const story = discord ? await onDiscord(desk, discord) : telegram ? await onTelegram(desk, telegram) : await onTerminal(desk);
    expect(desk.came).toEqual(VERBS.map(() => [KEY, SECRET]));
    for (const [index, expected] of EXPECTED.entries()) expect(story.answers[index]?.replaceAll("\\\\", "")).toContain(expected);
    const bytes = await desk.bytes();
    // Something was written down at all, or finding nothing would mean nothing.
    expect(bytes).toContain("account connect");
    expect(desk.log.join("\n")).toContain("signed [secret]");
    for (const canary of [KEY, SECRET, KEY.slice(8, 40), Buffer.from(KEY).toString("base64").slice(0, 40)])
      expect([bytes, desk.log.join("\n"), story.outgoing].map((text) => text.includes(canary))).toEqual([false, false, false]);
  },
);
