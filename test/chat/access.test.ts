import { beforeEach, describe, expect, test } from "vitest";
import { ADMIN, ChatDesk, HERE, TERMINAL, textOf } from "./door.ts";

const DENIED = "You may not do that here";
const OWNER = "telegram:9";

/** Who may use what: the least role, or `anyone`. `bot` marks commands that name a bot, `part` those for which any grant is enough. */
const NEED: Record<string, readonly [line: string, role: "anyone" | "viewer" | "operator" | "trader" | "admin", reach?: "bot" | "part"]> = {
  "access approve": ["access approve abcdefgh", "viewer", "part"],
  "access deny": ["access deny abcdefgh", "viewer", "part"],
  "access grant": ["access grant telegram:5 viewer", "admin"],
  "access link": ["access link abcdefghijkl", "anyone"],
  "access list": ["access list", "admin"],
  "access lock": ["access lock", "viewer", "part"],
  "access revoke": ["access revoke telegram:5", "admin"],
  "access token": ["access token name:ci", "admin"],
  "access totp": ["access totp", "viewer", "part"],
  "access unlock": ["access unlock telegram:5", "admin"],
  "account balance": ["account balance", "viewer", "part"],
  "account connect": ["account connect name:main exchange:binance environment:live", "trader"],
  "account drill": ["account drill main", "trader"],
  "account list": ["account list", "viewer", "part"],
  "account orphans": ["account orphans main", "viewer"],
  "account reconcile": ["account reconcile main", "operator"],
  "account remove": ["account remove main", "trader"],
  "account test": ["account test main", "operator"],
  "alert add": ['alert add symbol:btc timeframe:5m rule:"close > 1"', "viewer", "part"],
  "alert list": ["alert list", "viewer", "part"],
  "alert remove": ["alert remove a1", "viewer", "part"],
  "audit show": ["audit show", "viewer", "part"],
  "audit verify": ["audit verify", "viewer", "part"],
  "backtest cancel": ["backtest cancel", "trader"],
  "backtest list": ["backtest list", "viewer", "part"],
  "backtest run": ["backtest run dip", "trader", "bot"],
  "backtest show": ["backtest show t1", "viewer", "part"],
  "bot clone": ["bot clone dip", "trader", "bot"],
  "bot history": ["bot history dip", "viewer", "bot"],
  "bot pause": ["bot pause dip", "operator", "bot"],
  "bot set": ["bot set dip size:5%", "trader", "bot"],
  "bot undo": ["bot undo dip", "trader", "bot"],
  "bot create": ["bot create BTC/USDT ema-cross 1m", "trader"],
  "bot delete": ["bot delete dip", "trader", "bot"],
  "bot list": ["bot list", "viewer", "part"],
  "bot promote": ["bot promote dip main", "trader", "bot"],
  "bot show": ["bot show dip", "viewer", "bot"],
  "bot why": ["bot why dip", "viewer", "bot"],
  "bot start": ["bot start dip", "trader", "bot"],
  "bot stop": ["bot stop dip", "operator", "bot"],
  "channel digest": ["channel digest 08:00", "operator"],
  "channel list": ["channel list", "viewer"],
  "channel quiet": ["channel quiet 22:00-07:00", "operator"],
  "channel subscribe": ["channel subscribe", "operator"],
  "channel unsubscribe": ["channel unsubscribe", "operator"],
  help: ["help", "anyone"],
  "market analyze": ["market analyze btc", "viewer", "part"],
  "market chart": ["market chart btc", "viewer", "part"],
  "market pairs": ["market pairs", "viewer", "part"],
  "market price": ["market price", "viewer", "part"],
  "market scan": ['market scan "close > 1"', "viewer", "part"],
  "order cancel": ["order cancel o-1", "operator"],
  "order enter": ["order enter account:main symbol:btc side:buy amount:20 stop:2%", "trader"],
  "order list": ["order list", "viewer", "part"],
  panic: ["panic", "operator"],
  "position close": ["position close dip", "operator", "bot"],
  "position list": ["position list", "viewer", "part"],
  "lock add": ["lock add all", "trader"],
  "lock list": ["lock list", "viewer"],
  "lock remove": ["lock remove all", "trader"],
  "risk breakers": ["risk breakers", "viewer", "part"],
  "risk reset": ["risk reset main", "trader"],
  "risk set": ["risk set 50", "trader"],
  "risk show": ["risk show", "viewer", "part"],
  "shenron ask": ['shenron ask "How is dip?"', "viewer", "part"],
  "shenron report": ["shenron report", "operator"],
  "shenron status": ["shenron status", "viewer"],
  "stats anomalies": ["stats anomalies", "viewer", "part"],
  "stats daily": ["stats daily", "viewer", "part"],
  "stats export": ["stats export", "viewer", "part"],
  "stats fees": ["stats fees", "viewer", "part"],
  "stats monthly": ["stats monthly", "viewer", "part"],
  "stats performance": ["stats performance", "viewer", "part"],
  "stats today": ["stats today", "viewer", "part"],
  "stats weekly": ["stats weekly", "viewer", "part"],
  "strategy check": ['strategy check "close > 1"', "viewer", "part"],
  "strategy list": ["strategy list", "viewer", "part"],
  "strategy show": ["strategy show ema-cross", "viewer", "part"],
  "system halt": ["system halt", "operator"],
  "system health": ["system health", "viewer"],
  "system nodes": ["system nodes", "viewer"],
  "system resume": ["system resume", "admin"],
  "system version": ["system version", "viewer", "part"],
};

