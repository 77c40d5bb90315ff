import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSettled, expectSound, openOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

async function pauses(rig: LiveRig): Promise<string[]> {
  return (await rig.events("account-paused")).map(({ code }) => code);
}

describe("a key", () => {
  it("that is refused three times in a row pauses the account, with one alert, and the reads do not hammer (F40)", async () => {
    const rig = await protectedRig();
    rig.venue.revoked = true;
    const before = rig.requests.length;
    await rig.beat(600);
    expect(await pauses(rig)).toEqual(["key"]);
    expect(rig.books().venue.paused?.reason).toContain("refuses this key");
    expect(rig.requests.length - before).toBeLessThan(1_000);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"))).rejects.toThrow("the account is paused");
    expect([...rig.books().orders.values()].map(({ status }) => status)).toEqual(["open"]);
    await expectSound(rig);
  });

  it("that may withdraw since it was taken pauses the account, until a person has cured it (F40)", async () => {
    const rig = await protectedRig({ environment: "live", ceiling: { amount: decimal(500), currency: "USDT" } });
    rig.venue.rights = { ...rig.venue.rights, withdraw: true };
    await rig.restart();
    await rig.beat(5);
    expect(await pauses(rig)).toEqual(["key"]);
    await rig.engine.resumeAccount("main", by("too early"));
    await rig.beat(5);
    expect(await pauses(rig)).toEqual(["key", "key"]);
    rig.venue.rights = { ...rig.venue.rights, withdraw: false };
    await rig.engine.resumeAccount("main", by("cured"));
    await rig.beat(5);
    expect(rig.books().venue.paused).toBeUndefined();
    await expectSettled(rig);
  });

  it("keeps the account paused although the exchange was in maintenance meanwhile", async () => {
    const rig = await protectedRig({ environment: "live", ceiling: { amount: decimal(500), currency: "USDT" } });
    rig.venue.rights = { ...rig.venue.rights, withdraw: true };
    await rig.restart();
    await rig.beat(5);
    rig.core.maintenance = "trading";
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(200);
    rig.core.maintenance = "off";
    await rig.beat(200);
    expect(rig.books().venue.paused?.code).toBe("key");
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });
});

describe("an exchange in maintenance", () => {
  it("is told a few times in hours, stops stay, and what was wanted is done when it is over (F33)", async () => {
    const rig = await protectedRig();
    rig.core.maintenance = "trading";
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(3_600);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    expect((await pauses(rig)).length).toBeLessThanOrEqual(8);
    rig.core.maintenance = "off";
    await rig.beat(60);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("that is closed altogether leaves everything as it is, and ends with it", async () => {
    const rig = await protectedRig();
    rig.core.maintenance = "closed";
    await rig.beat(600);
    await expectSound(rig);
    rig.core.maintenance = "off";
    await rig.beat(90);
    await expectSettled(rig);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
  });
});

describe("a clock 90 s off", () => {
  for (const [name, deltaMs] of [
    ["ahead", 90_000],
    ["behind", -90_000],
  ] as const)
    it(`${name} pauses entries with a sentence, keeps stops and exits, and ends when it is right again (F38)`, async () => {
      const rig = await protectedRig();
      rig.clock.stepWall(deltaMs);
      rig.venueOffsetMs -= deltaMs;
      await rig.beat(5);
      expect(await pauses(rig)).toEqual(["clock"]);
      expect(rig.books().venue.paused?.reason).toContain(
        `this machine's clock is 90 s ${name === "ahead" ? "ahead of" : "behind"} Binance.com's`,
      );
      await rig.engine.closePosition("hand-btc", by("close"));
      await rig.beat(5);
      expect(rig.bot().position.quantity.isZero()).toBe(true);
      rig.clock.stepWall(-deltaMs);
      rig.venueOffsetMs = 0;
      await rig.beat(10);
      expect(rig.books().venue.paused).toBeUndefined();
      await expectSettled(rig);
      expect(await pauses(rig)).toEqual(["clock"]);
    });
});

describe("a ban", () => {
  for (const status of [418, 429])
    it(`with HTTP ${status} is kept to the second, by a restarted process too, and told once (F39)`, async () => {
      const rig = await protectedRig();
      const until = rig.clock.wall() + 300_000;
      rig.faults.next("GET /api/v3/openOrders", {
        instead: { status, headers: { "retry-after": "300" }, body: JSON.stringify({ code: -1003, msg: "Way too many requests" }) },
      });
      await rig.until(() => rig.faults.left === 0, 100);
      const banned = rig.requests.length;
      const bannedMs = rig.clock.wall();
      await rig.beat(60);
      await rig.restart();
      await rig.beat(60);
      await rig.engine.closePosition("hand-btc", by("close"));
      await rig.beat(60);
      expect(rig.requests.length).toBe(banned);
      expect((await rig.deskEvents()).filter(({ type }) => type === "venue-banned")).toHaveLength(1);
      await rig.beat(Math.ceil((Math.max(until, bannedMs + 300_000) - rig.clock.wall()) / 1_000) + 60);
      expect(rig.bot().position.quantity.isZero()).toBe(true);
      await expectSettled(rig);
    });
});

describe("a ban that the store cannot take at once", () => {
  it("is kept, ends nothing, and is written as soon as the store can, so that a restart keeps it (F39)", async () => {
    const rig = await protectedRig();
    const append = rig.store.append.bind(rig.store);
    let isFull = true;
    rig.store.append = async (batch) => {
      if (isFull && batch.stream === "desk") throw new StoreUnavailable("the disk is full");
      await append(batch);
    };
    const body = JSON.stringify({ code: -1003, msg: "Way too many requests" });
    rig.faults.next("GET /api/v3/openOrders", { instead: { status: 418, headers: { "retry-after": "300" }, body } });
    await rig.until(() => rig.faults.left === 0, 100);
    const banned = rig.requests.length;
    await rig.beat(30);
    expect(rig.fatal).toEqual([]);
    isFull = false;
    await rig.beat(2);
    expect((await rig.deskEvents()).filter(({ type }) => type === "venue-banned")).toHaveLength(1);
    await rig.restart();
    await rig.beat(60);
    expect(rig.requests.length).toBe(banned);
  });
});

describe("an outage", () => {
  it("of minutes leaves the stop where it is, makes few records, and ends without anybody", async () => {
    const rig = await protectedRig();
    rig.down = true;
    const before = rig.books().sequence;
    await rig.beat(900);
    expect(rig.books().sequence - before).toBeLessThan(20);
    expect(openOrders(rig)).toHaveLength(1);
    rig.down = false;
    await rig.beat(90);
    await expectSettled(rig);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
  });

  it("that begins right after an entry is alarmed once, and the position protected when it ends", async () => {
    const rig = await connectedRig();
    await rig.engine.enterOrder(handOrder(), by("enter"));
    rig.down = true;
    await rig.beat(1);
    rig.down = false;
    await rig.beat(90);
    await expectSettled(rig);
  });

  it("in which a position stands without a stop is alarmed once and not written down without end", async () => {
    const rig = await connectedRig();
    rig.faults.next("POST /api/v3/order", {});
    rig.faults.next("POST /api/v3/order", { lost: "before-bytes" }, 1_000);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(600);
    expect(await rig.events("position-naked")).toHaveLength(1);
    expect(rig.books().sequence).toBeLessThan(120);
    rig.faults.clear();
    await rig.beat(60);
    await expectSettled(rig);
  });
});
