import { beforeEach, describe, expect, test } from "vitest";
import { approvalCode, ChatDesk } from "../chat/door.ts";
import { ApiRig } from "./api/rig.ts";

let api: ApiRig;
let token: string;
const CREATE = { inst_id: "BTC-USDT", strategy: "ema-cross", timeframe: "5m", name: "dip" };

beforeEach(async () => {
  api = await ApiRig.open();
  token = await api.token("ci", "admin");
});

const post = (url: string, body?: unknown, key?: string) =>
  api.ask("POST", url, { token, ...(body === undefined ? {} : { body }), ...(key === undefined ? {} : { key }) });

describe("a command", () => {
  test("of the catalog has a route each, and runs as its person with the audit of chat", async () => {
    for (const { path } of api.desk.door.catalog())
      expect(api.app.hasRoute({ method: "POST", url: `/api/commands/${path.replaceAll(" ", "/")}` }), path).toBe(true);
    const { status, body } = await post("/api/commands/risk/show");
    expect([status, body.outcome]).toEqual([200, "done"]);
    await post("/api/commands/system/halt", { reason: "news" });
    expect(api.desk.ledger.ofType("halted").at(-1)).toMatchObject({ by: "discord:1" });
    expect(api.desk.ledger.ofType("command-done").at(-1)).toMatchObject({ path: "system halt", user: "api:ci", place: "api:ci" });
  });

  test("that hands over a file has it in its answer, with exact digits", async () => {
    await post("/api/positions", CREATE);
    api.desk.engine.fill("dip", "buy", "0.1", "30000.00000001");
    const { status, body } = await post("/api/commands/stats/export", { what: "daily", format: "csv" });
    expect([status, body.outcome]).toEqual([200, "done"]);
    const file = body.file as { name: string; contentType: string; text: string };
    expect([file.name, file.contentType]).toEqual(["daily.csv", "text/csv"]);
    expect(file.text.split("\n")[1]).toMatch(/^\d{4}-\d\d-\d\d,dip,paper,[^,]*,BTC\/USDT,USDT,-\d+\.\d+,\d+\.\d+,/);
  });

  test("without a required argument asks for it, with what there is", async () => {
    const { status, body } = await post("/api/commands/bot/create", { symbol: "BTC/USDT", timeframe: "5m" });
    expect([status, body.outcome]).toEqual([422, "question"]);
    expect(body.question).toMatchObject({ argument: "strategy", offers: expect.arrayContaining(["ema-cross"]) });
  });

  test("that is dangerous is confirmed by the token of its answer, which works once and for that only", async () => {
    await post("/api/positions", CREATE);
    const asked = await post("/api/commands/bot/delete", { bot: "dip" });
    expect([asked.status, asked.body.outcome]).toEqual([202, "confirmation"]);
    const { confirm } = asked.body;
    expect((await post("/api/commands/bot/delete", { bot: "all", confirm })).status).toBe(422);
    expect(api.desk.engine.bot("dip")).toBeDefined();
    expect((await post("/api/commands/bot/delete", { bot: "dip", confirm })).status).toBe(200);
    expect(api.desk.engine.bot("dip")).toBeUndefined();
    expect((await post("/api/commands/bot/delete", { bot: "dip", confirm: "yes" })).status).toBe(422);
  });

  test("that raises risk waits until it was approved elsewhere", async () => {
    const body = { user: "discord:5", role: "trader" };
    const asked = await post("/api/commands/access/grant", body);
    expect([asked.status, asked.body.outcome]).toEqual([202, "factor"]);
    const { factor } = asked.body;
    expect((await post("/api/commands/access/grant", { ...body, factor })).status).toBe(202);
    expect(api.desk.ledger.ofType("access-granted")).toEqual([]);
    const code = approvalCode({ title: "", tone: "plain", lines: [asked.text], fields: [], buttons: [] });
    expect((await post("/api/commands/access/approve", { code })).status).toBe(422);
    await api.desk.type(`access approve ${code}`);
    expect((await post("/api/commands/access/grant", { ...body, factor })).status).toBe(200);
    expect(api.desk.ledger.ofType("access-granted")).toMatchObject([{ user: "discord:5", role: "trader", by: "api:ci" }]);
  });
});

