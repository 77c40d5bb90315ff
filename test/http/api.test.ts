import { beforeEach, describe, expect, test } from "vitest";
import { textOf } from "../chat/door.ts";
import { ApiRig } from "./api/rig.ts";
import { OTHER_THAN_A_TOKEN } from "./api/strangers.ts";

let api: ApiRig;

beforeEach(async () => {
  api = await ApiRig.open();
});

describe("a token", () => {
  test("is shown once, is kept as a hash only, and stands in no log and no event", async () => {
    const token = await api.token("ci", "viewer");
    expect(JSON.stringify([...api.desk.ledger.events, ...api.desk.log])).not.toContain(token);
    expect(textOf(await api.desk.type("access list"))).toContain("Token api:ci: at most viewer in the name of discord:1");
    expect((await api.desk.type("access token name:ci")).title).toContain("there is a token ci already");
  });

  test("of a person may do what that person may, and never more than its own role", async () => {
    const viewer = await api.token("eye", "viewer");
    const refused = await api.ask("POST", "/api/commands/system/halt", { token: viewer, body: { reason: "test" } });
    expect([refused.status, refused.body.title]).toEqual([403, "You may not do that here"]);
    const operator = await api.token("hand", "operator");
    expect((await api.ask("POST", "/api/commands/system/halt", { token: operator, body: { reason: "test" } })).status).toBe(200);
    await api.desk.grant("discord:5", "viewer");
    const above = await api.token("above", "operator", "discord:5");
    expect((await api.ask("POST", "/api/commands/panic", { token: above })).status).toBe(403);
    expect(api.desk.ledger.ofType("access-denied").map(({ user }) => user)).toEqual(["api:eye", "api:above"]);
  });

  test("ends when it expires, is revoked, or its person is locked", async () => {
    const token = await api.token("short", "viewer", "discord:1", "1h");
    const ask = () => api.ask("GET", "/api/positions", { token });
    expect((await ask()).status).toBe(200);
    api.desk.clock.stepWall(3_600_000);
    expect((await ask()).body.error).toContain("This token has expired");
    const other = await api.token("other", "viewer");
    await api.desk.type("access revoke user:api:other");
    expect((await api.ask("GET", "/api/positions", { token: other })).status).toBe(401);
    await api.desk.grant("discord:5", "viewer");
    const locked = await api.token("locked", "viewer", "discord:5");
    await api.desk.type("access lock user:discord:5");
    expect((await api.ask("GET", "/api/positions", { token: locked })).status).toBe(403);
  });

  test("cannot make, prove or approve an identity", async () => {
    const token = await api.token("root", "admin");
    for (const [path, body] of [
      ["access/token", { name: "more" }],
      ["access/link", { code: "abcdefghijkl" }],
      ["access/approve", { code: "abcdefgh" }],
      ["access/totp", {}],
      ["channel/subscribe", {}],
    ] as const) {
      const answer = await api.ask("POST", `/api/commands/${path}`, { token, body });
      expect([answer.status, answer.body.outcome === "done"], path).not.toEqual([200, true]);
    }
    expect(api.desk.ledger.state.tokens.size).toBe(1);
  });

  test.each(OTHER_THAN_A_TOKEN)("is missed in %j, in the same words", async (authorization) => {
    const answer = await api.app.inject({ method: "GET", url: "/api/positions", headers: authorization === "" ? {} : { authorization } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="desk"');
    expect(answer.body).toContain("access token");
  });

  test("that is guessed often is counted, and the right one still works", async () => {
    const token = await api.token("ci", "viewer");
    const guesses = [];
    for (let each = 0; each < 25; each++) guesses.push((await api.ask("GET", "/api/positions", { token: `ss-api-${each}` })).status);
    expect(guesses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(guesses.slice(20)).toEqual(Array(5).fill(429));
    expect((await api.ask("GET", "/api/positions", { token })).status).toBe(200);
  });
});

describe("health", () => {
  test("says up or down to everybody, and why to who may see the desk", async () => {
    expect((await api.ask("GET", "/api/health")).body).toEqual({ status: "up" });
    const token = await api.token("ci", "viewer");
    await api.desk.type("system halt news");
    const { body } = await api.ask("GET", "/api/health", { token });
    expect(body).toMatchObject({ status: "up", parts: expect.arrayContaining([{ name: "entries", ok: false, reason: "halted: news" }]) });
  });

  test("is told to a probe also when somebody at the same address asks for other things without end", async () => {
    for (let each = 0; each < 125; each++) await api.ask("GET", "/api/no-such-route");
    expect((await api.ask("GET", "/api/no-such-route")).status).toBe(429);
    expect((await api.ask("GET", "/api/health/live")).status).toBe(200);
    for (let each = 1; each < 120; each++) await api.ask("GET", "/api/health/ready");
    expect((await api.ask("GET", "/api/health/ready")).status).toBe(429);
  });

  test("is ready to take commands where only what is traded by is wrong, and not where the store does not write", async () => {
    const token = await api.token("ci", "viewer");
    const facts = api.desk.engine.health();
    api.desk.engine.health = () => ({ ...facts, problems: ["prices are 30 s old: stops that the desk holds are blind"] });
    expect((await api.ask("GET", "/api/health")).status).toBe(503);
    expect(await api.ask("GET", "/api/health/ready")).toMatchObject({ status: 200, body: { status: "up" } });
    api.desk.engine.health = () => ({ ...facts, storeAgeMs: 20_000, beatAgeMs: undefined });
    expect((await api.ask("GET", "/api/health/ready")).body).toEqual({ status: "down" });
    expect(await api.ask("GET", "/api/health/ready", { token })).toMatchObject({
      status: 503,
      body: {
        status: "down",
        parts: [
          { name: "beat", ok: false, reason: "beat not yet" },
          { name: "store", ok: false, reason: expect.stringContaining("wrote last") },
        ],
      },
    });
  });

  test("is down and not ready, but alive, while the desk is not open", async () => {
    api.isOpen = false;
    expect((await api.ask("GET", "/api/health")).status).toBe(503);
    expect((await api.ask("GET", "/api/health/ready")).body).toEqual({ status: "down" });
    expect((await api.ask("GET", "/api/health/live")).status).toBe(200);
    expect((await api.ask("GET", "/api/positions", { token: "x" })).status).toBe(503);
  });
});

describe("answers", () => {
  test("may be kept, framed and read by no other site", async () => {
    const { headers } = await api.ask("GET", "/api/health");
    expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("to what is no request say what to do and repeat nothing of it", async () => {
    const token = await api.token("ci", "trader");
    const ask = (body: unknown, url = "/api/configure") => api.ask("POST", url, { token, body });
    expect(await ask("{not json")).toMatchObject({ status: 400, body: { error: "The body is not JSON." } });
    expect((await ask(`{"a":"${"x".repeat(70_000)}"}`)).status).toBe(413);
    const wrong = await ask({ exchange: "binance", environment: "demo", credentials: { api_key: "CANARYKEY1", secret: ["CANARYSECRET"] } });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain("credentials.secret");
    expect(wrong.text).not.toContain("CANARY");
    expect((await ask({ unheard: "of" }, "/api/commands/system/halt")).status).toBe(400);
    expect((await api.ask("GET", "/api/nothing", { token })).status).toBe(404);
  });

  test("to a failure of ours carry an incident and nothing else", async () => {
    const token = await api.token("ci", "operator");
    api.desk.engine.failure = new Error("the secret path /var/lib/desk");
    const { status, text } = await api.ask("POST", "/api/commands/system/halt", { token, body: { reason: "x" } });
    expect(status).toBe(500);
    expect(text).toMatch(/incident \w{8}/);
    expect(text).not.toContain("/var/lib");
  });
});
