import { beforeEach, describe, expect, test } from "vitest";
import { sizingText } from "../../src/domain/bot.ts";
import { decimal } from "../../src/domain/money.ts";
import { isFlat } from "../../src/domain/position.ts";
import type { Place } from "../../src/ports/platform.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, approvalCode, HERE } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

/**
 * What each command can do in the hands of a thief who holds the unlocked phone of the desk's owner. `reads` changes nothing; `lowers` ends or shrinks
 * something; `practice` moves play money only; `notices` changes what is told where; `raises` puts money at risk or gives rights away, so it wants a second
 * factor. A new command needs a line here.
 */
type Hand = "reads" | "lowers" | "practice" | "notices" | "raises";

const HANDS: Readonly<Record<string, readonly [line: string, hand: Hand]>> = {
  "access approve": ["access approve abcdefgh", "lowers"],
  "access deny": ["access deny abcdefgh", "lowers"],
  "access grant": ["access grant telegram:66 admin", "raises"],
  "access link": ["access link", "raises"],
  "access list": ["access list", "reads"],
  "access lock": ["access lock", "lowers"],
  "access revoke": ["access revoke discord:5", "lowers"],
  "access token": ["access token name:more role:trader", "raises"],
  "access totp": ["access totp", "raises"],
  "access unlock": ["access unlock discord:6", "raises"],
  "account balance": ["account balance", "reads"],
  "account connect": ["account connect name:mine exchange:binance environment:live acknowledge:yes", "raises"],
  "account drill": ["account drill play", "practice"],
  "account list": ["account list", "reads"],
  "account orphans": ["account orphans main", "reads"],
  "account reconcile": ["account reconcile main", "reads"],
  "account remove": ["account remove held", "lowers"],
  "account test": ["account test main", "reads"],
  "alert add": ['alert add symbol:btc timeframe:5m rule:"close > 1"', "notices"],
  "alert list": ["alert list", "reads"],
  "alert remove": ["alert remove a1", "notices"],
  "audit show": ["audit show", "reads"],
  "audit verify": ["audit verify", "reads"],
  "backtest cancel": ["backtest cancel", "lowers"],
  "backtest list": ["backtest list", "reads"],
  "backtest run": ["backtest run dip-live", "practice"],
  "backtest show": ["backtest show t1", "reads"],
  "bot clone": ["bot clone dip-live", "practice"],
  "bot history": ["bot history dip-live", "reads"],
  "bot pause": ["bot pause dip-live", "lowers"],
  "bot set": ['bot set dip-live size:"5000 USDT"', "raises"],
  "bot undo": ["bot undo dip-live", "raises"],
  "bot create": ["bot create name:toy symbol:sol strategy:ema-cross timeframe:1m start:yes", "practice"],
  "bot delete": ["bot delete dip-live", "lowers"],
  "bot list": ["bot list", "reads"],
  "bot promote": ["bot promote top main", "raises"],
  "bot show": ["bot show dip-live", "reads"],
  "bot start": ["bot start dip-live", "raises"],
  "bot stop": ["bot stop dip-live close:yes", "lowers"],
  "bot why": ["bot why dip-live", "reads"],
  "channel digest": ["channel digest 08:00", "notices"],
  "channel list": ["channel list", "reads"],
  "channel quiet": ["channel quiet 22:00-07:00", "notices"],
  "channel subscribe": ["channel subscribe", "notices"],
  "channel unsubscribe": ["channel unsubscribe", "notices"],
  help: ["help", "reads"],
  "lock add": ["lock add on:account:main", "lowers"],
  "lock list": ["lock list", "reads"],
  "lock remove": ["lock remove all", "raises"],
  "market analyze": ["market analyze btc", "reads"],
  "market chart": ["market chart btc", "reads"],
  "market pairs": ["market pairs", "reads"],
  "market price": ["market price", "reads"],
  "market scan": ['market scan "close > 1"', "reads"],
  "order cancel": ["order cancel o1", "lowers"],
  "order enter": ["order enter account:main symbol:eth side:buy amount:20 stop:2%", "raises"],
  "order list": ["order list", "reads"],
  panic: ["panic", "lowers"],
  "position close": ["position close all", "lowers"],
  "position list": ["position list", "reads"],
  "risk breakers": ["risk breakers", "reads"],
  "risk reset": ["risk reset held", "raises"],
  "risk set": ["risk set account:perps leverage:9", "raises"],
  "risk show": ["risk show", "reads"],
  "shenron ask": ['shenron ask "How is dip?"', "reads"],
  "shenron report": ["shenron report", "reads"],
  "shenron status": ["shenron status", "reads"],
  "stats anomalies": ["stats anomalies", "reads"],
  "stats daily": ["stats daily", "reads"],
  "stats export": ["stats export", "reads"],
  "stats fees": ["stats fees", "reads"],
  "stats monthly": ["stats monthly", "reads"],
  "stats performance": ["stats performance", "reads"],
  "stats today": ["stats today", "reads"],
  "stats weekly": ["stats weekly", "reads"],
  "strategy check": ['strategy check "close > 1"', "reads"],
  "strategy list": ["strategy list", "reads"],
  "strategy show": ["strategy show ema-cross", "reads"],
  "system halt": ["system halt", "lowers"],
  "system health": ["system health", "reads"],
  "system nodes": ["system nodes", "reads"],
  "system resume": ["system resume", "raises"],
  "system version": ["system version", "reads"],
};

