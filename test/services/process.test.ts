import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { factsOf } from "../kit/process-books.ts";
import { DeskProcess, type DeskProcessOptions } from "../kit/process-desk.ts";

const STOP_MAX_MS = 5_000;
const BOT = 'bot create name:quick symbol:BTC/USDT strategy:ema-cross timeframe:1m params:"fast=3 slow=8" size:10% start:yes';
const DISCORD_SECRET = "canary-discord-Zk3v9QwXyB7s";
const TELEGRAM_SECRET = "123456789:canary-telegram-Hq8LmN2rTfVx4c";
const HEARTBEAT_SECRET = "canary-heartbeat-Wp5RjD6u";

let folder: string;
const started: DeskProcess[] = [];
const servers: { close(): void }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "storm-process-"));
});
afterEach(async () => {
  for (const desk of started.splice(0)) await desk.kill();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(settings: Record<string, string> = {}, options: Partial<DeskProcessOptions> = {}): DeskProcess {
  const desk = new DeskProcess({ folder, settings, keepOpen: true, ...options });
  started.push(desk);
  return desk;
}

/** A desk that has said welcome. */
async function startUp(settings: Record<string, string> = {}, options: Partial<DeskProcessOptions> = {}): Promise<DeskProcess> {
  const desk = start(settings, options);
  await desk.line(({ kind }) => kind === "welcome", "a welcome");
  return desk;
}

async function run(desk: DeskProcess, command: string): Promise<string> {
  desk.type(command);
  const { view } = await desk.answer(command);
  return [view.title, ...view.lines, ...view.fields.map(({ name, value }) => `${name}: ${value}`)].join("\n");
}

const deskEvents = () => factsOf(join(folder, "data", "desk.sqlite")).filter(({ stream }) => stream === "desk");
const lastEvent = () => deskEvents().at(-1)?.event;

/** Something that takes connections and never says a word. */
async function silentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

/** An address at which nothing listens. */
async function deadAddress(): Promise<string> {
  const url = await silentServer();
  servers.pop()?.close();
  return url;
}

async function expectCleanEnd(desk: DeskProcess, signal: "SIGTERM" | "SIGINT"): Promise<void> {
  const askedMs = performance.now();
  desk.signal(signal);
  expect(await desk.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedMs).toBeLessThan(STOP_MAX_MS);
  expect(lastEvent()).toMatchObject({ type: "desk-stopped", reason: signal });
  expect(existsSync(join(folder, "data", "desk.sqlite.holder.json"))).toBe(false);
}

describe("a process that is asked to end", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends well on %s while the market moves", async (signal) => {
    const desk = await startUp();
    await run(desk, BOT);
    await expectCleanEnd(desk, signal);
  });

  it("ends well while the market runs as fast as it can", async () => {
    const desk = await startUp({ MARKET_SPEED: "max" });
    await run(desk, BOT);
    await desk.alert("quick sold");
    await expectCleanEnd(desk, "SIGTERM");
  });

  it.each([
    ["is not there", deadAddress],
    ["never answers", silentServer],
  ])("ends well while Discord %s", async (_what, address) => {
    const url = await address();
    const desk = await startUp({
      DISCORD_TOKEN: DISCORD_SECRET,
      DISCORD_API_URL: `${url}/api`,
      TELEGRAM_TOKEN: TELEGRAM_SECRET,
      TELEGRAM_API_URL: url,
    });
    await run(desk, BOT);
    await expectCleanEnd(desk, "SIGTERM");
  });

  it("ends well in the middle of its start", async () => {
    const desk = start({ DISCORD_TOKEN: DISCORD_SECRET, DISCORD_API_URL: `${await silentServer()}/api` });
    await desk.line(({ kind }) => kind === "welcome", "a welcome");
    await expectCleanEnd(desk, "SIGTERM");
    const next = await startUp();
    expect(deskEvents().some(({ event }) => event.type === "desk-started" && event.crash !== undefined)).toBe(false);
    await next.kill();
  });
});

