import { existsSync, readdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { canary, telegramCanary } from "../kit/canary/canary.ts";
import { leaksBelow, leaksOf } from "../kit/canary/watch.ts";
import { factsOf } from "../kit/process-books.ts";
import { processStage, QUICK_BOT } from "../kit/process-stage.ts";

const DISCORD_SECRET = canary("Discord token");
const TELEGRAM_SECRET = telegramCanary();
const HEARTBEAT_SECRET = canary("heartbeat address", 32);

const ENTRY = join(import.meta.dirname, "../../bin/scalpstorm.js");
const stage = processStage();
const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

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

describe("a process that is asked to end", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends well on %s while the market moves", async (signal) => {
    const desk = await stage.startUp();
    await stage.run(desk, QUICK_BOT);
    await stage.expectCleanEnd(desk, signal);
  });

  it("ends well while the market runs as fast as it can", async () => {
    const desk = await stage.startUp({ MARKET_SPEED: "max" });
    await stage.run(desk, QUICK_BOT);
    await desk.alert("quick sold");
    await stage.expectCleanEnd(desk, "SIGTERM");
  });

  it.each([
    ["is not there", deadAddress],
    ["never answers", silentServer],
  ])("ends well while Discord %s", async (_what, address) => {
    const url = await address();
    const desk = await stage.startUp({
      DISCORD_TOKEN: DISCORD_SECRET,
      DISCORD_API_URL: `${url}/api`,
      TELEGRAM_TOKEN: TELEGRAM_SECRET,
      TELEGRAM_API_URL: url,
    });
    await stage.run(desk, QUICK_BOT);
    await stage.expectCleanEnd(desk, "SIGTERM");
  });

  it("ends with the code of a stop that was cut short, and not of a crash, where its store has no room any more", async () => {
    // No file may grow beyond a few pages, which is a full disk for whoever writes.
    const small = `trap '' XFSZ; ulimit -f 150; exec "$0" "$@"`;
    const desk = await stage.startUp({}, { program: ["bash", "-c", small, process.execPath, ENTRY, "--json"] });
    await stage.run(desk, QUICK_BOT);
    await desk.logged("the store cannot write");
    desk.signal("SIGTERM");
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    expect(desk.stderr).toContain("The stop was cut short: the store");
    expect(desk.stderr).not.toContain("The desk ended");
  });

  it("ends well in the middle of its start", async () => {
    const desk = stage.start({ DISCORD_TOKEN: DISCORD_SECRET, DISCORD_API_URL: `${await silentServer()}/api` });
    await desk.line(({ kind }) => kind === "welcome", "a welcome");
    await stage.expectCleanEnd(desk, "SIGTERM");
    const next = await stage.startUp();
    expect(stage.deskEvents().some(({ event }) => event.type === "desk-started" && event.crash !== undefined)).toBe(false);
    await next.kill();
  });
});

describe("the end of input", () => {
  it("is no reason to stop trading: the desk runs on without a terminal", async () => {
    const desk = stage.start({ MARKET_SPEED: "max" }, { typed: [QUICK_BOT], keepOpen: false });
    await desk.answer(QUICK_BOT);
    const sold = () => desk.shown.filter(({ view }) => view.title.startsWith("quick sold")).length;
    await desk.until(() => (sold() >= 20 ? true : undefined), "twenty sales after the end of input");
    await stage.expectCleanEnd(desk, "SIGTERM");
  });

  it("ends a script, after its last line was answered", async () => {
    const desk = stage.start({ MARKET_SPEED: "script" }, { typed: [QUICK_BOT, "wait 2h", "bot list"], keepOpen: false });
    expect(await desk.exited).toEqual({ code: 0, signal: null });
    expect(desk.shown.filter(({ kind }) => kind === "view").map(({ command }) => command)).toEqual([QUICK_BOT, "wait 2h", "bot list"]);
    expect(stage.lastEvent()).toMatchObject({ type: "desk-stopped" });
  });

  it("ends an empty script, and that is no crash", async () => {
    for (let round = 1; round <= 2; round += 1) {
      const desk = stage.start(
        { MARKET_SPEED: "script", DISCORD_TOKEN: DISCORD_SECRET, DISCORD_API_URL: `${await silentServer()}/api` },
        { keepOpen: false },
      );
      expect(await desk.exited).toEqual({ code: 0, signal: null });
      expect(stage.lastEvent()).toMatchObject({ type: "desk-stopped" });
    }
    expect(stage.deskEvents().some(({ event }) => event.type === "desk-started" && event.crash !== undefined)).toBe(false);
  });
});

