import { describe, expect, test } from "vitest";
import { TransientError, UserError } from "../../../src/domain/errors.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { openDiscord } from "../../../src/platforms/discord.ts";
import { NotSent, type Request } from "../../../src/ports/platform.ts";
import { textOf } from "../../kit/discord/text.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { FakePainter, PICTURE } from "../../kit/fake-painter.ts";
import { view } from "./fake-door.ts";
import { begin, cleanUpAfterEach, counterpart, type Desk, Notes, openDesk, until } from "./rig.ts";

const MESSAGES = /^\/channels\/\d+\/messages$/;

describe("An alert", () => {
  cleanUpAfterEach();

  test("is posted and its message can be replaced", async () => {
    const { discord, platform } = await openDesk();
    const id = await platform.send(discord.channel.id, view("dip stopped out"), { nonce: "n1" });
    expect(textOf(await discord.waitForMessage(discord.channel, "dip stopped out"))).toBe("### dip stopped out");
    await platform.edit(`discord:${discord.channel.id}`, id, view("dip stopped out (3 times)"));
    expect(discord.channelMessages().map(textOf)).toEqual(["### dip stopped out (3 times)"]);
  });

  test("that is sent again with its nonce stands there once", async () => {
    const { discord, platform } = await openDesk();
    discord.fault({ method: "POST", pathPattern: MESSAGES, status: "destroy", when: "after" });
    const options = { nonce: "n1" };
    await expect(platform.send(discord.channel.id, view("filled"), options)).rejects.toBeInstanceOf(TransientError);
    await platform.send(discord.channel.id, view("filled"), { ...options, repeatOf: "42" });
    expect(discord.channelMessages().map(textOf)).toEqual(["### filled"]);
  });

  test("whose earlier copy did not arrive says that it may be a repeat", async () => {
    const { discord, platform } = await openDesk();
    await platform.send(discord.channel.id, view("filled"), { nonce: "n1", repeatOf: "42" });
    expect(discord.channelMessages().map(textOf)).toEqual(["### filled\n-# (repeat)"]);
  });

  test("mentions nobody", async () => {
    const { discord, platform } = await openDesk();
    await platform.send(discord.channel.id, view("@everyone", { lines: ["<@1> @here"] }), { nonce: "n1" });
    const body = discord.requests.findLast((request) => MESSAGES.test(request.path))?.body;
    expect(body).toMatchObject({ allowed_mentions: { parse: [] }, enforce_nonce: true, nonce: "n1" });
  });

  test("to a channel that is gone is for a person to repair", async () => {
    const { discord, platform } = await openDesk();
    const channel = discord.addChannel(discord.guild, "old");
    discord.deleteChannel(channel);
    await expect(platform.send(channel.id, view("filled"), { nonce: "n1" })).rejects.toBeInstanceOf(UserError);
  });

  test.each([50_001, 50_013, 50_278, 50_083, 160_005])("refused with code %i is for a person to repair", async (code) => {
    const { discord, platform } = await openDesk();
    discord.fault({ method: "POST", pathPattern: MESSAGES, status: 403, body: { code, message: "Missing" } });
    await expect(platform.send(discord.channel.id, view("filled"), { nonce: "n1" })).rejects.toBeInstanceOf(UserError);
  });

  test("is worth another try when the API fails, and the desk is unreachable until a probe succeeds", async () => {
    const { discord, platform, clock } = await openDesk();
    discord.fault({ method: "POST", pathPattern: MESSAGES, status: 503, times: 3 });
    await expect(platform.send(discord.channel.id, view("filled"), { nonce: "n1" })).rejects.toBeInstanceOf(TransientError);
    expect(platform.reachable).toBe(false);
    await clock.advance(1_000);
    await until(() => platform.reachable);
    await platform.send(discord.channel.id, view("filled"), { nonce: "n1" });
    expect(discord.channelMessages()).toHaveLength(1);
  });

  test("edit of a deleted message is for a person to repair", async () => {
    const { discord, platform } = await openDesk();
    await expect(platform.edit(discord.channel.id, "1", view("x"))).rejects.toBeInstanceOf(UserError);
  });
});

/** The desk dies while a request runs; gives the request as the store has it. */
async function interrupted({ discord, door, platform }: Desk, line: string): Promise<Request> {
  door.onHandle = () => new Promise(() => undefined);
  const asked = discord.slash(discord.user, line);
  await asked.wait("ack");
  await until(() => door.handled.length === 1);
  await platform.stop();
  return JSON.parse(JSON.stringify(door.accepted[0])) as Request;
}

