import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { observedEngine } from "../../src/app/engine-health.ts";
import { metersOf } from "../../src/app/meters.ts";
import { tokenDesk } from "../../src/chat/api-tokens.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { type EngineHealth, openEngineHealth, openWaitingHealth } from "../../src/http/health.ts";
import { isReachable, quietLogger } from "../http/kit.ts";
import { type ClusterRig, type DeskProcess, noonRig } from "../kit/cluster-rig.ts";
import { MINUTE_S } from "../kit/engine-live.ts";
import { by, wishFor } from "../kit/engine-rig.ts";
import { FakeClock, seededChance } from "../kit/fake-clock.ts";
import { readPrometheus } from "../kit/prometheus-text.ts";

const ADMIN = "discord:1";
const OWNERS = ["discord:1", "discord:2", "discord:3"];
const HERE = { host: "127.0.0.1", port: 0 };
const config = loadConfig({ OWNER_IDS: ADMIN });
const SHARED_SERVER = { chance: seededChance(5), logger: quietLogger, version: "1.2.3" };

let rig: ClusterRig;
let gateway: DeskProcess;
let engines: DeskProcess[];
let warnings: unknown[];
const open: EngineHealth[] = [];

let redisTrouble: string | undefined;

/** A gateway and two engines, with a running bot of each owner. */
beforeEach(async () => {
  redisTrouble = undefined;
  rig = noonRig([100, ...Array<number>(30).fill(102)]);
  warnings = [];
  gateway = await rig.start("gateway");
  engines = [await rig.start("engine"), await rig.start("engine")];
  await rig.beat(3);
  for (const owner of OWNERS) {
    const name = `bot-${owner.at(-1)}`;
    await rig.during(gateway.rig.front.createBot(wishFor({ name }), by(`create ${name}`, owner)));
    await rig.during(gateway.rig.front.startBot(name, by(`start ${name}`, owner)));
  }
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((health) => health.stop()));
});

/** A token as the gateway makes it for a program. */
async function token(name = "prometheus", user = ADMIN): Promise<string> {
  const issuer = tokenDesk({ desk: gateway.rig.desk, clock: rig.clock, chance: seededChance(name.length) });
  const { token, event } = issuer.issue({ name, user, role: "viewer", lifeMs: DAY_MS, by: ADMIN });
  await gateway.rig.desk.append([event]);
  await rig.beat(1);
  return token;
}

/** The address of an engine, as its process opens it. */
async function opened(engine: DeskProcess, isServed = true): Promise<EngineHealth> {
  const health = await openEngineHealth({ ...HERE, ...SHARED_SERVER, clock: rig.clock });
  open.push(health);
  if (isServed) serve(health, engine);
  return health;
}

function serve(health: EngineHealth, { rig: engine }: DeskProcess): void {
  const logger = { ...quietLogger, warn: (facts: unknown) => void warnings.push(facts) };
  const venues = { budgets: async () => [{ exchange: "binance", environment: "live", usedShare: 0.5, queued: 0 }] };
  const meters = metersOf({ ...engine, role: "engine", clock: rig.clock, venues });
  health.serve(
    observedEngine(engine, { clock: rig.clock, logger, version: "1.2.3", config }, [{ name: "redis", trouble: () => redisTrouble }]),
    meters,
  );
}

async function ask(health: { readonly url: string }, path: string, bearer?: string, init: RequestInit = {}) {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const answer = await fetch(health.url + path, {
    ...init,
    headers: { ...headers, ...(init.body ? { "content-type": "application/json" } : {}) },
  });
  return { status: answer.status, text: await answer.text() };
}

async function metrics(health: EngineHealth, bearer: string): Promise<(name: string, label?: string) => number | undefined> {
  const samples = readPrometheus((await ask(health, "/metrics", bearer)).text);
  return (name, label) =>
    samples.find((each) => each.name === `scalpstorm_${name}` && (!label || Object.values(each.labels).includes(label)))?.value;
}

