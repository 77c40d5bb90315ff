import { type Client, Events } from "discord.js";
import { describe, expect, type TestContext, test } from "vitest";
import { type CounterpartOptions, DiscordCounterpart } from "../discord/counterpart.ts";
import { loggedIn, rawBot } from "./testing.ts";

type AtEnd = TestContext["onTestFinished"];

async function counterpart(atEnd: AtEnd, options: CounterpartOptions = {}) {
  const discord = await DiscordCounterpart.start(options);
  atEnd(async () => {
    await discord.stop();
    expect(discord.violations).toEqual([]);
  });
  return discord;
}

async function desk(atEnd: AtEnd, { timeoutMs = 15_000, ...options }: CounterpartOptions & { timeoutMs?: number } = {}) {
  const discord = await counterpart(atEnd, options);
  const client = await loggedIn(discord, { rest: { api: discord.apiUrl, timeout: timeoutMs, retries: 2 } });
  atEnd(() => client.destroy());
  await client.application.commands.set([{ name: "ping", description: "Are you there" }]);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.reply("pong").catch(() => {});
  });
  return { discord, client, ping: () => discord.slash(discord.user, "/ping").settled() };
}

async function room(client: Client, discord: DiscordCounterpart) {
  const channel = await client.channels.fetch(discord.channel.id);
  if (!channel?.isSendable()) throw new Error("not sendable");
  return channel;
}

const texts = (discord: DiscordCounterpart) => discord.channelMessages().map((message) => message.content);

