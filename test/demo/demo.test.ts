import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { type Demo, startDemo } from "../kit/demo/demo.ts";
import { ExchangeSide } from "../kit/demo/exchange-side.ts";

const button = z.object({ label: z.string(), key: z.string() });
const shownState = z.object({
  desk: z.object({ isRunning: z.boolean(), isClaimed: z.boolean(), objections: z.array(z.string()) }),
  commands: z.array(z.object({ path: z.string() })),
  discord: z.array(
    z.object({
      id: z.string(),
      asked: z.string().optional(),
      isEphemeral: z.boolean(),
      blocks: z.array(z.object({ content: z.string().optional(), buttons: z.array(button).optional() })),
    }),
  ),
  telegram: z.array(z.object({ id: z.string(), isMine: z.boolean(), text: z.string(), keyboard: z.array(z.array(button)) })),
});

const PATIENCE = { timeout: 8_000, interval: 25 };
const START_TIMEOUT_MS = 60_000;

describe("the demo", () => {
  let demo: Demo;

  beforeAll(async () => {
    demo = await startDemo({
      port: 0,
      environment: { PATH: process.env.PATH, MARKET_SPEED: "600" },
    });
  }, START_TIMEOUT_MS);

  afterAll(() => demo.stop());

  test("serves a page that asks nobody else for anything", async () => {
    const page = await fetch(demo.address);
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const files = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
    expect(files).toContain("app.js");
    for (const name of files) expect((await fetch(`${demo.address}/${name}`)).status, name).toBe(200);
    expect(html).not.toMatch(/https?:/);
    expect((await fetch(`${demo.address}/../demo.ts`)).status).toBe(404);
  });

  test("claims the desk once, for one person in both chats", async () => {
    expect((await state()).desk.isClaimed).toBe(false);
    expect(await post("claim", {})).toMatchObject({ status: 200 });
    const { desk, discord, telegram } = await state();
    expect(desk.isClaimed).toBe(true);
    expect(discord[0]).toMatchObject({ isEphemeral: true, asked: "/access link code:••••" });
    expect(telegram.at(-1)?.text).toContain("This place gets alerts");
    expect(await post("claim", {})).toEqual({ status: 409, body: { refused: "The desk was claimed already." } });
  });

  test("makes a bot by presses in Telegram, and Discord knows it", async () => {
    await post("telegram/say", { text: "/bot_create" });
    await press(/^Which symbol/, "ETH/USDT");
    await press(/strategy/i, "ema-cross");
    await press(/timeframe|candle/i, "1m");
    const created = await newest(/is created/);
    expect(created.keyboard.flat().length).toBeGreaterThan(0);
    await post("discord/slash", { line: "/bot list" });
    const answer = (await state()).discord.at(-1);
    expect(answer?.asked).toBe("/bot list");
    expect(JSON.stringify(answer?.blocks)).toContain("ETH/USDT");
  });

  test("completes commands, options and values from what the desk registered", async () => {
    expect(await labels("/bot st")).toEqual(["/bot start", "/bot stop"]);
    expect(await labels("/bot create str")).toEqual(["strategy:"]);
    expect(await labels("/bot create strategy:ema")).toEqual(["ema-cross"]);
    expect(await labels("/market price symbol:ET")).toContain("ETH/USDT");
  });

  test("tells gently what the app would not let a person do", async () => {
    const answer = await post("discord/slash", { line: "/nonsense" });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ refused: expect.stringContaining("no command /nonsense") });
  });

  test("turns away what does not come from its own page", async () => {
    const form = await fetch(`${demo.address}/api/telegram/say`, { method: "POST", body: '{"text":"/panic"}' });
    expect(form.status).toBe(415);
    expect((await state()).telegram.some(({ text }) => text === "/panic")).toBe(false);
  });

  test("tells a page everything at first and then every change", async () => {
    const quit = new AbortController();
    const events = await fetch(`${demo.address}/api/events`, { signal: quit.signal });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    while (!heard.includes("\n\n")) heard += (await reader.read()).value;
    expect(heard).toContain('"kind":"all"');
    await post("telegram/say", { text: "/system_version" });
    while (!heard.includes('"text":"/system_version"')) heard += (await reader.read()).value;
    quit.abort();
  });

  test("ends the desk with itself and leaves nothing behind", async () => {
    expect((await state()).desk.objections).toEqual([]);
    const pid = demo.deskPid!;
    expect(existsSync(demo.folder)).toBe(true);
    await demo.stop();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(existsSync(demo.folder)).toBe(false);
    await expect(fetch(demo.address)).rejects.toThrow();
  });

  async function state() {
    const answer = await fetch(`${demo.address}/api/state`);
    return shownState.parse(await answer.json());
  }

  async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${demo.address}/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async function labels(line: string): Promise<string[]> {
    const { body } = await post("discord/complete", { line });
    return z
      .array(z.object({ label: z.string() }))
      .parse(body)
      .map(({ label }) => label);
  }

  /** The newest message of the bot, once it says so. */
  function newest(match: RegExp) {
    return vi.waitFor(async () => {
      const message = (await state()).telegram.findLast(({ isMine }) => !isMine);
      expect(message?.text).toMatch(match);
      return message!;
    }, PATIENCE);
  }

  async function press(question: RegExp, label: string): Promise<void> {
    const message = await newest(question);
    const key = message.keyboard.flat().find((each) => each.label.includes(label))?.key;
    expect(key, `${label} under ${message.text}`).toBeDefined();
    await post("telegram/press", { messageId: message.id, key });
  }
});

describe("the simulated exchange of the demo", () => {
  test("has a world of each kind with an account, and symbols that have candles up to now", async () => {
    const exchange = await ExchangeSide.start();
    onTestFinished(() => exchange.stop());
    expect(exchange.keys.map(({ environment }) => environment)).toEqual(["demo", "live"]);
    for (const world of ["", "/demo"]) {
      const listed = z.object({ symbols: z.array(z.object({ symbol: z.string() })) });
      const { symbols } = listed.parse(await (await fetch(`${exchange.address}${world}/api/v3/exchangeInfo`)).json());
      expect(symbols.map(({ symbol }) => symbol)).toContain("BTCUSDT");
      const candles = await fetch(`${exchange.address}${world}/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=3`);
      const rows = z.array(z.array(z.unknown())).parse(await candles.json());
      expect(rows).toHaveLength(3);
      expect(Date.now() - Number(rows.at(-1)?.[0])).toBeLessThan(120_000);
    }
    for (const url of [exchange.settings.BLOFIN_API_URL, exchange.settings.BINANCEUS_API_URL])
      expect((await fetch(`${url}/api/v3/time`)).status).toBe(404);
  });
});
