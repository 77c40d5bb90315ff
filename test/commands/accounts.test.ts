import { beforeEach, describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { withQuarantined } from "../../src/domain/quarantine.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { ADMIN, textOf } from "../chat/door.ts";
import { canary } from "../kit/canary/canary.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;
beforeEach(async () => {
  at = await VenueDesk.open();
});
const KEY = { apiKey: canary("exchange key"), secret: canary("exchange secret") };

describe("account connect", () => {
  const connect = async (line: string, values: Readonly<Record<string, string>> = KEY) => at.fill(await at.local(line), values);

  test("asks for the key in a form, and says what it may do, where stops rest and what to do next", async () => {
    const form = await at.local("account connect name:play exchange:binance environment:demo");
    expect(form.form?.fields.map(({ name }) => name)).toEqual(["apiKey", "secret"]);
    expect(form.form?.title).toBe("Key of play (DEMO) at Binance.com");
    const view = await at.fill(form, KEY);
    expect(view).toMatchObject({ tone: "good", title: "play (DEMO) is connected" });
    const text = textOf(view);
    for (const part of [
      "Exchange: Binance.com",
      "DEMO (test money)",
      "Stops and targets rest at the venue",
      "The key may trade",
      "It may not withdraw or transfer",
      "never tested against the real exchange",
      "`account drill play`",
    ])
      expect(text).toContain(part);
    expect(at.engine.account("play")?.state.venue.key).toMatchObject({ enteredBy: "terminal" });
  });

  test("asks for a passphrase only where the exchange wants one", async () => {
    const form = await at.local("account connect name:play exchange:blofin environment:demo");
    expect(form.form?.fields.map(({ name }) => name)).toEqual(["apiKey", "secret", "passphrase"]);
  });

  test("says nothing of a drill in a live account and speaks of promotion", async () => {
    const text = textOf(await connect("account connect name:main exchange:binance environment:live"));
    expect(text).toContain("LIVE (real money)");
    expect(text).toContain("No bot trades it yet");
  });

  test("stops saying that the exchange was never tested once a drill ran there", async () => {
    const before = await connect("account connect name:play exchange:binance environment:demo");
    expect(textOf(before)).toContain("never tested");
    await at.local("account drill play");
    const text = textOf(await connect("account connect name:main exchange:binance environment:live"));
    expect(text).not.toContain("never tested");
  });

  test("says what the exchange does not tell of a key, and wants that acknowledged", async () => {
    at.exchanges.rights = { mayOrder: true, withdraw: undefined, transfer: undefined, addressRestricted: undefined };
    const refused = await connect("account connect name:us exchange:binanceus environment:live");
    expect(refused).toMatchObject({ tone: "bad" });
    expect(refused.title).toContain("acknowledge:yes");
    const text = textOf(await connect("account connect name:us exchange:binanceus environment:live acknowledge:yes"));
    expect(text).toContain("does not tell whether it may withdraw or transfer");
  });

  test.each([
    ["name:us exchange:binanceus environment:demo", "Binance.US has no demo environment"],
    ["name:main exchange:binance environment:live", "there is main (LIVE) already at Blofin"],
    ["name:x exchange:kraken environment:live", "exchange: expected one of binance, binanceus, blofin"],
    ["name:x exchange:binance environment:test", "environment: expected one of demo, live"],
  ])("account connect %s is refused in one sentence before a key is asked for", async (line, sentence) => {
    await at.connect("main", "live", "blofin");
    const view = await at.local(`account connect ${line}`);
    expect(view.form).toBeUndefined();
    expect(textOf(view)).toContain(sentence);
  });

  const rights = { mayOrder: true, withdraw: false, transfer: false, addressRestricted: true };
  test.each([
    ["wrong key", { keyProblem: "Binance.com does not know this key; copy it again." }, "does not know this key"],
    ["key without trade right", { rights: { ...rights, mayOrder: false } }, "may not trade"],
    ["key with withdraw right", { rights: { ...rights, withdraw: true } }, "may withdraw"],
    ["key with transfer right", { rights: { ...rights, transfer: true } }, "may transfer"],
  ])("a %s opens no account", async (_name, told, sentence) => {
    Object.assign(at.exchanges, told);
    const view = await connect("account connect name:main exchange:binance environment:live");
    expect(view).toMatchObject({ tone: "bad" });
    expect(view.title).toContain(sentence);
    expect(at.engine.account("main")).toBeUndefined();
  });

  test("gives a known account a new key under the same name, exchange and environment", async () => {
    await at.connect("main", "live", "binance", "terminal:local");
    const view = await connect("account connect name:main exchange:binance environment:live");
    expect(view.title).toBe("main (LIVE) is connected");
    expect(at.engine.accounts()).toHaveLength(1);
  });

  test("wants a second factor on a chat platform, and no operator can do it", async () => {
    const view = await at.type("account connect name:main exchange:binance environment:live");
    expect(view.title).toContain("second factor");
    await at.desk.grant("discord:2", "operator");
    const denied = await at.type("account connect name:main exchange:binance environment:live", "discord:2");
    expect(denied.title).toBe("You may not do that here");
  });
});

describe("Accounts at exchanges", () => {
  test("are listed with DEMO or LIVE, their exchange, their state and their troubles", async () => {
    expect((await at.type("account list")).title).toBe("There is no account yet");
    await at.connect("main");
    await at.connect("play", "demo", "blofin");
    at.exchanges.troubles.set("main", ["one order unanswered since 00:12, checking"]);
    const view = await at.type("account list");
    expect(view.table?.rows.map((row) => row.slice(0, 3))).toEqual([
      ["main (LIVE)", "Binance.com", "needs a look"],
      ["play (DEMO)", "Blofin", "trades"],
    ]);
    expect(view.tone).toBe("warning");
    expect(textOf(view)).toContain("main (LIVE): One order unanswered since 00:12, checking.");
    expect(textOf(view)).toContain("Never tested against the real exchange from this desk: Binance.com, Blofin.");
  });

  test("are tested for rights, clock and balance, and name what is wrong", async () => {
    await at.connect("main");
    const well = await at.type("account test main");
    expect(well).toMatchObject({ tone: "good", title: "main (LIVE) works" });
    for (const part of ["in 85 ms", "12 ms behind the exchange", "Holds: 250 USDT", "may trade"]) expect(textOf(well)).toContain(part);
    at.exchanges.clockOffsetMs = -90_000;
    at.exchanges.problems = ["the clock of this machine is 90 s off; set it right by time synchronization"];
    const ill = await at.type("account test main");
    expect(ill).toMatchObject({ tone: "warning", title: "main (LIVE) needs attention" });
    expect(textOf(ill)).toContain("The clock of this machine is 90 s off; set it right by time synchronization.");
    expect(textOf(ill)).toContain("90000 ms ahead of the exchange");
  });

  test("are reconciled, and an unread answer proves nothing", async () => {
    await at.connect("main");
    expect((await at.type("account reconcile main")).title).toBe("main (LIVE): the exchange and our books agree");
    at.exchanges.reconciled = { findings: ["0.01 BTC were sold by hand"], complete: true };
    expect(textOf(await at.type("account reconcile main"))).toContain("0.01 BTC were sold by hand.");
    at.exchanges.reconciled = { findings: ["the fills of ETH/USDT were not read"], complete: false };
    const view = await at.type("account reconcile main");
    expect(view).toMatchObject({ tone: "warning", title: "main (LIVE) could not be read whole" });
    expect(textOf(view)).toContain("proves nothing");
  });

  test("show orders that our books do not explain, with what the desk does about each kind", async () => {
    await at.connect("main");
    expect((await at.type("account orphans main")).title).toContain("our books explain every order");
    const orphan = { clientOrderId: "s5x", symbol: "BTC/USDT", side: "buy", quantity: decimal("0.01"), seenMs: 0 } as const;
    const { orphans } = at.engine.books.get("main")!.venue;
    orphans.set("1", { ...orphan, venueOrderId: "1", kind: "quarantined" });
    orphans.set("2", { ...orphan, venueOrderId: "2", clientOrderId: "", kind: "foreign" });
    const view = await at.type("account orphans main");
    expect(view.table?.rows.map(([kind, , , , , id]) => [kind, id])).toEqual([
      ["quarantined", "s5x"],
      ["foreign", "2"],
    ]);
    for (const part of ["they are canceled", "never touches them"]) expect(textOf(view)).toContain(part);
    const fill = { side: "buy", price: decimal(50_000), quantity: decimal("0.01"), fillId: "9" } as const;
    const made = { ...fill, ...{ clientOrderId: "s5x", symbol: "BTC/USDT", fee: decimal(0), feeCurrency: "USDT" } };
    const { quarantine } = at.engine.books.get("main")!.venue;
    quarantine.set("BTC/USDT", withQuarantined(undefined, { ...made, liquidity: "taker", marketMs: marketMs(0) }));
    const filled = textOf(await at.type("account orphans main"));
    expect(filled).toContain("quarantine-main-BTC/USDT: bought 0.01 BTC for 500.00 USDT, sold 0 BTC for 0.00 USDT, in 1 fill.");
    expect(filled).toContain("nothing protects it");
  });

  test("are drilled in demo only, step by step", async () => {
    await at.connect("main");
    await at.connect("play", "demo");
    expect((await at.type("account drill main")).title).toContain("main (LIVE) is no demo account");
    const seen: string[] = [];
    const view = await at.desk.door.handle(at.desk.request("account drill play"), ({ title }) => void seen.push(title));
    expect(seen).toEqual(["Drill in play (DEMO): 1 looked at", "Drill in play (DEMO): 2 looked at", "Drill in play (DEMO): 3 looked at"]);
    expect(view).toMatchObject({ tone: "warning", title: "Drill in play (DEMO): 2 of 3 assumptions confirmed" });
    at.exchanges.drill = [{ assumption: "a filled order frees its id", outcome: "refuted", detail: "it did not" }];
    const refuted = await at.type("account drill play");
    expect(refuted).toMatchObject({ tone: "bad" });
    expect(textOf(refuted)).toContain("do not promote a bot to Binance.com");
  });

  test("are removed after a question, and not while a bot of theirs runs", async () => {
    await at.connect("play", "demo");
    const bot = await at.promoted("dip", "play");
    const remove = async () => at.desk.press(await at.type("account remove play"), "Yes, account remove");
    expect((await remove()).title).toContain(`${bot} runs or holds something in play`);
    await at.type(`bot stop ${bot}`);
    const view = await remove();
    expect(view).toMatchObject({ tone: "good", title: "play (DEMO) is removed" });
    expect(textOf(view)).toContain("Delete its key at Binance.com");
    expect(textOf(await at.type("account list"))).not.toContain("play");
  });

  test("are named with what there is when a name is wrong", async () => {
    expect((await at.type("account test nothing")).title).toContain('there is no account "nothing" at an exchange. There is none yet');
    await at.connect("main");
    expect((await at.type("account test mian")).title).toContain('"mian" at an exchange; did you mean main?');
  });

  test("belong to their owner: another trader may look, and do nothing with them", async () => {
    await at.connect("main", "live", "binance", "discord:3");
    await at.desk.grant("discord:2", "trader");
    expect((await at.type("account list", "discord:2")).table?.rows).toHaveLength(1);
    for (const line of ["account reconcile main", "account remove main", "account drill main", "risk reset main"])
      expect((await at.type(line, "discord:2")).title, line).toContain("belongs to discord:3: only they or an admin can do this.");
  });

  test("have a balance that tells claims, free money, dust and what is not the desk's", async () => {
    at.exchanges.holdings = new Map([
      ["BTC", decimal("0.5")],
      ["USDT", decimal(250)],
    ]);
    await at.connect("main");
    at.exchanges.ceilingSetting = decimal(100);
    const bot = await at.promoted("dip", "main");
    at.engine.fill(bot, "buy", "0.0005", "40000");
    at.engine.books.get("main")!.venue.dust.set("BTC", decimal("0.00002"));
    const view = await at.type("account balance");
    expect(view.table?.columns.map(({ name }) => name)).toEqual(["Account", "Coin", "Balance", "Claimed", "Free", "Dust", "Foreign"]);
    expect(view.table?.rows.filter(([account]) => account === "main (LIVE)")).toEqual([
      ["main (LIVE)", "USDT", "229.98", "-", "229.98", "-", "-"],
      ["main (LIVE)", "BTC", "0.5005", "0.0005", "-", "0.00002", "0.49998"],
    ]);
    expect(textOf(view)).toContain("at Binance.com, real money");
    // Those of the account are its exchange's.
    expect(textOf(view)).toMatch(/Paper prices: /);
  });
});

describe("risk", () => {
  test("shows the ceiling and which accounts may enter", async () => {
    await at.connect("main");
    expect(textOf(await at.type("risk show"))).toContain("none: this process allows no live trading");
    at.exchanges.ceilingSetting = decimal(100);
    at.engine.books.get("main")!.venue.paused = { code: "key", reason: "refused three times", untilMs: undefined };
    const text = textOf(await at.type("risk show"));
    for (const part of [
      "Live ceiling: 100.00 USDT",
      "Live at risk: 0.00 USDT",
      "main (LIVE) | PAUSED: something is wrong with its key (refused three times)",
    ])
      expect(text).toContain(part);
  });

  test("warns when more is at risk than a lowered ceiling allows", async () => {
    await at.connect("main");
    at.exchanges.ceilingSetting = decimal(100);
    at.engine.fill(await at.promoted("dip", "main"), "buy", "0.0005", "40000");
    const view = await at.type("risk set ceiling:10");
    expect(view.tone).toBe("warning");
    expect(textOf(view)).toContain("20.00 USDT are at risk.");
  });

  test("lets a paused account enter again after a question that says why it was paused, and with a second factor where it is LIVE", async () => {
    await at.connect("main");
    await at.connect("play", "demo");
    expect((await at.type("risk reset main")).title).toBe("main (LIVE) is not paused; there is nothing to reset.");
    for (const name of ["main", "play"])
      at.engine.books.get(name)!.venue.paused = { code: "ledger", reason: "0.1 BTC missing", untilMs: undefined };
    const asked = await at.type("risk reset play");
    expect(textOf(asked)).toContain("play (DEMO) is paused because its balances and our books do not agree (0.1 BTC missing).");
    expect((await at.desk.press(asked, "Yes, risk reset")).title).toBe("play (DEMO) may enter again");
    const waiting = await at.desk.press(await at.type("risk reset main"), "Yes, risk reset");
    expect(waiting.title).toContain("second factor");
    expect(at.engine.account("main")?.state.venue.paused).toBeDefined();
  });
});

describe("system", () => {
  test("health names what troubles accounts, bans and clocks", async () => {
    await at.connect("main");
    expect(textOf(await at.type("system health"))).toContain("Exchanges: main (LIVE) at Binance.com, clock 12 ms off");
    at.exchanges.troubles.set("main", ["one order unanswered since 00:12, checking"]);
    await at.desk.ledger.append([
      { type: "venue-banned", exchange: "binance", untilMs: wallMs(at.desk.clock.wall() + 60_000), reason: "418" },
      { type: "venue-banned", exchange: "blofin", untilMs: wallMs(at.desk.clock.wall() - 1), reason: "429" },
    ]);
    const view = await at.type("system health");
    expect(view).toMatchObject({ tone: "warning", title: "Needs attention" });
    expect(textOf(view)).toContain("main (LIVE): One order unanswered since 00:12, checking.");
    expect(textOf(view)).toContain("Binance.com sends this machine away until");
    expect(textOf(view)).not.toContain("Blofin sends");
  });

  test("resume names live bots before it is confirmed, and accounts that stay paused after it", async () => {
    await at.connect("main");
    at.exchanges.ceilingSetting = decimal(100);
    const bot = await at.promoted("dip", "main");
    await at.type("system halt news");
    at.engine.books.get("main")!.venue.paused = { code: "clock", reason: "90 s off", untilMs: undefined };
    const asked = await at.local("system resume");
    expect(textOf(asked)).toContain(`With real money: ${bot} (LIVE).`);
    const view = await at.local("system resume confirm:yes");
    expect(textOf(view)).toContain("main (LIVE) stays paused; `risk reset account:main` ends that.");
    expect((await at.desk.press(await at.type("system halt again"), "Resume", ADMIN)).tone).toBe("warning");
  });
});