describe("the HTTP address of an engine", () => {
  it("says up to anybody and why to who has a token, which it knows from the desk that it follows", async () => {
    const [health, bearer] = [await opened(engines[0]!), await token()];
    for (const path of ["/api/health", "/api/health/ready", "/api/health/live"])
      expect(await ask(health, path)).toEqual({ status: 200, text: '{"status":"up"}' });
    expect(JSON.parse((await ask(health, "/api/health/ready", bearer)).text)).toEqual({
      status: "up",
      parts: [
        { name: "beat", ok: true },
        { name: "store", ok: true },
        { name: "desk", ok: true },
      ],
    });
    await gateway.rig.desk.append([{ type: "token-revoked", name: "prometheus", by: ADMIN }]);
    await rig.beat(1);
    expect((await ask(health, "/api/health/ready", bearer)).status).toBe(401);
  });

  it("is up while Redis is away, says so with a token, and counts it", async () => {
    const [health, bearer] = [await opened(engines[0]!), await token()];
    expect((await ask(health, "/api/health", bearer)).text).toContain('{"name":"redis","ok":true}');
    expect((await metrics(health, bearer))("backing_up", "redis")).toBe(1);
    redisTrouble = "Redis does not answer";
    expect((await ask(health, "/api/health")).status).toBe(200);
    expect((await ask(health, "/api/health", bearer)).text).toContain('{"name":"redis","ok":false,"reason":"Redis does not answer"}');
    expect((await metrics(health, bearer))("backing_up", "redis")).toBe(0);
  });

  it("is not ready, and down, while it cannot read what the desk decides, and lives", async () => {
    const [health, bearer] = [await opened(engines[0]!), await token()];
    engines[0]!.process.stall();
    await rig.beat(5);
    expect(await ask(health, "/api/health/ready")).toEqual({ status: 503, text: '{"status":"down"}' });
    expect((await ask(health, "/api/health/ready", bearer)).text).toMatch(/"name":"desk","ok":false,"reason":"the desk's own decisions/);
    expect((await ask(health, "/api/health", bearer)).text).toMatch(/"name":"engine","ok":false,"reason":"the desk's own decisions/);
    expect((await metrics(health, bearer))("desk_view_age_seconds")).toBeGreaterThan(1);
    expect((await ask(health, "/api/health/live")).status).toBe(200);
    engines[0]!.process.wake();
    await rig.beat(2);
    expect((await ask(health, "/api/health/ready")).status).toBe(200);
  });

  it("is well while the desk is halted, which is no fault of this process", async () => {
    const [health, bearer] = [await opened(engines[0]!), await token()];
    await rig.during(gateway.rig.front.halt("news", undefined, by("halt", ADMIN)));
    await rig.beat(1);
    expect((await ask(health, "/api/health")).status).toBe(200);
    expect((await ask(health, "/api/health", bearer)).text).toContain('"reason":"halted: news"');
    const told = await metrics(health, bearer);
    expect([told("halted"), told("problems")]).toEqual([1, 0]);
  });

  it("tells Prometheus of what this engine has, so that all of them add up to the desk", async () => {
    const both = [await opened(engines[0]!), await opened(engines[1]!)];
    const bearer = await token();
    rig.shown.set("BTC/USDT", 102);
    await rig.beat(3 * MINUTE_S);
    const told = [await metrics(both[0]!, bearer), await metrics(both[1]!, bearer)];
    const held = told.map((each) => each("accounts_held"));
    expect([...held].sort()).toEqual([1, 2]);
    expect(told.map((each) => each("bots", "running"))).toEqual(held);
    expect(told.map((each) => each("accounts", "paper"))).toEqual(held);
    // Each account has bought once.
    expect(told.map((each) => each("order_events_total", "filled"))).toEqual(held);
    for (const each of told) {
      expect(each("slots_total")).toBeGreaterThan(0);
      expect(each("desk_view_age_seconds")).toBeLessThan(1);
      expect(each("market_lag_seconds")).toBeLessThan(120);
      expect([each("unknown_orders"), each("venue_weight_used_ratio"), each("info", "engine")]).toEqual([0, 0.5, 1]);
    }
  });

  it("takes no command and shows nothing of the desk: the gateway is to be asked, as one sentence says", async () => {
    const [health, bearer] = [await opened(engines[0]!), await token()];
    const sentence = { status: 421, text: '{"error":"This process has accounts only; ask the gateway."}' };
    expect(await ask(health, "/api/commands/system/halt", bearer, { method: "POST", body: "{}" })).toEqual(sentence);
    for (const path of ["/api/positions", "/api/statistics", "/api/market/tickers", "/api/live"])
      expect(await ask(health, path, bearer)).toEqual(sentence);
    expect(gateway.rig.desk.state.halt).toBeUndefined();
    expect(await upgraded(health)).toMatch(/^HTTP\/1\.1 421 /);
  });

  it("refuses metrics to who has no token, a wrong one, or no rights, and writes nothing into the desk's stream", async () => {
    const [health, stranger] = [await opened(engines[0]!), await token("stranger", "discord:77")];
    const { sequence } = gateway.rig.desk.state;
    expect((await ask(health, "/metrics")).status).toBe(401);
    expect((await ask(health, "/metrics", "ss-api-guess")).status).toBe(401);
    expect((await ask(health, "/metrics", stranger)).status).toBe(403);
    expect((await ask(health, "/api/health/ready", stranger)).status).toBe(403);
    await rig.beat(1);
    expect([gateway.rig.desk.state.sequence, warnings.length]).toEqual([sequence, 2]);
  });

  it("listens before the engine is there, when it lives and is down, and is gone after its stop", async () => {
    const health = await opened(engines[0]!, false);
    expect(await ask(health, "/api/health/live")).toEqual({ status: 200, text: '{"status":"up"}' });
    expect(await ask(health, "/api/health/ready")).toEqual({ status: 503, text: '{"status":"down"}' });
    expect(await ask(health, "/metrics", "ss-api-any")).toMatchObject({
      status: 503,
      text: expect.stringContaining("starting or stopping"),
    });
    await health.stop();
    expect(await isReachable(new URL(health.url))).toBe(false);
  });
});

/** What an offer to become a web socket is answered with. */
async function upgraded({ url }: EngineHealth): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  socket.write("GET /api/live HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n");
  const [part] = await once(socket, "data");
  socket.destroy();
  return String(part);
}

describe("the HTTP address of a process that waits for the desk", () => {
  it("lives, is not ready, says why to anybody, and takes nothing else", async () => {
    const clock = new FakeClock();
    const waiting = await openWaitingHealth({ ...HERE, ...SHARED_SERVER, clock });
    const reason = "Another process has the desk; this one takes over when that one is gone.";
    expect(await ask(waiting, "/api/health/live")).toEqual({ status: 200, text: '{"status":"up"}' });
    for (const path of ["/api/health", "/api/health/ready"])
      expect(await ask(waiting, path, "ss-api-any")).toEqual({
        status: 503,
        text: JSON.stringify({ status: "waiting", parts: [{ name: "desk", ok: false, reason }] }),
      });
    expect(await ask(waiting, "/metrics", "ss-api-any")).toEqual({ status: 503, text: JSON.stringify({ error: reason }) });
    expect(await ask(waiting, "/api/commands/panic", undefined, { method: "POST", body: "{}" })).toEqual({
      status: 503,
      text: JSON.stringify({ error: reason }),
    });
    await waiting.stop();
    expect(await isReachable(new URL(waiting.url))).toBe(false);
    expect(clock.sleeping).toBe(0);
  });

  it("waits for nobody when the desk takes the address over", async () => {
    const waiting = await openWaitingHealth({ ...HERE, ...SHARED_SERVER, clock: rig.clock });
    const { port, hostname } = new URL(waiting.url);
    const slow = connect(Number(port), hostname);
    slow.on("error", () => undefined);
    await once(slow, "connect");
    slow.write("POST /api/commands/panic HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
    await ask(waiting, "/api/health/live");
    const gone = once(slow.resume(), "close");
    const stopped = waiting.stop();
    await rig.clock.advance(0);
    await Promise.all([stopped, gone]);
  });
});