describe("the end of input", () => {
  it("is no reason to stop trading: the desk runs on without a terminal", async () => {
    const desk = start({ MARKET_SPEED: "max" }, { typed: [BOT], keepOpen: false });
    await desk.answer(BOT);
    const sold = () => desk.shown.filter(({ view }) => view.title.startsWith("quick sold")).length;
    await desk.until(() => (sold() >= 20 ? true : undefined), "twenty sales after the end of input");
    await expectCleanEnd(desk, "SIGTERM");
  });

  it("ends a script, after its last line was answered", async () => {
    const desk = start({ MARKET_SPEED: "script" }, { typed: [BOT, "wait 2h", "bot list"], keepOpen: false });
    expect(await desk.exited).toEqual({ code: 0, signal: null });
    expect(desk.shown.filter(({ kind }) => kind === "view").map(({ command }) => command)).toEqual([BOT, "wait 2h", "bot list"]);
    expect(lastEvent()).toMatchObject({ type: "desk-stopped" });
  });

  it("ends an empty script, and that is no crash", async () => {
    for (let round = 1; round <= 2; round += 1) {
      const desk = start(
        { MARKET_SPEED: "script", DISCORD_TOKEN: DISCORD_SECRET, DISCORD_API_URL: `${await silentServer()}/api` },
        { keepOpen: false },
      );
      expect(await desk.exited).toEqual({ code: 0, signal: null });
      expect(lastEvent()).toMatchObject({ type: "desk-stopped" });
    }
    expect(deskEvents().some(({ event }) => event.type === "desk-started" && event.crash !== undefined)).toBe(false);
  });
});

describe("standard output and standard error", () => {
  it("with --json every line of stdout is one JSON object of the terminal, and every line of stderr is a log line", async () => {
    const url = await deadAddress();
    const desk = await startUp({
      LOG_LEVEL: "debug",
      MARKET_SPEED: "max",
      OWNER_IDS: "discord:1",
      DISCORD_TOKEN: DISCORD_SECRET,
      DISCORD_API_URL: `${url}/api`,
    });
    await run(desk, BOT);
    await desk.alert("quick sold");
    await desk.logged("iscord");
    await expectCleanEnd(desk, "SIGTERM");
    const lines = desk.stdout.trimEnd().split("\n");
    expect(lines.length).toBe(desk.shown.length);
    expect(lines.every((line) => ["welcome", "view", "alert", "progress"].includes(JSON.parse(line).kind))).toBe(true);
    const logged = desk.stderr.trimEnd().split("\n");
    expect(logged.every((line) => typeof JSON.parse(line).level === "string")).toBe(true);
  });

  it("no secret is in any output, log or file, whatever fails", async () => {
    const url = await deadAddress();
    const settings = {
      LOG_LEVEL: "debug",
      DISCORD_TOKEN: DISCORD_SECRET,
      DISCORD_API_URL: `${url}/api`,
      TELEGRAM_TOKEN: TELEGRAM_SECRET,
      TELEGRAM_API_URL: url,
      HEARTBEAT_URL: `${url}/ping/${HEARTBEAT_SECRET}`,
    };
    const desk = await startUp(settings);
    await run(desk, BOT);
    await desk.logged("the outside monitor did not answer");
    await run(desk, "system health");
    await desk.until(() => (/telegram/i.test(desk.stderr) && /discord/i.test(desk.stderr) ? true : undefined), "word of both platforms");
    await expectCleanEnd(desk, "SIGTERM");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain("desk.sqlite");
    const texts = [desk.stdout, desk.stderr, ...files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))];
    for (const secret of [DISCORD_SECRET, TELEGRAM_SECRET, HEARTBEAT_SECRET]) {
      for (const form of [secret, Buffer.from(secret).toString("base64").slice(0, 20), encodeURIComponent(secret)]) {
        for (const text of texts) expect(text.includes(form)).toBe(false);
      }
    }
  });
});

describe("a market at 3600 times real time", () => {
  it("lets a bot on one-minute candles enter, though each beat brings an hour of them", async () => {
    const desk = await startUp({ MARKET_SPEED: "3600" });
    await run(desk, BOT);
    const sold = () => desk.shown.filter(({ view }) => view.title.startsWith("quick sold")).length;
    await desk.until(() => (sold() >= 10 ? true : undefined), "ten sales");
    await expectCleanEnd(desk, "SIGTERM");
    const denied = factsOf(join(folder, "data", "desk.sqlite")).filter(({ event }) => event.type === "wish-denied");
    expect(denied.map(({ event }) => event.code)).toEqual([]);
  });
});

describe("a store", () => {
  it("is for one process: a second one is refused in a sentence and the first goes on", async () => {
    const first = await startUp();
    const second = start();
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.stderr.trim().split("\n")).toHaveLength(1);
    expect(second.stderr).toContain(`is in use by process ${first.pid} `);
    expect(second.stderr).toContain("Stop that process first");
    expect(second.stdout).toBe("");
    expect(await run(first, BOT)).toContain("quick is running");
    await expectCleanEnd(first, "SIGTERM");
  });
});

