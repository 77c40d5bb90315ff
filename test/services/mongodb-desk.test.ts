import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canary } from "../kit/canary/canary.ts";
import { processStage, QUICK_BOT } from "../kit/process-stage.ts";
import { Mongod } from "../kit/services/mongod.ts";
import { freePort } from "../kit/services/server.ts";

const PASSWORD = canary("store password");
const ROOT_PASSWORD = canary("store root password");
const DATABASE = "storm";
/** A lease of a process that was stopped keeps the next one waiting. */
const TAKEOVER_MS = 40_000;
/** Market minutes come this many times faster than real ones. */
const SPEED = "600";

describe("a desk on MongoDB", () => {
  const stage = processStage();
  let mongod: Mongod;
  beforeAll(async () => {
    mongod = await Mongod.start({ members: 1 });
  });
  afterAll(() => mongod.end());

  it("trades on through a database that is killed, and in the process that stands by when its own is stopped, which ends when it is waked, and takes nothing back", async () => {
    const settings = { STORE_URL: mongod.url(DATABASE), MARKET_SPEED: SPEED };
    const desk = await stage.startUp(settings);
    await stage.run(desk, QUICK_BOT);
    await desk.alert("quick bought");
    await mongod.member().end("SIGKILL");
    await desk.logged("the store mongodb://");
    await mongod.startMember();
    await desk.alert("quick sold");
    const port = await freePort();
    const ready = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`);
      return [answer.status, ((await answer.json()) as { readonly status: string }).status];
    };
    const next = stage.start({ ...settings, STANDBY: "yes", HTTP_ADDRESS: String(port) });
    const third = stage.start({ ...settings, STANDBY: "yes" });
    for (const waiting of [next, third]) await waiting.logged(`stands by: process ${desk.pid} on host`);
    expect(await ready()).toEqual([503, "waiting"]);
    third.signal("SIGTERM");
    expect(await third.exited).toEqual({ code: 0, signal: null });
    // As good as dead for all others, and it knows nothing of it.
    desk.signal("SIGSTOP");
    await next.line(({ kind }) => kind === "welcome", "a welcome", TAKEOVER_MS);
    desk.signal("SIGCONT");
    expect(await desk.exited).toEqual({ code: 70, signal: null });
    expect(desk.stderr).toContain("another process has taken the store");
    // The desk itself answers there now; it is ready from its first beat on.
    expect((await ready())[1]).toMatch(/^(?:up|down)$/);
    expect(await stage.run(next, "bot show bot:quick")).toContain("quick");
    next.signal("SIGTERM");
    expect(await next.exited).toEqual({ code: 0, signal: null });
    const streams = await mongod.asked(mongod.url(DATABASE), async ({ db }) => {
      const links = await db
        ?.collection("links")
        .find({ stream: /^account:/ }, { sort: { link: 1 } })
        .toArray();
      return links ?? [];
    });
    // Written down again by hand: each event once, without holes.
    let last = 0;
    for (const { count, last: end, bodies } of streams) {
      expect(bodies.length).toBe(count);
      expect(end).toBe(last + Number(count));
      last = end;
    }
    expect(last).toBeGreaterThan(0);
  });

  it("takes over what a desk had in SQLite, and gives it back, by one command", async () => {
    const url = mongod.url("moved");
    const file = "sqlite:data/desk.sqlite";
    const desk = await stage.startUp({ MARKET_SPEED: SPEED });
    await stage.run(desk, QUICK_BOT);
    await desk.alert("quick sold");
    const asked = stage.start({}, { flags: ["--store", "migrate", file, url] });
    expect((await asked.exited).code).toBe(1);
    expect(asked.stderr).toContain(`is in use by process ${desk.pid} on host`);
    await desk.end();
    const moves = [
      [file, url],
      [url, "sqlite:data/back.sqlite"],
    ] as const;
    for (const [from, to] of moves) {
      const move = stage.start({}, { flags: ["--store", "migrate", from, to] });
      expect(await move.exited).toEqual({ code: 0, signal: null });
      expect(move.stdout).toMatch(/^Copied and compared: \d+ streams with \d+ events, .* sha256 [0-9a-f]{16} on both sides/);
    }
    const back = await stage.startUp({ MARKET_SPEED: SPEED, STORE_URL: url });
    expect(await stage.run(back, "bot show bot:quick")).toContain("quick");
    await back.end();
  });

  it("makes the replica set and the user of the desk, as a stack of containers does at its first start, and again", async () => {
    const server = await Mongod.start({ members: 1, isRaw: true });
    try {
      await server.command({ createUser: "root", pwd: ROOT_PASSWORD, roles: ["root"] });
      await server.member().end("SIGTERM");
      await server.startMember(0, { secured: true, isSet: true });
      const settings = { STORE_URL: server.url(DATABASE, "desk"), STORE_PASSWORD: PASSWORD };
      for (const words of [
        "set storm was made of 1; the user desk of storm was made",
        "the set storm was there; the user desk of storm has this",
      ]) {
        const setup = stage.start({ ...settings, STORE_ADMIN_PASSWORD: ROOT_PASSWORD }, { flags: ["--store", "setup"] });
        expect(await setup.exited).toEqual({ code: 0, signal: null });
        expect(setup.stdout).toContain(words);
      }
      const other = stage.start({ ...settings, STORE_ADMIN_PASSWORD: "not-the-password" }, { flags: ["--store", "setup"] });
      expect(await other.exited).toEqual({ code: 1, signal: null });
      expect(other.stderr).toContain("refuses the password of root. Check STORE_ADMIN_PASSWORD: a MongoDB keeps the one");
      const desk = await stage.startUp(settings);
      expect((await desk.end()).code).toBe(0);
    } finally {
      await server.end();
    }
  });

  it("takes the password from a file, shows it nowhere, and says in one sentence when it is wrong", async () => {
    const secured = await Mongod.start({ members: 0 });
    try {
      const roles = [{ role: "readWrite", db: DATABASE }];
      await secured.command({ createUser: "desk", pwd: PASSWORD, roles }, { database: DATABASE });
      await secured.member().end("SIGTERM");
      await secured.startMember(0, { secured: true });
      const file = join(stage.folder, "store-password");
      writeFileSync(file, PASSWORD, { mode: 0o600 });
      const settings = { STORE_URL: secured.url(DATABASE, "desk"), STORE_PASSWORD_FILE: file, LOG_LEVEL: "debug" };
      const desk = await stage.startUp(settings);
      desk.signal("SIGTERM");
      expect((await desk.exited).code).toBe(0);
      const refused = stage.start({ ...settings, STORE_PASSWORD_FILE: "", STORE_PASSWORD: "not-the-password" });
      expect((await refused.exited).code).toBe(1);
      expect(refused.stderr).toContain(
        "refuses the user name or the password. Check the user and authSource in STORE_URL, and STORE_PASSWORD.",
      );
      writeFileSync(file, "");
    } finally {
      await secured.end();
    }
  });
});