const PHONE = "telegram:9";
const CHAT: Place = { platform: "telegram", id: PHONE, direct: true };
const FACTOR = "One more step: a second factor";

let at: VenueDesk;

/** The owner trades live: one account with a stopped bot, one that is paused, a paper bot to promote; the desk is in a panic and one person is locked. */
beforeEach(async () => {
  at = await VenueDesk.open();
  at.exchanges.ceilingSetting = decimal(100);
  for (const name of ["main", "held"]) await at.connect(name);
  await at.connect("play", "demo");
  await at.connect("perps", "live", "blofin");
  expect(await at.promoted("dip", "main")).toBe("dip-live");
  await at.engine.stopBot("dip-live", false, { requestId: "setup", user: ADMIN });
  const smaller = { sizing: { kind: "notional", notional: decimal(10) } } as const;
  await at.engine.changes.set("dip-live", smaller, { requestId: "setup size", user: ADMIN });
  await at.type('bot create name:top symbol:eth strategy:ema-cross timeframe:5m size:"20 USDT"');
  at.engine.books.get("held")!.venue.paused = { code: "ledger", reason: "0.1 BTC missing", untilMs: undefined };
  await at.desk.grant("discord:5", "trader");
  await at.desk.ledger.append([
    { type: "user-linked", user: PHONE, to: ADMIN, by: PHONE },
    { type: "access-locked", user: "discord:6", by: ADMIN },
    { type: "entries-locked", lock: { scope: "all", reason: "news", by: ADMIN, untilMs: undefined } },
    { type: "halted", reason: "panic", untilMs: undefined, by: ADMIN, panic: true },
  ]);
});

/** Everything that a thief would want more of, as texts. */
function dangers(): ReadonlySet<string> {
  const { grants, links, factors, halt, locked, ceiling, locks } = at.desk.ledger.state;
  const venues = at.engine.accounts().filter(({ venue }) => venue?.environment === "live");
  const bots = at.engine.bots().filter(({ state }) => state.spec.mode === "live");
  const keys = at.engine.accounts().flatMap(({ state }) => (state.venue.key ? [`key of ${state.account}`] : []));
  return new Set([
    ...grants.filter(({ role }) => role === "trader" || role === "admin").map(({ user, role, scope }) => `${user} is ${role} on ${scope}`),
    ...[...links].map(([user, to]) => `${user} is ${to}`),
    ...[...factors.keys()].map((user) => `${user} has an authenticator`),
    ...(halt?.panic ? [] : ["entries are allowed"]),
    ...(locks.has("all") ? [] : ["nothing is locked"]),
    ...["discord:6"].filter((user) => !locked.includes(user)).map((user) => `${user} is not locked`),
    ...venues.filter(({ state }) => !state.venue.paused).map(({ state }) => `${state.account} may enter`),
    ...keys,
    ...bots.filter(({ state }) => state.status === "running").map(({ state }) => `${state.spec.name} runs`),
    ...bots.map(({ state: { spec } }) => `${spec.name} enters with ${sizingText(spec.sizing, "USDT")}`),
    ...bots.filter(({ state }) => !isFlat(state.position)).map(({ state }) => `${state.spec.name} holds something`),
    ...(ceiling?.isGreaterThan(100) ? ["a higher ceiling"] : []),
    ...venues.map(({ state, venue }) => `${state.account} takes a leverage of ${venue?.leverageLimit ?? 1}`),
  ]);
}