// Each has its own counterpart, and most of the time they wait for the client's fixed pauses: so they wait together.
describe.concurrent("the client comes through bad weather", () => {
  for (const [name, strike] of Object.entries({
    "a cut socket": (discord: DiscordCounterpart) => discord.dropSockets(),
    "a request to reconnect": (discord: DiscordCounterpart) => discord.askReconnect(),
    "a close with code 4000": (discord: DiscordCounterpart) => discord.closeSockets(4000),
    "a session that may go on": (discord: DiscordCounterpart) => discord.invalidateSessions(true),
  })) {
    test(`after ${name} the client resumes and answers what it missed`, async ({ onTestFinished }) => {
      const { discord, client, ping } = await desk(onTestFinished);
      const resumed = new Promise((done) => client.once(Events.ShardResume, done));
      strike(discord);
      expect((await ping()).content).toBe("pong");
      await resumed;
      expect(discord.gateway.starts).toEqual(["identify", "resume"]);
    });
  }

  test("a heart that gets no answer is a zombie, and the client resumes", async ({ onTestFinished }) => {
    const { discord, client, ping } = await desk(onTestFinished, { heartbeatMs: 150 });
    discord.ackHeartbeats = false;
    const resumed = new Promise((done) => client.once(Events.ShardResume, done));
    await new Promise((done) => client.once(Events.ShardReconnecting, done));
    discord.ackHeartbeats = true;
    await resumed;
    expect((await ping()).content).toBe("pong");
  });

  test("a session that is over begins anew, and what was missed stays missed", async ({ onTestFinished }) => {
    const { discord, client, ping } = await desk(onTestFinished);
    const ready = new Promise((done) => client.once(Events.ShardReady, done));
    discord.invalidateSessions(false);
    const lost = discord.slash(discord.user, "/ping");
    await ready;
    expect((await ping()).content).toBe("pong");
    expect(lost.shown()).toBeUndefined();
    expect(discord.gateway.starts).toEqual(["identify", "identify"]);
  });

  test("a gateway that refuses is tried again until it opens", async ({ onTestFinished }) => {
    const { discord, client, ping } = await desk(onTestFinished);
    const ready = new Promise((done) => client.once(Events.ShardReady, done));
    discord.refuseGateway = true;
    discord.dropSockets();
    setTimeout(() => {
      discord.refuseGateway = false;
    }, 700);
    await Promise.race([ready, new Promise((done) => client.once(Events.ShardResume, done))]);
    expect((await ping()).content).toBe("pong");
  });

  test("a duplicated interaction is answered once", async ({ onTestFinished }) => {
    const { discord } = await desk(onTestFinished);
    const interaction = discord.slash(discord.user, "/ping");
    discord.duplicate(interaction);
    await interaction.settled();
    await expect.poll(() => interaction.refusals).toEqual(["POST: Interaction has already been acknowledged."]);
    expect(texts(discord)).toEqual(["pong"]);
  });

  test("a bad gateway is repeated, and the message is posted once", async ({ onTestFinished }) => {
    const { discord, client } = await desk(onTestFinished);
    discord.fault({ method: "POST", pathPattern: "/messages", status: 502, times: 2 });
    await (await room(client, discord)).send("alert");
    expect(texts(discord)).toEqual(["alert"]);
    expect(discord.requests.filter((request) => request.path.endsWith("/messages")).map((request) => request.status)).toEqual([
      502, 502, 200,
    ]);
  });

  test("a request that took effect but was never answered is repeated with its nonce", async ({ onTestFinished }) => {
    const { discord, client } = await desk(onTestFinished, { timeoutMs: 300 });
    discord.fault({ pathPattern: "/messages", status: "hang", when: "after" });
    await (await room(client, discord)).send("alert");
    expect(texts(discord)).toEqual(["alert"]);
  });

  test("a socket that is cut in the middle of a request is reported, not repeated", async ({ onTestFinished }) => {
    const { discord, client } = await desk(onTestFinished);
    discord.fault({ pathPattern: "/messages", status: "destroy" });
    await expect((await room(client, discord)).send("alert")).rejects.toThrow();
    expect(texts(discord)).toEqual([]);
  });

  test("limits are waited for: a bucket by its headers, a global one by its answer", async ({ onTestFinished }) => {
    const { discord, client } = await desk(onTestFinished);
    const channel = await room(client, discord);
    discord.rateLimit({ method: "POST", pathPattern: "/messages", limit: 2, perMs: 200 });
    await Promise.all(["1", "2", "3", "4"].map((content) => channel.send(content)));
    expect(texts(discord)).toEqual(["1", "2", "3", "4"]);
    discord.limits.limitGlobally(200);
    await channel.send("5");
    expect(discord.requests.filter((request) => request.status === 429)).toHaveLength(1);
  });

  test("a lost token makes every later call fail", async ({ onTestFinished }) => {
    const { discord, client } = await desk(onTestFinished);
    const channel = await room(client, discord);
    discord.fault({ pathPattern: "/messages", status: 401 });
    await expect(channel.send("alert")).rejects.toThrow();
    await expect(channel.send("alert")).rejects.toThrow("Expected token to be set");
  });

  test("a wrong token cannot log in", async ({ onTestFinished }) => {
    const discord = await counterpart(onTestFinished);
    const nobody = Object.create(discord, { token: { value: "wrong" }, apiUrl: { value: discord.apiUrl } }) as DiscordCounterpart;
    await expect(loggedIn(nobody)).rejects.toThrow("invalid token");
  });

  test("the gateway closes with a reason on those who do not keep its protocol", async ({ onTestFinished }) => {
    const discord = await counterpart(onTestFinished);
    const closedBy = (query: string, frame?: object) =>
      new Promise<number>((done) => {
        const socket = new WebSocket(`${discord.apiUrl.replace("http", "ws").replace("/api", "")}/${query}`);
        socket.addEventListener("open", () => frame && socket.send(JSON.stringify(frame)));
        socket.addEventListener("close", (event) => done(event.code));
      });
    expect(await closedBy("?v=9&encoding=json")).toBe(4012);
    expect(await closedBy("?v=10&encoding=etf")).toBe(4002);
    expect(await closedBy("?v=10&encoding=json", { op: 3, d: {} })).toBe(4003);
    expect(await closedBy("?v=10&encoding=json", { op: 2, d: { token: "wrong" } })).toBe(4004);
  });

  test("a hand-written bot needs no socket to answer", async ({ onTestFinished }) => {
    const discord = await counterpart(onTestFinished);
    const bot = rawBot(discord);
    await bot.register({ name: "ping", description: "Are you there" });
    const interaction = discord.slash(discord.user, "/ping");
    await bot.respond(interaction, 5);
    await bot.editReply(interaction, { content: "working" });
    await bot.editReply(interaction, { content: "done" });
    expect((await interaction.wait("shown")).content).toBe("working");
    expect((await interaction.wait("shown")).content).toBe("done");
    expect((await interaction.until("done")).content).toBe("done");
    await expect(interaction.wait("shown", 20)).rejects.toThrow("last seen: done");
  });
});