const RANK = ["viewer", "operator", "trader", "admin"] as const;
type Rank = (typeof RANK)[number];

/** People: what they hold on the whole desk, and what on the bot dip. */
const PEOPLE: Record<string, { grant?: readonly [Rank, string]; desk?: Rank; dip?: Rank }> = {
  "discord:20": {},
  "discord:21": { grant: ["viewer", "desk"], desk: "viewer" },
  "discord:22": { grant: ["operator", "desk"], desk: "operator" },
  "discord:23": { grant: ["trader", "desk"], desk: "trader" },
  "discord:24": { grant: ["admin", "desk"], desk: "admin" },
  "discord:25": { grant: ["operator", "bot:dip"], dip: "operator" },
  "discord:26": { grant: ["trader", "group:storm"], dip: "trader" },
  "discord:27": { grant: ["admin", "bot:dip"], dip: "trader" },
  "discord:28": { grant: ["operator", `place:${HERE.id}`], desk: "operator" },
  "discord:29": { grant: ["admin", `place:${HERE.id}`], desk: "trader" },
  "discord:30": { grant: ["admin", "place:discord:999"] },
  "discord:31": { grant: ["admin", "bot:other"] },
  [OWNER]: { grant: ["viewer", "bot:other"], dip: "trader" },
};

const rank = (role: Rank | undefined) => (role === undefined ? -1 : RANK.indexOf(role));

function mayUse(path: string, person: string): boolean {
  const [, role, reach] = NEED[path]!;
  const { grant, desk, dip } = PEOPLE[person]!;
  if (role === "anyone") return true;
  if (reach === "part") return grant !== undefined && grant[1] !== "place:discord:999";
  return rank(desk) >= rank(role) || (reach === "bot" && rank(dip) >= rank(role));
}

async function openDesk(): Promise<ChatDesk> {
  const desk = await ChatDesk.open();
  const wish = {
    group: "storm",
    symbol: "BTC/USDT",
    timeframe: "1m",
    strategy: "ema-cross",
    params: {},
    sizing: { kind: "equity-percent", pct: 10 },
  } as const;
  const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
  await desk.engine.createBot({ ...wish, protection, name: "dip" }, { requestId: "setup", user: OWNER });
  for (const [user, { grant }] of Object.entries(PEOPLE)) if (grant) await desk.grant(user, ...grant);
  return desk;
}

let desk: ChatDesk;