describe("an Idempotency-Key", () => {
  test("gives one effect and one answer, also to requests side by side", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => post("/api/positions", CREATE, "k1")));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(api.desk.ledger.ofType("bot-registered")).toHaveLength(1);
    expect((await post("/api/positions", { ...CREATE, name: "other" }, "k1")).status).toBe(422);
    expect(api.desk.ledger.ofType("bot-registered")).toHaveLength(1);
  });

  test("is found in the books after a restart", async () => {
    await post("/api/commands/system/halt", { reason: "x" }, "k2");
    const again = await ApiRig.over(api.desk);
    const answer = await again.ask("POST", "/api/commands/system/halt", { token, body: { reason: "x" }, key: "k2" });
    expect([answer.status, answer.body.title]).toEqual([200, "Already done: The desk is halted until `system resume`"]);
    expect(api.desk.ledger.ofType("halted")).toHaveLength(1);
  });

  test("that came with another request is refused after a restart, too", async () => {
    await post("/api/commands/system/halt", { reason: "x" }, "k4");
    const again = await ApiRig.over(api.desk);
    const others: [string, Record<string, string>][] = [
      ["/api/commands/system/halt", { reason: "y" }],
      ["/api/commands/panic", { reason: "x" }],
    ];
    for (const [path, body] of others) {
      const answer = await again.ask("POST", path, { token, body, key: "k4" });
      expect([answer.status, answer.body.error]).toEqual([
        422,
        "This Idempotency-Key came with another request before. Use a new key for each request.",
      ]);
    }
    expect(api.desk.ledger.state.halt?.panic).toBe(false);
  });

  test("of which nothing is known any more is never run a second time", async () => {
    const refused = { ...CREATE, strategy: "nothing" };
    expect((await post("/api/positions", refused, "k3")).status).toBe(422);
    const again = await ApiRig.over(api.desk);
    expect((await again.ask("POST", "/api/positions", { token, body: CREATE, key: "k3" })).status).toBe(409);
    expect(api.desk.engine.bots()).toHaveLength(0);
  });

  test("that cannot be one is refused", async () => {
    expect((await post("/api/positions", CREATE, "a b")).status).toBe(400);
  });
});

