import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { StoreUnavailable } from "../../../src/ports/store.ts";
import type { DrillStep } from "../../../src/ports/venue-facts.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { canary } from "../../kit/canary/canary.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { moodyStore } from "../../kit/engine-store.ts";
import { expectSettled, openOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, KEY, newAccount, OTHER_KEY, openLiveRig, protectedRig, SECRET } from "../../kit/live-rig.ts";

const ACCOUNT = "GET /api/v3/account";
const ceiling = undefined;

describe("connecting an account", () => {
  it("reads clock, rights and balances, and keeps them", async () => {
    const rig = await connectedRig({ balances: { USDT: "1000", BTC: "0.5" } });
    await expectSettled(rig);
    expect(rig.books().currency).toBe("USDT");
    expect(rig.environments).toEqual(["demo"]);
  });

  it("reads what the exchange books from the exchange's own time of the balances on, though this machine's clock is behind", async () => {
    const rig = await openLiveRig();
    rig.venueOffsetMs = 45_000;
    rig.core.advanceTo(rig.clock.wall() + 45_000);
    await rig.engine.connectAccount(newAccount(), by("connect"));
    expect(rig.books().venue.openedMs - rig.clock.wall()).toBe(45_000);
    await rig.restart();
    expect(rig.books().venue.openedMs - rig.clock.wall()).toBe(45_000);
  });

  const wrong: readonly [string, Parameters<typeof newAccount>[0], string][] = [
    ["a wrong key", { credentials: { apiKey: new Secret(canary("other key")), secret: new Secret(SECRET) } }, "refuses this key"],
    ["a demo account at Binance.US", { exchangeId: "binanceus", environment: "demo" }, "Binance.US has no demo environment"],
    ["an exchange that is not supported", { exchangeId: "kraken" }, "not at kraken"],
    ["a name with capitals", { name: "Main" }, "lower-case"],
    ["a name that is too long", { name: "a".repeat(33) }, "1 to 32"],
    ["rights that the exchange does not tell, unacknowledged", { acknowledged: false }, "acknowledge:yes"],
  ];
  for (const [name, wish, sentence] of wrong)
    it(`refuses ${name} in one sentence, keeps nothing, and takes the right one after that`, async () => {
      const rig = await openLiveRig();
      await expect(rig.engine.connectAccount(newAccount(wish), by("wrong"))).rejects.toThrow(sentence);
      expect(rig.engine.account("main")).toBeUndefined();
      await rig.engine.connectAccount(newAccount(), by("right"));
      await rig.beat(3);
      await expectSettled(rig);
    });

  for (const [right, text] of [
    ["withdraw", "may withdraw"],
    ["transfer", "may transfer"],
  ] as const)
    it(`refuses a live key that may ${right}`, async () => {
      const rig = await openLiveRig();
      rig.venue.rights = { ...rig.venue.rights, [right]: true };
      await expect(rig.engine.connectAccount(newAccount({ environment: "live" }), by("connect"))).rejects.toThrow(text);
      expect(await rig.deskEvents().then((events) => events.filter(({ type }) => type === "account-registered"))).toEqual([]);
    });

  it("refuses a live key that may not trade", async () => {
    const rig = await openLiveRig();
    rig.venue.rights = { ...rig.venue.rights, trade: false };
    await expect(rig.engine.connectAccount(newAccount({ environment: "live" }), by("connect"))).rejects.toThrow("no right to trade");
  });

  it("says so when the exchange does not answer, and keeps nothing", async () => {
    const rig = await openLiveRig();
    rig.down = true;
    await expect(rig.engine.connectAccount(newAccount(), by("connect"))).rejects.toThrow("Nothing was kept; try again");
    rig.down = false;
    rig.faults.next(ACCOUNT, { answer: "empty" });
    await expect(rig.engine.connectAccount(newAccount(), by("again"))).rejects.toThrow(UserError);
    await rig.engine.connectAccount(newAccount(), by("third"));
    await rig.beat(3);
    await expectSettled(rig);
  });

  it("under a name that is taken is refused, but its owner gives it another key", async () => {
    const rig = await connectedRig({ otherBalances: { USDT: "10" } });
    await expect(rig.engine.connectAccount(newAccount(), by("theirs", "discord:2"))).rejects.toThrow("is taken");
    await expect(rig.engine.connectAccount(newAccount({ environment: "live" }), by("other world"))).rejects.toThrow("is taken");
    rig.venue.revoked = true;
    await rig.beat(120);
    expect(rig.books().venue.paused?.code).toBe("key");
    const fresh = rig.core.accounts.get(KEY)!;
    rig.venue.revoked = false;
    rig.core.accounts.delete(KEY);
    rig.core.accounts.set(canary("quoted key"), fresh);
    await rig.engine.connectAccount(
      newAccount({ credentials: { apiKey: new Secret(canary("quoted key")), secret: new Secret(SECRET) } }),
      by("new key"),
    );
    await rig.beat(5);
    expect(rig.books().venue.paused).toBeUndefined();
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await rig.restart();
    await rig.beat(5);
    await expectSettled(rig);
  });

  it("with the key of another account is refused while something is held, and changes nothing", async () => {
    const rig = await protectedRig({ otherBalances: { USDT: "1000", BTC: "1" } });
    const other = newAccount({ credentials: { apiKey: new Secret(OTHER_KEY), secret: new Secret(SECRET) } });
    await expect(rig.engine.connectAccount(other, by("other"))).rejects.toThrow("is of another account at Binance");
    await rig.engine.connectAccount(newAccount(), by("same"));
    await rig.beat(240);
    expect(await rig.events("claim-reduced")).toEqual([]);
    await expectSettled(rig);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(10);
    await rig.engine.connectAccount(other, by("other again"));
  });

  it("by two requests at once makes it once, and the second one changes its key", async () => {
    const rig = await openLiveRig();
    const both = ["one", "other"].map((request) => rig.engine.connectAccount(newAccount(), by(request)));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect([(await rig.events("account-opened")).length, (await rig.events("key-set")).length]).toEqual([1, 2]);
    await rig.beat(3);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    await expectSettled(rig);
    expect(rig.fatal).toEqual([]);
  });

  it.each(["refused", "kept, and its answer was lost"])(
    "that the store %s after its name is connected by its next request",
    async (how) => {
      const moody = moodyStore(openMemoryStore());
      const rig = await openLiveRig({ store: moody.store });
      (how === "refused" ? moody.broken : moody.lost).add("account:main");
      await expect(rig.engine.connectAccount(newAccount(), by("connect"))).rejects.toThrow(StoreUnavailable);
      moody.broken.clear();
      await expect(rig.engine.connectAccount(newAccount(), by("theirs", "discord:2"))).rejects.toThrow("is taken");
      await rig.engine.connectAccount(newAccount(), by("again"));
      expect(await rig.events("account-opened")).toHaveLength(1);
      await rig.beat(3);
      await rig.engine.enterOrder(handOrder(), by("enter"));
      await rig.beat(5);
      await rig.restart();
      await rig.beat(5);
      await expectSettled(rig);
      expect(rig.fatal).toEqual([]);
    },
  );

  it("twice under one request is done once", async () => {
    const rig = await openLiveRig();
    await rig.engine.connectAccount(newAccount(), by("connect"));
    await rig.engine.connectAccount(newAccount(), by("connect"));
    expect(await rig.events("key-set")).toHaveLength(1);
  });
});