describe("wrong settings", () => {
  it("are told all at once, each with its remedy, and nothing starts", async () => {
    const desk = start({ MARKET: "moon", MARKET_SPEED: "fast", TIMEZONE: "Mars/Base", SAFE_AFTER_CRASHES: "-1", DISCORD_TOKE: "x" });
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    for (const name of ["MARKET:", "MARKET_SPEED:", "TIMEZONE:", "SAFE_AFTER_CRASHES:", "DISCORD_TOKE:"])
      expect(desk.stderr).toContain(name);
    expect(desk.stderr).toContain("Write a name such as Europe/Berlin");
    expect(desk.stderr).toContain("Did you mean DISCORD_TOKEN?");
    expect(desk.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  it("of a market file are told in the same way", async () => {
    const desk = start({ MARKET: "replay:nowhere.csv" });
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    expect(desk.stderr).toContain("nowhere.csv");
    expect(desk.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("crashes", () => {
  it("the first message after one says why and for how long the desk was away", async () => {
    const first = await startUp();
    await run(first, BOT);
    await first.kill();
    const killedMs = Date.now();
    const second = await startUp();
    const { view } = await second.alert("The desk is back after a crash");
    const awayS = /It was away for (?:less than )?(?:a|1|(\d+)) ?(?:s|second)/.exec(view.lines.join("\n"));
    expect(awayS, view.lines.join("\n")).not.toBeNull();
    expect(Number(awayS?.[1] ?? 1)).toBeLessThanOrEqual((Date.now() - killedMs) / 1_000 + 12);
    expect(view.lines.join("\n")).toContain("the process was killed or lost power");
    expect(second.shown.find(({ kind }) => kind === "alert")?.view).toEqual(view);
    expect(await run(second, "bot show quick")).toContain("Status: running");
    await expectCleanEnd(second, "SIGTERM");
  });

  it("three within ten minutes start the desk safe: chat is up, exits and stops work, entries wait for a person", async () => {
    const first = await startUp({ MARKET_SPEED: "3600" });
    await run(first, BOT);
    await first.alert("quick bought");
    await first.kill();
    for (const title of ["The desk is back after a crash", "The desk is back after a crash"]) {
      const again = await startUp({ MARKET_SPEED: "1" });
      await again.alert(title);
      await again.kill();
    }
    const safe = await startUp({ MARKET_SPEED: "3600" });
    const { view } = await safe.alert("The desk was started safe: new entries are halted");
    expect(view.lines.join("\n")).toContain("It crashed 3 times");
    expect(view.lines.join("\n")).toContain("Cause: ");
    expect(await run(safe, "system health")).toMatch(/halted|safe/i);
    const list = await run(safe, "bot show quick");
    expect(list).toContain("Status: running");
    if (!list.includes("Position: flat")) await run(safe, "position close quick");
    await safe.until(() => (deskIsFlat() ? true : undefined), "the position sold while halted");
    await safe.alert("was denied an entry");
    expect(deskIsFlat()).toBe(true);
    expect(await run(safe, "system resume confirm:yes")).toContain("The desk trades again");
    await safe.until(() => (boughtAfterResume(safe) ? true : undefined), "an entry after the halt was cleared");
    await expectCleanEnd(safe, "SIGTERM");
  });
});

/** Whether everything that was bought was sold. */
function deskIsFlat(): boolean {
  let open = 0;
  for (const { event } of factsOf(join(folder, "data", "desk.sqlite"))) {
    if (event.type === "order-filled") open = (event.after as { positionQuantity: { $d: string } }).positionQuantity.$d === "0" ? 0 : 1;
  }
  return open === 0;
}

function boughtAfterResume(desk: DeskProcess): boolean {
  const resumed = desk.shown.findIndex(({ command }) => command?.startsWith("system resume"));
  return desk.shown.slice(resumed).some(({ kind, view }) => kind === "alert" && view.title.startsWith("quick bought"));
}

describe("panic from outside", () => {
  it.each([
    ["the panic file", (_desk: DeskProcess) => writeFileSync(join(folder, "data", "PANIC"), "")],
    ["the signal SIGUSR2", (desk: DeskProcess) => desk.signal("SIGUSR2")],
  ])("%s sells everything, halts, and outlives a restart", async (_name, panic) => {
    const desk = await startUp({ MARKET_SPEED: "3600" });
    await run(desk, BOT);
    await desk.alert("quick bought");
    panic(desk);
    await desk.alert("Panic: entries are halted");
    await desk.until(() => (deskIsFlat() ? true : undefined), "everything sold");
    await expectCleanEnd(desk, "SIGTERM");
    rmSync(join(folder, "data", "PANIC"), { force: true });
    const next = await startUp();
    expect(await run(next, "system health")).toMatch(/panic/i);
    expect(await run(next, "system resume confirm:yes")).toContain("The desk trades again");
    await expectCleanEnd(next, "SIGTERM");
  });
});
