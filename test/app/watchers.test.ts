import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { type Analyst, ruleAnalyst } from "../../shenron/analyst.ts";
import { Journal } from "../../shenron/journal.ts";
import { shenronServer } from "../../shenron/server.ts";
import { Secret } from "../../src/domain/secret.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { canary } from "../kit/canary/canary.ts";
import { type DeskRig, openDeskRig, until } from "../kit/desk-rig.ts";
import { ArrayMarket, candlesOf, plainInstrument } from "../kit/engine-market.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { ended } from "../kit/shenron/bad-service.ts";

const KEY = canary("SHENRON key");
const CALM_MINUTES = 1_000;
const START_MS = Date.UTC(2026, 0, 5);

let rig: DeskRig | undefined;
let server: Server | undefined;

afterEach(async () => {
  await rig?.stop();
  if (server) await ended(server);
  [rig, server] = [undefined, undefined];
});

/** Calm prices that jump in the tenth minute. */
function jumping(): ArrayMarket {
  const closes = Array.from({ length: CALM_MINUTES + 60 }, (_, index) => (index < CALM_MINUTES + 10 ? 100 + (index % 5) * 0.01 : 103));
  const startMs = marketMs(START_MS + CALM_MINUTES * MINUTE_MS);
  const instruments = new Map([["BTC/USDT", plainInstrument("BTC/USDT")]]);
  return new ArrayMarket({ candles: new Map([["BTC/USDT", candlesOf(START_MS, closes)]]), instruments, startMs, key: "jumping" });
}

test("a desk tells a jump of a symbol that a bot trades, with its numbers, and lists it", async () => {
  rig = await openDeskRig({ market: jumping() });
  await rig.admin.run("bot create name:dip symbol:BTC/USDT strategy:rsi-reversion timeframe:5m start:yes");
  await rig.move(30);
  const { console, admin } = rig;
  await until(() => console.printed.join("\n").includes("BTC/USDT moved +2.9"));
  expect(console.printed.join("\n")).toMatch(/Usual is -?0\.0\d% \(median of the last [\d,]+ minutes\)/);
  expect(await admin.run("stats anomalies")).toMatch(/Price .*BTC\/USDT moved \+2\.9\d% within a minute/);
  expect(rig.fatal).toEqual([]);
});

/** A reference service whose analyst is sure that everything falls. */
async function gloomyService(clock: FakeClock): Promise<string> {
  const analyst: Analyst = {
    ...ruleAnalyst,
    recommend: async ({ subjects }, _troubles, nowMs) => ({
      recommendations: subjects.map(({ symbol }) => {
        return { symbol, action: "sell" as const, confidence: 0.9, reasons: ["Clouds."], validUntilMs: nowMs + 900_000 };
      }),
    }),
  };
  const now = () => clock.wall();
  const opened = shenronServer({ key: new Secret(KEY), analyst, journal: new Journal(), now, say: () => undefined });
  server = opened;
  await new Promise<void>((resolve) => opened.listen({ host: "127.0.0.1", port: 0 }, resolve));
  return `http://127.0.0.1:${(opened.address() as AddressInfo).port}`;
}

test("a service keeps a bot out that lets it, says why in the words of the desk, and another bot enters as ever", async () => {
  const clock = new FakeClock();
  rig = await openDeskRig({ clock, environment: { SHENRON_URL: await gloomyService(clock), SHENRON_KEY: KEY } });
  const { admin, desk } = rig;
  const bot = "symbol:BTC/USDT strategy:ema-cross timeframe:1m start:yes";
  await admin.run(`bot create name:timid advice:veto ${bot}`);
  await admin.run(`bot create name:bold ${bot}`);
  await clock.advance(5_000);
  // Its answer crosses a real socket.
  await vi.waitFor(async () => expect(await admin.run("shenron status")).toContain("on 1 of 1 symbol that bots ask about"), {
    timeout: 5_000,
  });
  await rig.move(8);
  expect(await admin.run("bot show timid")).toContain("SHENRON may keep it out or make an entry smaller");
  expect(rig.console.printed.join("\n")).toContain("SHENRON says sell at a confidence of 0.90: no entry");
  expect(await admin.run("bot why timid")).toContain('its words "Clouds."');
  expect(desk.opened.engine.bot("bold")?.state.position.quantity.isZero()).toBe(false);
  expect(desk.opened.engine.bot("timid")?.state.position.quantity.isZero()).toBe(true);
});