/** Types a line on the stolen phone and presses yes where that is asked. */
async function steal(line: string): Promise<View> {
  const view = await at.desk.type(line, PHONE, CHAT);
  const yes = view.title === "Please confirm" || view.buttons.find(({ label }) => label.startsWith("Yes, "));
  return yes ? at.desk.press(view, view.buttons[0]!.label, PHONE, CHAT) : view;
}

test("every command has a decision", () => {
  expect(at.desk.door.catalog().map(({ path }) => path)).toEqual(Object.keys(HANDS).sort());
});

test("what reads is declared to change nothing, and what raises to want a second factor, and nothing else is", () => {
  for (const [path, [, hand]] of Object.entries(HANDS)) {
    const command = at.desk.door.options.commands.get(path);
    expect([path, command?.factor]).toEqual([path, hand === "raises"]);
    if (command?.readOnly) expect([path, hand]).toEqual([path, "reads"]);
  }
});

const raising = Object.entries(HANDS).filter(([, [, hand]]) => hand === "raises");
const others = Object.entries(HANDS).filter(([, [, hand]]) => hand !== "raises");

describe("a thief with an unlocked phone", () => {
  test.each(others.map(([path, [line]]) => [path, line]))("gains nothing by %s", async (_path, line) => {
    const before = dangers();
    const view = await steal(line);
    expect(view.title).not.toBe(FACTOR);
    expect([...dangers()].filter((danger) => !before.has(danger))).toEqual([]);
  });

  test.each(raising.map(([path, [line]]) => [path, line]))("does not get past the second factor of %s", async (_path, line) => {
    const [before, effects] = [dangers(), at.engine.effects.length];
    const asked = await steal(line);
    expect(asked.title).toBe(FACTOR);
    expect((await at.desk.press(asked, "Continue", PHONE, CHAT)).title).toBe("Nobody has approved this yet");
    expect((await at.desk.approve(asked, PHONE, CHAT)).title).toContain("asked on the same platform");
    expect((await at.desk.type(`access approve ${approvalCode(asked)}`, "telegram:66", CHAT)).title).toContain("You may not do that");
    expect(await at.desk.say("123456", PHONE, CHAT)).toBeUndefined();
    expect((await at.desk.press(asked, "Continue", PHONE, CHAT)).title).toBe("Nobody has approved this yet");
    expect([...dangers()]).toEqual([...before]);
    expect(at.engine.effects).toHaveLength(effects);
  });

  test.each(raising.map(([path, [line]]) => [path, line]))("is the owner once %s is approved from elsewhere", async (_path, line) => {
    const asked = await steal(line);
    expect((await at.desk.approve(asked, ADMIN, HERE)).title).toBe("Approved");
    const view = await at.desk.press(asked, "Continue", PHONE, CHAT);
    expect(view.title).not.toBe(FACTOR);
    expect(view.title).not.toContain("not known");
  });

  test("cannot end a halt by asking for a shorter one", async () => {
    await at.engine.resume({ requestId: "setup resume", user: ADMIN });
    await at.type("system halt news");
    for (const line of ["system halt for:1s", "system halt over for:30s"]) {
      expect((await at.desk.type(line, PHONE, CHAT)).lines).toContain("That one lasts longer, which stays so.");
      expect(at.desk.ledger.state.halt?.untilMs).toBeUndefined();
    }
    expect((await steal("system resume")).title).toBe(FACTOR);
  });

  test("is shut out by the owner from another platform, and the bots stay as they are", async () => {
    await at.type("access lock");
    for (const [line] of Object.values(HANDS)) expect((await at.desk.type(line, PHONE, CHAT)).title).toContain("Your access is locked");
    expect(at.engine.bot("dip-live")?.state.status).toBe("stopped");
  });
});