describe("removing an account", () => {
  it("is refused while it holds something, then ends its requests, and it can be connected again", async () => {
    const rig = await protectedRig();
    await expect(rig.engine.removeAccount("main", by("remove"))).rejects.toThrow("hold something");
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(5);
    await rig.engine.removeAccount("main", by("remove again"));
    const before = rig.requests.length;
    await rig.beat(130);
    expect(rig.requests.length).toBe(before);
    await rig.restart();
    await rig.beat(10);
    expect(rig.requests.length).toBe(before);
    await rig.engine.connectAccount(newAccount(), by("once more"));
    await rig.beat(70);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    await expectSettled(rig);
  });

  it("leaves no position behind that is entered in the same instant, however far the entry has come", async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const rig = await connectedRig();
      const entering = rig.engine.enterOrder(handOrder(), by("enter"));
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      const [entered, removed] = await Promise.allSettled([entering, rig.engine.removeAccount("main", by("remove"))]);
      await rig.beat(5);
      expect([entered.status, removed.status].sort(), `after ${turns} turns`).toEqual(["fulfilled", "rejected"]);
      expect(story(rig)).toEqual(entered.status === "fulfilled" ? ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"] : []);
      if (entered.status === "fulfilled") await expectSettled(rig);
    }
  });
});

describe("an account that is removed while an order is entered", () => {
  it("is not removed, for nobody would look after what that order buys", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await connectedRig({ store: moody.store });
    moody.held.add("account:main");
    const entered = rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(1);
    const removed = rig.engine.removeAccount("main", by("remove"));
    removed.catch(() => undefined);
    await rig.beat(1);
    moody.release("account:main");
    await entered;
    await expect(removed).rejects.toThrow("has bots that run or hold something: hand-btc");
    await rig.beat(5);
    await expectSettled(rig);
    expect(rig.books().venue.removed).toBeFalsy();
  });
});