describe("A request that a crash interrupted", () => {
  cleanUpAfterEach();

  test("is settled by an edit of its unfinished answer, also before the gateway is back", async () => {
    const desk = await openDesk();
    const { discord } = desk;
    const request = await interrupted(desk, "/bot create");
    discord.refuseGateway = true;
    const next = await begin(discord.apiUrl, discord.token);
    await next.platform.settleInterrupted(request, view("Interrupted, nothing was done"));
    discord.refuseGateway = false;
    expect(discord.channelMessages().map(textOf)).toEqual(["### Interrupted, nothing was done"]);
  });

  test("and whose time is over is settled by a message in the channel", async () => {
    const desk = await openDesk();
    const { discord, later } = desk;
    const request = await interrupted(desk, "/bot create");
    later.ms = 16 * 60_000;
    const next = await begin(discord.apiUrl, discord.token);
    await next.platform.settleInterrupted(request, view("Interrupted, nothing was done"));
    expect(await discord.waitForMessage(discord.channel, "Interrupted")).toBeDefined();
  });

  test("with a private answer and no time left is settled by a direct message", async () => {
    const desk = await openDesk();
    const { discord, later } = desk;
    const request = await interrupted(desk, "/account balance");
    later.ms = 16 * 60_000;
    const next = await begin(discord.apiUrl, discord.token);
    await next.platform.settleInterrupted(request, view("Interrupted, nothing was done"));
    expect(await discord.waitForMessage(discord.direct(discord.user), "Interrupted")).toBeDefined();
    expect(discord.channelMessages().map(textOf).join()).not.toContain("Interrupted");
  });

  test("without a handle is settled by a message in its place, once", async () => {
    const { discord, platform } = await openDesk();
    const place = { platform: "discord", id: discord.channel.id, direct: false };
    const request: Request = { id: "discord:77", path: "bot create", args: {}, user: { id: "discord:1", name: "ada" }, place };
    await platform.settleInterrupted(request, view("Interrupted"));
    await platform.settleInterrupted({ ...request, answerHandle: "not json" }, view("Interrupted"));
    expect(discord.channelMessages().map(textOf)).toEqual(["### Interrupted"]);
  });

  test("is worth another try while Discord is away", async () => {
    const desk = await openDesk();
    const { discord } = desk;
    const request = await interrupted(desk, "/bot create");
    const next = await begin(discord.apiUrl, discord.token);
    discord.fault({ method: "PATCH", pathPattern: "/webhooks/", status: 502, times: 3 });
    await expect(next.platform.settleInterrupted(request, view("Interrupted"))).rejects.toBeInstanceOf(TransientError);
  });
});

test("A platform that was not started asks to be tried again", async () => {
  const platform = openDiscord({ token: new Secret("x"), apiUrl: "http://127.0.0.1:1/api", logger: new Notes(), clock: new FakeClock() });
  await expect(platform.send("1", view("x"), { nonce: "n" })).rejects.toBeInstanceOf(NotSent);
  expect(platform.reachable).toBe(false);
});

describe("A picture", () => {
  cleanUpAfterEach();

  async function deskWith(painter: FakePainter | undefined) {
    const { discord } = await counterpart();
    const { platform } = await begin(discord.apiUrl, discord.token, { painter });
    await until(() => platform.reachable);
    return { discord, platform };
  }

  test("is uploaded, stands under the title with its words, and goes when its message is replaced", async () => {
    const painter = new FakePainter();
    const { discord, platform } = await deskWith(painter);
    const id = await platform.send(discord.channel.id, view("Digest", { lines: ["One."], picture: PICTURE }), { nonce: "n1" });
    const [message] = discord.channelMessages();
    expect(message?.attachments).toMatchObject([{ filename: "btc-usdt-15m.png", width: 64, height: 48, content_type: "image/png" }]);
    expect(message?.components).toMatchObject([
      { type: 17, components: [{ type: 10 }, { type: 12, items: [{ description: PICTURE.alt, media: { width: 64 } }] }, { type: 10 }] },
    ]);
    await platform.edit(discord.channel.id, id, view("Digest", { lines: ["Two."], picture: { ...PICTURE, name: "other" } }));
    expect(discord.channelMessages()[0]?.attachments.map(({ filename }) => filename)).toEqual(["other.png"]);
    await platform.edit(discord.channel.id, id, view("No picture any more"));
    expect(discord.channelMessages()[0]?.attachments).toEqual([]);
    expect(discord.channelMessages().map(textOf)).toEqual(["### No picture any more"]);
  });

  test("that cannot be drawn is told in words, and the message arrives", async () => {
    const painter = new FakePainter();
    painter.outcome = { problem: "it took too long" };
    const { discord, platform } = await deskWith(painter);
    await platform.send(discord.channel.id, view("Digest", { picture: PICTURE }), { nonce: "n1" });
    const [text = ""] = discord.channelMessages().map(textOf);
    expect(text).toContain("The chart could not be shown: it took too long.");
    expect(text).toContain("from 100.00 to 101.00 USDT");
    expect(discord.channelMessages()[0]?.attachments).toEqual([]);
  });

  test("is part of an answer that was put off", async () => {
    const { discord } = await counterpart();
    const { platform, door } = await begin(discord.apiUrl, discord.token, { painter: new FakePainter() });
    await until(() => platform.reachable && discord.commandsFor(discord.user).length > 0);
    door.onHandle = async (_request, onProgress) => {
      onProgress(view("Reading candles"));
      return view("BTC/USDT", { picture: PICTURE });
    };
    void discord.slash(discord.user, "/bot list");
    await until(() => discord.channelMessages().some(({ attachments }) => attachments.length === 1));
    expect(discord.channelMessages().map(textOf)).toEqual([expect.stringContaining("### BTC/USDT")]);
  });
});

test("A file is uploaded with the message and hangs below its card, beside a picture too, and goes when the message is replaced", async () => {
  const { discord } = await counterpart();
  const { platform } = await begin(discord.apiUrl, discord.token, { painter: new FakePainter() });
  await until(() => platform.reachable);
  const file = { name: "fills.csv", contentType: "text/csv" as const, text: "time_utc,bot\n2021-05-19T12:00:00.000Z,dip\n" };
  const id = await platform.send(discord.channel.id, view("1 fill", { file, picture: PICTURE }), { nonce: "n1" });
  const [message] = discord.channelMessages();
  expect(message?.attachments.map(({ filename, size, content_type }) => [filename, size, content_type])).toEqual([
    ["btc-usdt-15m.png", expect.any(Number), "image/png"],
    ["fills.csv", file.text.length, "text/csv"],
  ]);
  expect(message?.components).toMatchObject([{ type: 17 }, { type: 13, file: { url: message?.attachments[1]?.url } }]);
  await platform.edit(discord.channel.id, id, view("Nothing any more"));
  expect(discord.channelMessages()[0]?.attachments).toEqual([]);
});
