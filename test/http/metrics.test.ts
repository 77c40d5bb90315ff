import { beforeEach, expect, test } from "vitest";
import { breakerKey, type OpenBreaker } from "../../src/domain/breaker.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { exposition } from "../../src/http/api/exposition.ts";
import { readPrometheus } from "../kit/prometheus-text.ts";
import { ApiRig, NO_METERS } from "./api/rig.ts";

let api: ApiRig;
let token: string;

beforeEach(async () => {
  api = await ApiRig.open();
  token = await api.token("prometheus", "viewer");
});

/** The values of one metric, by its label values. */
async function valuesOf(name: string): Promise<Readonly<Record<string, number>>> {
  const { text } = await api.ask("GET", "/metrics", { token });
  const samples = readPrometheus(text).filter((each) => each.name === name);
  return Object.fromEntries(samples.map(({ labels: { role: _, ...labels }, value }) => [Object.values(labels).join(" "), value]));
}

test("metrics are text for Prometheus, and what is unknown is absent", async () => {
  const { status, headers, text } = await api.ask("GET", "/metrics", { token });
  expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const names = readPrometheus(text).map(({ name }) => name);
  expect(names).toContain("scalpstorm_beat_age_seconds");
  expect(names).not.toContain("scalpstorm_watch_age_seconds");
  expect(names).not.toContain("scalpstorm_event_loop_delay_seconds");
});

test("metrics want a token of somebody who may see the desk", async () => {
  expect(await api.ask("GET", "/metrics")).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="desk"' } });
  expect((await api.ask("GET", "/metrics", { token: "ss-api-guess" })).status).toBe(401);
  const stranger = await api.token("stranger", "viewer", "discord:77");
  expect((await api.ask("GET", "/metrics", { token: stranger })).status).toBe(403);
  api.isOpen = false;
  expect((await api.ask("GET", "/metrics", { token })).status).toBe(503);
});

test("metrics follow what happens on the desk", async () => {
  expect(await valuesOf("scalpstorm_bots")).toEqual({ created: 0, running: 0, stopping: 0, stopped: 0, faulted: 0 });
  expect([await valuesOf("scalpstorm_halted"), await valuesOf("scalpstorm_panic")]).toEqual([{ "": 0 }, { "": 0 }]);
  await api.desk.type("bot create name:dip symbol:BTC/USDT strategy:ema-cross timeframe:5m");
  await api.desk.type("bot start dip");
  await api.desk.type("system halt news");
  const account = api.desk.engine.accounts()[0]!.state;
  const open: OpenBreaker = {
    breaker: "drawdown",
    scope: `account:${account.account}`,
    reaction: "deny",
    reason: "12% below the peak",
    sinceMs: marketMs(0),
    untilMs: undefined,
    day: undefined,
    at: 10,
    reading: 12,
    trips: 1,
    probing: false,
    probe: undefined,
  };
  account.breakers.open.set(breakerKey(open), open);
  await api.desk.ledger.append([
    { type: "venue-banned", exchange: "binance", untilMs: wallMs(api.desk.clock.wall() + 90_000), reason: "HTTP 429" },
  ]);
  expect(await valuesOf("scalpstorm_bots")).toMatchObject({ running: 1, created: 0 });
  expect(await valuesOf("scalpstorm_accounts")).toEqual({ paper: 1, demo: 0, live: 0 });
  expect([await valuesOf("scalpstorm_halted"), await valuesOf("scalpstorm_panic")]).toEqual([{ "": 1 }, { "": 0 }]);
  expect(await valuesOf("scalpstorm_breakers_open")).toMatchObject({ drawdown: 1, "daily-loss": 0 });
  expect(await valuesOf("scalpstorm_exchange_ban_seconds")).toEqual({ binance: 90 });
});

test("metrics tell what is measured, in seconds and shares", async () => {
  api.meters = {
    ...NO_METERS,
    slots: () => 12,
    loopDelay: () => ({ medianMs: 1, p99Ms: 20, maxMs: 250 }),
    backlogs: () => [{ platform: "discord", waiting: 3, oldestMs: 4_500 }],
    budgets: async () => [{ exchange: "binance", environment: "live", usedShare: 0.25, queued: 2 }],
    orders: async () => [{ mode: "live", event: "filled", count: 7 }],
  };
  expect(await valuesOf("scalpstorm_event_loop_delay_seconds")).toEqual({ "0.5": 0.001, "0.99": 0.02, "1": 0.25 });
  expect([await valuesOf("scalpstorm_delivery_waiting"), await valuesOf("scalpstorm_delivery_lag_seconds")]).toEqual([
    { discord: 3 },
    { discord: 4.5 },
  ]);
  expect(await valuesOf("scalpstorm_venue_weight_used_ratio")).toEqual({ "binance live": 0.25 });
  expect(await valuesOf("scalpstorm_order_events_total")).toEqual({ "live filled": 7 });
  expect([await valuesOf("scalpstorm_slots_total"), await valuesOf("scalpstorm_desk_view_age_seconds")]).toEqual([{ "": 12 }, {}]);
});

test("a live market is behind only where somebody reads it: one that nobody reads stands still", async () => {
  const market = api.desk.engine.market();
  api.desk.engine.market = () => ({ ...market, pace: "live", atMs: marketMs(api.desk.clock.wall() - 240_000) });
  expect(await valuesOf("scalpstorm_market_lag_seconds")).toEqual({ "": 240 });
  api.meters = { ...NO_METERS, isMarketRead: () => false };
  expect(await valuesOf("scalpstorm_market_lag_seconds")).toEqual({});
});

test("each sample says what its process is there for, so that several processes are not counted twice", async () => {
  api.meters = { ...NO_METERS, role: "engine", accountsHeld: () => 3, deskAgeMs: () => 250 };
  const { text } = await api.ask("GET", "/metrics", { token });
  expect(new Set(readPrometheus(text).map(({ labels }) => labels.role))).toEqual(new Set(["engine"]));
  expect([await valuesOf("scalpstorm_accounts_held"), await valuesOf("scalpstorm_desk_view_age_seconds")]).toEqual([
    { "": 3 },
    { "": 0.25 },
  ]);
});

test("metrics name nobody, nothing of the store and no secret", async () => {
  await api.desk.type("bot create name:midnight-dip symbol:BTC/USDT strategy:ema-cross timeframe:5m");
  await api.desk.type("system halt because of a secret reason");
  expect(api.desk.engine.bots()).toHaveLength(1);
  const { text } = await api.ask("GET", "/metrics", { token });
  for (const hidden of ["midnight", "discord:1", "secret reason", token, "paper:", "BTC"]) expect(text).not.toContain(hidden);
});

test("a reading that fails is a failure with an incident, not half of the metrics", async () => {
  api.meters = { ...NO_METERS, orders: () => Promise.reject(new Error("disk at /var/lib/desk")) };
  const { status, text } = await api.ask("GET", "/metrics", { token });
  expect(status).toBe(500);
  expect(text).toContain("incident");
  expect(text).not.toContain("/var/lib");
});

test("a label value is escaped, and a metric without samples is left out", () => {
  const family = { name: "x", help: "A\nB", type: "gauge" as const };
  expect(exposition([{ ...family, samples: [] }])).toBe("");
  const text = exposition([{ ...family, samples: [{ labels: { a: 'q"b\\n\n' }, value: 1 }] }]);
  expect(text).toBe('# HELP x A\\nB\n# TYPE x gauge\nx{a="q\\"b\\\\n\\n"} 1\n');
  expect(readPrometheus(text)).toHaveLength(1);
});