describe("worlds", () => {
  it("a paper bot sends no order anywhere (F36)", async () => {
    const rig = await connectedRig();
    await rig.engine.createBot(wishFor({ name: "paper" }), by("create"));
    await rig.engine.startBot("paper", by("start"));
    rig.price("BTCUSDT", 51_000);
    await rig.beat(300);
    expect(rig.requests.filter(({ request }) => request.method !== "GET")).toEqual([]);
  });

  it("two accounts with one key each trade apart, and a fault of one leaves the other alone", async () => {
    const rig = await connectedRig({ otherBalances: { USDT: "1000" }, ceiling });
    const credentials = { apiKey: new Secret(OTHER_KEY), secret: new Secret(SECRET) };
    await rig.engine.connectAccount(newAccount({ name: "second", credentials }), by("second"));
    await rig.beat(3);
    rig.venue.revoked = true;
    await rig.engine.enterOrder(handOrder({ account: "second" }), by("enter"));
    await rig.beat(120);
    expect(rig.books().venue.paused?.code).toBe("key");
    expect(rig.books("second").venue.paused).toBeUndefined();
    const other = rig.core.accounts.get(OTHER_KEY)!;
    expect(other.orders.map(({ draft, now }) => `${draft.type} ${now.status}`)).toEqual(["LIMIT FILLED", "STOP_LOSS_LIMIT NEW"]);
    expect(openOrders(rig)).toEqual([]);
  });
});

describe("a drill", () => {
  it("in a demo account confirms each assumption, ends flat, and is remembered", async () => {
    const rig = await connectedRig();
    const told: DrillStep[] = [];
    const drilling = rig.engine.drillAccount("main", by("drill"), (step) => void told.push(step));
    await rig.beat(40);
    const steps = await drilling;
    expect(steps.filter(({ outcome }) => outcome !== "confirmed").map(({ assumption, outcome }) => [assumption, outcome])).toEqual([
      ["the exchange tells what the key may do", "not tested"],
    ]);
    expect(steps.length).toBeGreaterThanOrEqual(6);
    expect(told).toEqual(steps);
    await expectSettled(rig);
    expect(openOrders(rig)).toEqual([]);
    expect(rig.engine.account("main")?.venue?.drilled).toBe(true);
  });

  it("is refused in a live account, and ends in a sentence when the exchange is away", async () => {
    const live = await connectedRig({ environment: "live" });
    await expect(live.engine.drillAccount("main", by("drill"), () => undefined)).rejects.toThrow("demo account only");
    const rig = await connectedRig();
    rig.down = true;
    const drilling = rig.engine.drillAccount("main", by("drill"), () => undefined);
    await expect(drilling).rejects.toThrow(UserError);
  });
});
