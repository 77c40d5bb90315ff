import { beforeEach, describe, expect, test } from "vitest";
import { promotionCard } from "../../src/chat/promotion-card.ts";
import { decimal } from "../../src/domain/money.ts";
import { ADMIN, textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;

beforeEach(async () => {
  at = await VenueDesk.open();
  await at.connect("main");
  await at.connect("play", "demo");
  await at.type('bot create name:dip symbol:btc strategy:ema-cross timeframe:5m size:"20 USDT"');
});

const live = () => at.engine.bots().filter(({ state }) => state.spec.mode !== "paper");

describe("bot promote", () => {
  test("shows everything in numbers before it is confirmed", async () => {
    at.exchanges.ceilingSetting = decimal(100);
    at.engine.fill("dip", "buy", "0.0005", "40000");
    at.engine.fill("dip", "sell", "0.0005", "42000");
    const asked = await at.type("bot promote dip main");
    expect(asked).toMatchObject({ tone: "warning", title: "Promote dip to main (LIVE)?" });
    expect(Object.fromEntries(asked.fields.map(({ name, value }) => [name, value]))).toEqual({
      "New bot": "dip-live (LIVE): ema-cross on BTC/USDT, every 5m, flat at first",
      Account: "main (LIVE) at Binance.com, REAL MONEY",
      Size: "20 USDT",
      "One order": "20.00 USDT; the exchange takes 5.00 USDT and more",
      "Fees of a round trip": "5.0% of the target's gain",
      "Loss at the stop": "0.40 USDT",
      Levels: "stop 2%, take 4%",
      Protection: "stops and targets rest at the venue",
      "Daily loss limit": "12.50 USDT",
      "Position cap": "125.00 USDT",
      Ceiling: "100.00 USDT, 0.00 USDT of it at risk now",
      "Paper record": "+0.96 USDT after fees, 2 fills in 12 days",
    });
    const text = textOf(asked);
    for (const part of ["comes from invented prices", "dip has only 2 fills on paper.", "dip stays on paper as it is"])
      expect(text).toContain(part);
    expect(live()).toEqual([]);
  });

  test("makes a live bot only with a second factor as well", async () => {
    at.exchanges.ceilingSetting = decimal(100);
    const waiting = await at.desk.press(await at.type("bot promote dip main"), "Yes, bot promote");
    expect(waiting.title).toContain("second factor");
    expect(live()).toEqual([]);
    await at.desk.approve(waiting);
    expect((await at.desk.press(waiting, "Continue")).tone).toBe("good");
    expect(live().map(({ state }) => [state.spec.name, state.spec.mode, state.status])).toEqual([["dip-live", "live", "running"]]);
    expect(at.engine.bot("dip")?.state.spec.mode).toBe("paper");
  });

  test("needs no ceiling and no second factor for a demo account, and takes a name", async () => {
    const view = await at.desk.press(await at.type("bot promote dip play name:trial"), "Yes, bot promote");
    expect(view).toMatchObject({ tone: "good", title: "trial (DEMO) is running in play (DEMO)" });
    expect(textOf(view)).toContain("dip goes on beside it.");
  });

  test("lists every reason to refuse, with what to do, and offers no yes", async () => {
    await at.type("bot create name:bare symbol:eth strategy:ema-cross timeframe:1m size:1 stop:none");
    const view = await at.type("bot promote bare main");
    expect(view).toMatchObject({ tone: "bad", title: "bare cannot be promoted to main (LIVE) now", buttons: [] });
    expect(view.lines.filter((line) => line.startsWith("- "))).toEqual([
      "- This process allows no live trading: set LIVE_CEILING and start it again.",
      "- The order would be below the smallest that the venue takes; give the bot a larger size.",
      "- bare has no stop, and a real position must have one.",
    ]);
    const forced = await at.local("bot promote bare main confirm:yes");
    expect(forced).toMatchObject({ tone: "bad" });
    expect(live()).toEqual([]);
  });

  test("refuses a second live bot on the same symbol of an account", async () => {
    await at.desk.press(await at.type("bot promote dip play"), "Yes, bot promote");
    const view = await at.type("bot promote dip play name:twin");
    expect(textOf(view)).toContain("trades BTC/USDT in play already");
  });

  test("promotes one bot at a time, into an account of one's own", async () => {
    await at.type("bot create name:rise symbol:eth strategy:ema-cross timeframe:1m");
    expect((await at.type("bot promote all main")).title).toContain("one bot is promoted at a time, found 2; name one of dip, rise");
    await at.desk.grant("discord:2", "trader");
    expect((await at.type("bot promote dip main", "discord:2")).title).toContain(`main (LIVE) belongs to ${ADMIN}`);
    expect((await at.type("bot promote dip")).title).toBe("Which account?");
  });

  test("warns when fees eat the target, and says where a record of real prices comes from", async () => {
    const facts = await at.engine.promotion("dip", "main", undefined);
    const paper = { ...facts.paper, days: 0.4, market: "live prices of binance" };
    const text = textOf(promotionCard({ ...facts, feePctOfTarget: 40, paper }, ADMIN).view());
    for (const part of ["Fees would take 40% of each target's gain", "comes from live prices of binance", "in less than a day"])
      expect(text).toContain(part);
    expect(text).not.toContain("invented");
    expect(textOf(promotionCard({ ...facts, feePctOfTarget: undefined }, ADMIN).view())).toContain("not known: it has no target");
  });
});

describe("A bot at an exchange", () => {
  test("says DEMO or LIVE beside its name in every view", async () => {
    at.exchanges.ceilingSetting = decimal(100);
    for (const account of ["main", "play"]) {
      await at.engine.promoteBot("dip", account, undefined, { requestId: `p ${account}`, user: ADMIN });
      at.engine.fill(`dip-${account === "main" ? "live" : "demo"}`, "buy", "0.0005", "40000");
    }
    for (const line of ["bot list", "bot show all", "position list", "stats today"]) {
      const text = textOf(await at.type(line));
      expect(text, line).toContain("dip-live (LIVE)");
      expect(text, line).toContain("dip-demo (DEMO)");
    }
    expect((await at.type("bot show dip-live")).title).toBe("dip-live (LIVE)");
    expect(textOf(await at.type("bot show dip-live"))).toContain("Mode: LIVE, account main");
    expect((await at.type("bot stop dip-live")).title).toBe("dip-live (LIVE) is stopped");
    expect((await at.type("position close dip-live")).title).toBe("dip-live (LIVE) sells 0.0005 BTC bought at 40,000.00 USDT at market");
    expect((await at.type("position close dip-live")).title).toBe("dip-live (LIVE) holds nothing to close.");
    expect((await at.desk.press(await at.type("bot delete dip-live"), "Yes, bot delete")).title).toBe("dip-live (LIVE) is deleted");
  });

  test("is started again only after a question and a second factor when it is LIVE, and at once when it is not", async () => {
    at.exchanges.ceilingSetting = decimal(100);
    for (const account of ["main", "play"])
      await at.engine.promoteBot("dip", account, undefined, { requestId: `p ${account}`, user: ADMIN });
    await at.type("bot stop all");
    expect((await at.type("bot start dip-demo")).title).toBe("dip-demo (DEMO) is running");
    const asked = await at.type("bot start dip-live");
    expect(textOf(asked)).toContain("dip-live (LIVE) may open positions with real money");
    expect((await at.desk.press(asked, "Yes, bot start")).title).toContain("second factor");
    expect(at.engine.bot("dip-live")?.state.status).toBe("stopped");
  });

  test("says that it is naked where its protection is shown", async () => {
    await at.engine.promoteBot("dip", "play", undefined, { requestId: "p", user: ADMIN });
    at.engine.fill("dip-demo", "buy", "0.0005", "40000");
    const [bot] = at.engine.books.get("play")!.bots.values();
    bot!.naked = { sinceMs: Date.UTC(2026, 4, 19, 12, 59), reason: "the stop was refused" };
    expect(textOf(await at.type("position list"))).toContain("dip-demo (DEMO): NAKED since 2026-05-19 12:59 UTC: the stop was refused.");
  });
});