beforeEach(async () => {
  desk = await openDesk();
});

test("the matrix names every command", () => {
  expect(desk.door.catalog().map(({ path }) => path)).toEqual(Object.keys(NEED).sort());
});

describe.each(Object.keys(NEED))("%s", (path) => {
  test.each(Object.keys(PEOPLE))("as %s", async (person) => {
    const request = desk.request(NEED[path]![0], person);
    const effects = desk.engine.effects.length;
    const wasPrivate = desk.door.isPrivate(request);
    const view = await desk.door.handle(request);
    expect(view.title !== DENIED).toBe(mayUse(path, person));
    if (mayUse(path, person)) return;
    expect(wasPrivate).toBe(true);
    expect(desk.engine.effects).toHaveLength(effects);
    expect(desk.ledger.ofType("access-denied")).toEqual([{ type: "access-denied", user: person, place: HERE.id, path }]);
  });
});

test("a denial is the same whether the bot exists or not", async () => {
  const [existing, absent] = [await desk.type("bot show dip", "discord:31"), await desk.type("bot show nothing", "discord:31")];
  expect(existing).toEqual(absent);
  const partly = [await desk.type("bot start dip", "discord:25"), await desk.type("bot start nothing", "discord:25")];
  expect(partly[0]).toEqual(partly[1]);
  expect(partly[0]!.title).toBe(DENIED);
});

test("who may see every bot is told that one does not exist, and what was meant", async () => {
  const view = await desk.type("bot start dpi", "discord:23");
  expect(view.title).toContain("did you mean dip?");
});

test("all means the bots that the person may act on", async () => {
  await desk.type("bot create name:top symbol:ETH/USDT strategy:ema-cross timeframe:1m", ADMIN);
  await desk.type("bot start all", OWNER);
  expect(desk.engine.bot("dip")!.state.status).toBe("running");
  expect(desk.engine.bot("top")!.state.status).toBe("created");
});

test("lists show only what the person may see", async () => {
  await desk.type("bot create name:top symbol:ETH/USDT strategy:ema-cross timeframe:1m", ADMIN);
  const view = await desk.type("bot list", "discord:25");
  expect(textOf(view)).toContain("dip");
  expect(textOf(view)).not.toContain("top");
  expect(await desk.door.complete("bot stop", "bot", "", "discord:25", {})).toEqual([
    { value: "dip", label: "dip" },
    { value: "storm", label: "storm" },
  ]);
  expect(await desk.door.complete("bot stop", "bot", "", "discord:20", {})).toEqual([]);
});

test("what is granted at a place is offered there and nowhere else", async () => {
  await desk.grant("discord:31", "operator", `place:${HERE.id}`);
  const offered = (place?: string) => desk.door.complete("bot stop", "bot", "di", "discord:31", {}, place);
  expect(await offered(HERE.id)).toEqual([{ value: "dip", label: "dip" }]);
  expect([await offered("discord:200"), await offered()]).toEqual([[], []]);
});

test("an owner whose last grant is gone is a stranger", async () => {
  await desk.type(`access revoke ${OWNER}`);
  expect((await desk.type("bot start dip", OWNER)).title).toBe(DENIED);
});

test("a button is authorized as the person who presses it", async () => {
  const view = await desk.type("bot show dip", "discord:23");
  expect((await desk.press(view, "Start", "discord:21")).title).toBe(DENIED);
  expect((await desk.press(view, "Start", "discord:23")).title).toBe("dip is running");
});

test("a later bot of a deleted bot's name does not inherit its grants", async () => {
  await desk.press(await desk.type("bot delete dip"), "Yes, bot delete");
  expect(desk.ledger.state.grants.filter(({ scope }) => scope === "bot:dip")).toEqual([]);
});

test("an admin may be made of the whole desk only", async () => {
  expect((await desk.type("access grant discord:77 admin scope:here")).tone).toBe("bad");
  expect((await desk.type("access grant discord:77 admin", "terminal:local", TERMINAL)).tone).toBe("good");
});