describe("standard output and standard error", () => {
  it("with --json every line of stdout is one JSON object of the terminal, and every line of stderr is a log line", async () => {
    const url = await deadAddress();
    const desk = await stage.startUp({
      LOG_LEVEL: "debug",
      MARKET_SPEED: "max",
      OWNER_IDS: "discord:1",
      DISCORD_TOKEN: DISCORD_SECRET,
      DISCORD_API_URL: `${url}/api`,
    });
    await stage.run(desk, QUICK_BOT);
    await desk.alert("quick sold");
    await desk.logged("iscord");
    await stage.expectCleanEnd(desk, "SIGTERM");
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
    const desk = await stage.startUp(settings);
    await stage.run(desk, QUICK_BOT);
    await desk.logged("the outside monitor did not answer");
    await stage.run(desk, "system health");
    await desk.until(() => (/telegram/i.test(desk.stderr) && /discord/i.test(desk.stderr) ? true : undefined), "word of both platforms");
    await stage.expectCleanEnd(desk, "SIGTERM");
    const files = readdirSync(stage.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain("desk.sqlite");
    expect([...leaksBelow(stage.folder), ...leaksOf("the output", Buffer.from(desk.stdout + desk.stderr))]).toEqual([]);
  });
});

describe("a market at 3600 times real time", () => {
  it("lets a bot on one-minute candles enter, though each beat brings an hour of them", async () => {
    const desk = await stage.startUp({ MARKET_SPEED: "3600" });
    await stage.run(desk, QUICK_BOT);
    const sold = () => desk.shown.filter(({ view }) => view.title.startsWith("quick sold")).length;
    await desk.until(() => (sold() >= 10 ? true : undefined), "ten sales");
    await stage.expectCleanEnd(desk, "SIGTERM");
    const denied = factsOf(join(stage.folder, "data", "desk.sqlite")).filter(({ event }) => event.type === "wish-denied");
    // None comes late. A bot that loses several times in a row is paused by its breaker, however fast its market runs.
    expect(denied.map(({ event }) => event.code).filter((code) => code !== "breaker")).toEqual([]);
  });
});

describe("a store", () => {
  it("is for one process: a second one is refused in a sentence and the first goes on", async () => {
    const first = await stage.startUp();
    const second = stage.start();
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.stderr.trim().split("\n")).toHaveLength(1);
    expect(second.stderr).toContain(`is in use by process ${first.pid} `);
    expect(second.stderr).toContain("Stop that process first");
    expect(second.stdout).toBe("");
    expect(await stage.run(first, QUICK_BOT)).toContain("quick is running");
    await stage.expectCleanEnd(first, "SIGTERM");
  });
});

describe("wrong settings", () => {
  it("are told all at once, each with its remedy, and nothing starts", async () => {
    const desk = stage.start({ MARKET: "moon", MARKET_SPEED: "fast", TIMEZONE: "Mars/Base", SAFE_AFTER_CRASHES: "-1", DISCORD_TOKE: "x" });
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    for (const name of ["MARKET:", "MARKET_SPEED:", "TIMEZONE:", "SAFE_AFTER_CRASHES:", "DISCORD_TOKE:"])
      expect(desk.stderr).toContain(name);
    expect(desk.stderr).toContain("Write a name such as Europe/Berlin");
    expect(desk.stderr).toContain("Did you mean DISCORD_TOKEN?");
    expect(desk.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(stage.folder, "data"))).toBe(false);
  });

  it("of a market file are told in the same way", async () => {
    const desk = stage.start({ MARKET: "replay:nowhere.csv" });
    expect(await desk.exited).toEqual({ code: 1, signal: null });
    expect(desk.stderr).toContain("nowhere.csv");
    expect(desk.stderr).not.toMatch(/\n\s+at /);
  });
});