describe("named routes", () => {
  test("make, start, list and stop a bot", async () => {
    const made = await post("/api/positions", { ...CREATE, size: "5%", params: { fast: 5, slow: 20 } });
    expect(made).toMatchObject({ status: 201, body: { position: { id: "dip", inst_id: "BTC-USDT", status: "created", mode: "paper" } } });
    expect(api.desk.engine.bot("dip")!.state.spec).toMatchObject({ owner: "discord:1", params: { fast: 5, slow: 20 } });
    const id = api.desk.engine.bot("dip")!.state.spec.id;
    expect(await post(`/api/positions/${id}/start`)).toMatchObject({ status: 200, body: { position: { status: "running" } } });
    expect(await api.ask("GET", "/api/positions", { token })).toMatchObject({ body: { positions: [{ id: "dip", status: "running" }] } });
    expect(await post("/api/positions/dip/stop", { close: false })).toMatchObject({
      status: 200,
      body: { position: { status: "stopped" } },
    });
    expect((await post("/api/positions/nothing/start")).status).toBe(422);
    expect((await post("/api/positions", { ...CREATE, inst_id: "BTC/USDT" })).status).toBe(400);
  });

  test("read the market by the symbol with dashes", async () => {
    const get = (url: string) => api.ask("GET", url, { token });
    expect((await get("/api/market/pairs")).body).toMatchObject({
      total: 3,
      pairs: expect.arrayContaining([expect.objectContaining({ inst_id: "ETH-USDT" })]),
    });
    const data = await get("/api/market/data/btc-usdt?timeframe=5m&limit=10");
    expect(data.body).toMatchObject({ inst_id: "BTC-USDT", timeframe: "5m" });
    // Fifteen times 0.1, which doubles add up to 1.5000000000000002.
    const quarters = await get("/api/market/data/BTC-USDT?timeframe=15m&limit=2");
    expect(quarters.body).toMatchObject({ candles: expect.arrayContaining([expect.objectContaining({ volume: 1.5 })]) });
    expect((await get("/api/analyze/BTC-USDT?timeframe=1m")).body).toMatchObject({
      recommendation: { action: expect.stringMatching(/buy|sell|hold/) },
    });
    expect((await get("/api/market/data/XXX-USDT")).status).toBe(404);
    expect((await get("/api/market/pairs?exchange=kraken")).status).toBe(422);
    expect((await get("/api/market/data/BTC-USDT?limit=5000")).status).toBe(400);
  });

  test("count what bots made", async () => {
    await post("/api/positions", CREATE);
    const { status, body } = await api.ask("GET", "/api/bots/statistics", { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({ bots: { created: 1 }, groups: [{ mode: "paper", currency: "USDT", realized: "0" }] });
  });
});

describe("configure", () => {
  const KEY = "CANARYapikey0123456789";
  const SECRET = "CANARYsecret0123456789";
  const body = { exchange: "binance", environment: "demo", name: "play", credentials: { api_key: KEY, secret: SECRET } };
  let secrets: string[];

  beforeEach(async () => {
    secrets = [];
    const entered = (value: string) => void (value.startsWith("ss-api-") || secrets.push(value));
    api = await ApiRig.over(await ChatDesk.open({ onSecret: entered }));
    token = await api.token("ci", "admin");
  });

  test("connects an account once it was approved, and returns and keeps no secret in the clear", async () => {
    const asked = await post("/api/configure", body);
    expect([asked.status, asked.body.outcome]).toEqual([202, "factor"]);
    await api.desk.type(`access approve ${approvalCode({ title: "", tone: "plain", lines: [asked.text], fields: [], buttons: [] })}`);
    const done = await post("/api/configure", { ...body, factor: asked.body.factor });
    expect([done.status, done.body.outcome], done.text).toEqual([200, "done"]);
    expect(api.desk.engine.account("play")).toBeDefined();
    const kept = JSON.stringify([api.desk.ledger.events, api.desk.log, [...api.desk.inbox.rows.values()], asked.text, done.text]);
    expect(kept).not.toContain("CANARY");
    expect(secrets).toEqual(expect.arrayContaining([KEY, SECRET]));
  });

  test("has no values of who may not connect hidden, so that nobody rewrites the log", async () => {
    const nobody = await api.token("nobody", "viewer", "discord:77");
    const { status } = await api.ask("POST", "/api/configure", { token: nobody, body });
    expect([status, secrets]).toEqual([403, []]);
  });

  test.each([
    ["risk_level", "bot create", "/api/positions", ["risk_level"]],
    ["custom_risk_percentage", "bot create", "/api/positions", ["size"]],
    ["max_position_size", "bot create", "/api/positions", ["max"]],
    ["max_position_size", "risk set", "/api/commands/risk/set", ["on", "position"]],
  ])("refuses %s before anything is done, and names what there is of %s", async (field, path, route, fields) => {
    const { status, body: answer } = await post("/api/configure", { ...body, [field]: 1 });
    expect([status, secrets]).toEqual([422, []]);
    expect(answer.error).toContain(`${field}: `);
    expect(answer.error).toContain(`${fields.join(" and ")} in POST ${route}`);
    const known = api.desk.door.catalog().find((each) => each.path === path);
    expect(known?.args.map(({ name }) => name)).toEqual(expect.arrayContaining(fields));
    expect(api.desk.engine.accounts()).toHaveLength(0);
  });
});
