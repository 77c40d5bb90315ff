import { afterEach, describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../src/domain/time.ts";
import type { AppendBatch, Store } from "../../src/ports/store.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";
import { DiscordPerson } from "../kit/desk-person-discord.ts";
import { type DeskRig, until } from "../kit/desk-rig.ts";
import { claim, cleanUpAfterEach, discordSettings, startDiscord, startRig, storeFile } from "../kit/desk-stage.ts";

const COMMIT_MS = 5_000;
const DEFERRAL_MAX_MS = 1_000;
const BEAT_MS = 1_000;
/** Market minutes that a beat brings. */
const MINUTES_PER_BEAT = 10;
const SPEED = MINUTES_PER_BEAT * 60;
const BEATS = 15;
const DEFERRED = 5;
const WRITES: ReadonlySet<string> = new Set(["append", "saveSnapshot", "accept", "settle", "recordDelivery", "forgetChannel", "prune"]);

const beats: NodeJS.Timeout[] = [];
const slows: SlowStore[] = [];
cleanUpAfterEach();
afterEach(() => {
  for (const slow of slows.splice(0)) slow.slow = () => false;
  for (const beat of beats.splice(0)) clearInterval(beat);
});

interface SlowStore {
  readonly store: Store;
  /** Which commits take their time from now on. */
  slow: (name: string, args: readonly unknown[]) => boolean;
}

/** A real store whose commits take five seconds of real time where a test says so. */
async function slowStore(): Promise<SlowStore> {
  const inner = await openSqliteStore({ file: storeFile() });
  const slow: SlowStore = {
    slow: () => false,
    store: new Proxy<Store>(inner, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function" || typeof name !== "string" || !WRITES.has(name)) {
          return typeof method === "function" ? method.bind(target) : method;
        }
        return async (...args: unknown[]) => {
          if (slow.slow(name, args)) await new Promise((resolve) => setTimeout(resolve, COMMIT_MS));
          return Reflect.apply(method, target, args);
        };
      },
    }),
  };
  slows.push(slow);
  return slow;
}

/** A desk on Discord with one bot of the person at the terminal and one of a person in Discord, all alike. */
async function openDesk(speed: number) {
  const discord = await startDiscord();
  const slow = await slowStore();
  const environment = { ...discordSettings(discord), MARKET_SPEED: String(speed) };
  const rig = await startRig({ store: slow.store, market: "as set", environment });
  await until(() => discord.commandsFor(discord.user).length > 0);
  const ada = new DiscordPerson(discord);
  await claim({ rig, person: ada });
  const quick = { symbol: "BTC/USDT", strategy: "ema-cross", timeframe: "1m", params: "fast=3 slow=8", start: true };
  const typed = `bot create name:free symbol:BTC/USDT strategy:ema-cross timeframe:1m params:"${quick.params}" start:yes`;
  expect(await rig.admin.run(typed)).toContain("free is running");
  await discord.slash(discord.user, "/bot create", { ...quick, name: "held" }).until("held is running");
  beats.push(setInterval(() => void rig.beat(), BEAT_MS));
  return { discord, slow, rig, ada };
}

function bot(rig: DeskRig, name: string) {
  const facts = rig.desk.opened.engine.bot(name);
  if (!facts) throw new Error(`there is no bot ${name}`);
  return facts;
}

const beaten = (count: number) => new Promise((resolve) => setTimeout(resolve, count * BEAT_MS));

describe("commits that take five seconds each", () => {
  it("keep no Discord deferral waiting for a second, and every command is answered in the end", async () => {
    const { discord, slow, rig } = await openDesk(1);
    slow.slow = () => true;
    await beaten(2);
    const lines = [
      "/bot create name:later symbol:ETH/USDT strategy:rsi-reversion timeframe:5m",
      "/bot stop bot:held",
      "/system halt reason:news",
    ];
    const reads = ["/bot list", "/stats today", "/system health"];
    const asked = [...lines, ...reads].map((line) => ({ line, answer: discord.slash(discord.user, line) }));
    for (const { line, answer } of asked) {
      const { type, ackMs } = await answer.wait("ack", COMMIT_MS);
      expect(type).toBe(DEFERRED);
      expect(ackMs, line).toBeLessThan(DEFERRAL_MAX_MS);
    }
    for (const { line, answer } of asked) {
      const message = await answer.settled(10 * COMMIT_MS);
      expect(JSON.stringify(message), line).not.toContain("Something went wrong");
    }
    expect(bot(rig, "held").state.status).toBe("stopped");
    expect(rig.desk.opened.desk.state.halt?.reason).toBe("news");
    expect(bot(rig, "later").state.status).toBe("created");
  });

  it("of one account hold up no bot of another one", async () => {
    const { discord, slow, rig, ada } = await openDesk(SPEED);
    slow.slow = (name, [batch]) => name === "append" && (batch as AppendBatch).stream === `account:paper:${ada.id}`;
    const { atMs } = rig.desk.opened.engine.market();
    const before = { free: bot(rig, "free").state.position.fillCount, held: bot(rig, "held").state.position.fillCount };
    await beaten(BEATS);
    const market = rig.desk.opened.engine.market();
    expect(market.atMs - atMs).toBeGreaterThanOrEqual((BEATS - 3) * MINUTES_PER_BEAT * MINUTE_MS);
    const free = bot(rig, "free");
    const fills = free.state.position.fillCount - before.free;
    expect(fills).toBeGreaterThanOrEqual(6);
    expect(bot(rig, "held").state.position.fillCount - before.held).toBeLessThan(fills / 2);
    expect(market.atMs - (free.lastDecision?.slotMs ?? 0)).toBeLessThanOrEqual(2 * MINUTES_PER_BEAT * MINUTE_MS);
    const { ackMs } = await discord.slash(discord.user, "/bot stop bot:held").wait("ack", COMMIT_MS);
    expect(ackMs).toBeLessThan(DEFERRAL_MAX_MS);
  });
});
