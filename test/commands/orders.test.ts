import { beforeEach, describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import type { Order } from "../../src/domain/order.ts";
import { marketMs } from "../../src/domain/time.ts";
import { textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;

beforeEach(async () => {
  at = await VenueDesk.open();
  await at.connect("main");
  await at.connect("play", "demo");
});

/** Puts an order into the books of an account, as if it had been sent. */
function working(account: string, order: Partial<Order> = {}): void {
  const { bots, orders } = at.engine.books.get(account)!;
  const [botId = ""] = bots.keys();
  const id = order.clientOrderId ?? "o-1";
  orders.set(id, {
    ...{ clientOrderId: id, intentId: "i", attempt: 1, botId, symbol: "BTC/USDT", side: "buy", type: "limit", purpose: "entry" },
    ...{ quantity: decimal("0.001"), filledQuantity: decimal(0), fillIds: [], price: decimal(39_000), status: "open" },
    ...{ reason: "r", sinceMs: marketMs(0) },
    ...order,
  });
}

describe("order list", () => {
  test("shows what works, of whom, and where it rests", async () => {
    expect((await at.type("order list")).title).toBe("No working orders");
    const bot = await at.promoted("dip", "play");
    working("play");
    working("play", {
      ...{ clientOrderId: "o-2", purpose: "stop", side: "sell", type: "stop" },
      ...{ price: decimal(38_000), takePrice: decimal(42_000) },
    });
    const view = await at.type("order list");
    expect(view.title).toBe("2 working orders");
    expect(view.table?.rows).toEqual([
      [`${bot} (DEMO)`, "entry buy", "0.001 BTC", "39,000.00 USDT", "at the DEMO venue", "o-1"],
      [`${bot} (DEMO)`, "stop sell", "0.001 BTC", "38,000.00 / 42,000.00 USDT", "at the DEMO venue", "o-2"],
    ]);
    expect(view.buttons.map(({ label }) => label)).toEqual([`Cancel entry of ${bot}`]);
  });

  test("warns of unanswered orders and offers no button for them", async () => {
    await at.promoted("dip", "play");
    working("play", { status: "unknown" });
    const view = await at.type("order list");
    expect(view).toMatchObject({ tone: "warning", buttons: [] });
    for (const part of ["unanswered, being looked for", "Do not repeat them by hand"]) expect(textOf(view)).toContain(part);
  });
});

describe("order cancel", () => {
  test("cancels an entry and keeps what it had bought", async () => {
    const bot = await at.promoted("dip", "play");
    working("play");
    const view = await at.desk.press(await at.type("order list"), `Cancel entry of ${bot}`);
    expect(view).toMatchObject({ tone: "good", title: `The entry of ${bot} (DEMO) is being canceled` });
    expect(at.engine.books.get("play")?.orders.get("o-1")).toBeUndefined();
  });

  test("leaves a stop where it is", async () => {
    const bot = await at.promoted("dip", "play");
    working("play", { clientOrderId: "o-2", purpose: "stop", side: "sell", type: "stop" });
    const view = await at.type("order cancel o-2");
    expect(view.title).toBe(`o-2 protects the position of ${bot} (DEMO); \`position close ${bot}\` ends both.`);
    expect(at.engine.books.get("play")?.orders.has("o-2")).toBe(true);
  });

  test("says what an unanswered order waits for, and that there is no such order", async () => {
    await at.promoted("dip", "play");
    working("play", { status: "unknown" });
    expect((await at.type("order cancel o-1")).title).toContain("o-1 is unanswered");
    expect((await at.type("order cancel nothing")).title).toContain("There is no working order nothing; `order list` shows");
  });
});

describe("order enter", () => {
  const LINE = 'order enter account:play symbol:btc side:buy amount:"50 USDT" stop:2%';

  test("asks with quantity, worst price, loss at the stop and fee, and places nothing before the yes", async () => {
    const asked = await at.type(`${LINE} price:40100 take:4%`);
    expect(asked.title).toBe("Buy BTC/USDT in play (DEMO)?");
    const facts = Object.fromEntries(asked.fields.map(({ name, value }) => [name, value]));
    expect(facts).toMatchObject({
      Quantity: "0.00124 BTC for 49.72 USDT",
      "Worst price": "40,100.00 USDT (now 40,000.00): at that or better at once, or not at all",
      "Loss at the stop": "1.09 USDT with fees, at 39,298.00 USDT",
      "Take profit": "41,704.00 USDT",
      Fee: "0.05 USDT now, about as much again to close",
      Protection: "stops and targets rest at the venue",
    });
    expect(at.engine.bots()).toEqual([]);
    const view = await at.desk.press(asked, "Yes, order enter");
    expect(view.tone).toBe("good");
    expect(view.title).toMatch(/^hand-\d+ \(DEMO\) buys BTC\/USDT$/);
    expect(textOf(view)).toContain("Mode: DEMO, account play");
    expect(at.engine.bots()).toHaveLength(1);
  });

  test("says before it asks that another bot trades the symbol there", async () => {
    const bot = await at.promoted("dip", "play");
    await at.type(`bot start ${bot}`);
    const refused = await at.type(LINE);
    expect(refused).toMatchObject({ tone: "bad", buttons: [] });
    expect(refused.title).toBe(`${bot} trades BTC/USDT in play already, and one bot for a symbol is the most: stop it first.`);
    await at.type(`bot stop ${bot}`);
    expect((await at.type(LINE)).title).toBe("Buy BTC/USDT in play (DEMO)?");
  });

  test("names the bound of an order without a price", async () => {
    expect(textOf(await at.type(LINE))).toContain("Worst price: 40,200.00 USDT (now 40,000.00)");
  });

  test("finds the perpetual of a symbol where an account trades those", async () => {
    at.engine.prices.set("XRP/USDT:USDT", decimal(2));
    expect((await at.type(LINE.replace("btc", "xrp"))).title).toBe("Buy XRP/USDT:USDT in play (DEMO)?");
    expect((await at.type(LINE.replace("btc", "XRP/USDT:USDT"))).title).toBe("Buy XRP/USDT:USDT in play (DEMO)?");
  });

  test("shows the margin of a leveraged order and where it would be liquidated, beside its stop", async () => {
    at.engine.prices.set("XRP/USDT:USDT", decimal(2));
    await at.connect("perps", "demo", "blofin");
    const line = LINE.replace("play", "perps").replace("btc", "XRP/USDT:USDT");
    const asked = await at.type(`${line} price:2 leverage:3`);
    const text = textOf(asked);
    expect(text).toContain("Leverage: 3, isolated margin of 16.67 USDT");
    expect(text).toContain("Liquidation: near 1.35333 USDT, before funding; the stop at 1.96 comes before");
    await at.desk.press(asked, "Yes, order enter");
    expect(at.engine.bots().map(({ state }) => state.spec.leverage)).toEqual([3]);
    expect((await at.type(`${line} leverage:4`)).title).toContain("leverage: perps takes a leverage of at most 3, found 4");
    await at.desk.press(await at.type("risk set account:perps leverage:12"), "Yes, risk set");
    expect((await at.type(`${line} leverage:12`.replace("stop:2%", "stop:7%"))).title).toMatch(
      /^stop: at leverage 12 a position is liquidated 7\.3% away.*at most 6\.3%/,
    );
    expect((await at.type(`${LINE} leverage:3`)).title).toContain("leverage: it exists on perpetual contracts");
  });

  test("says that nothing was done when no price was good enough", async () => {
    const view = await at.desk.press(await at.type(`${LINE} price:39000`), "Yes, order enter");
    expect(view).toMatchObject({ tone: "warning" });
    expect(textOf(view)).toContain("did not fill");
    expect(textOf(view)).toContain("No price was as good as its worst price");
  });

  test("wants a second factor for a LIVE account, shows its ceiling, and places nothing before", async () => {
    at.exchanges.ceilingSetting = decimal(100);
    const asked = await at.type(LINE.replace("play", "main"));
    expect(textOf(asked)).toMatch(/Ceiling: 49\.8\d USDT of 100\.00 USDT at risk with this/);
    const waiting = await at.desk.press(asked, "Yes, order enter");
    expect(waiting.title).toContain("second factor");
    expect(at.engine.bots()).toEqual([]);
    await at.desk.approve(waiting);
    expect((await at.desk.press(waiting, "Continue")).tone).toBe("good");
    expect(at.engine.bots().map(({ state }) => state.spec.mode)).toEqual(["live"]);
  });

  test.each([
    ["amount:50", "amount:4", "minimum notional"],
    ["amount:50", 'amount:"50 EUR"', "amount: BTC/USDT is paid in USDT, found EUR"],
    ["symbol:btc", "symbol:DOGE", "symbol: Binance.com has no DOGE/USDT to trade now"],
    ["account:play", "account:nothing", 'there is no account "nothing"'],
    ["side:buy", "side:up", "side: expected one of buy, sell"],
    ["stop:2%", "stop:100%", "stop: expected a percentage above 0 and below 100"],
    ["stop:2%", "stop:none", "stop: expected a percentage above 0"],
    ["stop:2%", "stop:2% price:0", "price: expected a price"],
    // Not 400,005 and not 50: a comma that is no thousands' is a decimal point to whoever typed it.
    ["stop:2%", "stop:2% price:40000,5", "price: expected a price"],
    ["amount:50", 'amount:"5,0 USDT"', "amount: expected"],
  ])("%s as %s is refused in one sentence before anything is asked", async (good, bad, sentence) => {
    const line = "order enter account:play symbol:btc side:buy amount:50 stop:2%".replace(good, bad);
    const view = await at.type(line);
    expect(textOf(view)).toContain(sentence);
    expect(view.buttons.map(({ label }) => label)).not.toContain("Yes, order enter");
  });

  test.each([
    ["a halt", async () => void (await at.type("system halt")), "The desk is halted"],
    ["a pause", async () => pause("play"), "play is paused: maintenance."],
    ["a missing ceiling", async () => undefined, "allows no live trading"],
  ])("is refused under %s, and nothing is done", async (_name, prepare, sentence) => {
    await prepare();
    const account = sentence.includes("live") ? "main" : "play";
    const view = await at.local(`${LINE.replace("play", account)} confirm:yes`);
    expect(view).toMatchObject({ tone: "bad" });
    expect(view.title).toContain(sentence);
    expect(at.engine.bots()).toEqual([]);
  });

  test("names the smallest quantity that works", async () => {
    expect((await at.type(LINE.replace('"50 USDT"', "4"))).title).toContain("the smallest quantity that works is 0.00013 BTC");
  });

  test("asks for what is missing with the accounts that there are", async () => {
    const asked = await at.type("order enter");
    expect(asked.title).toBe("Which account?");
    expect(asked.buttons.map(({ label }) => label)).toEqual(["main", "play", "Cancel"]);
  });

  test("says how to connect an account where there is none, instead of a question without an answer", async () => {
    at = await VenueDesk.open();
    const view = await at.type("order enter");
    expect(view).toMatchObject({ tone: "bad", title: "account: there is no account at an exchange yet; `account connect` makes one." });
    expect(view.question).toBeUndefined();
  });
});

function pause(account: string): void {
  at.engine.books.get(account)!.venue.paused = { code: "venue", reason: "maintenance", untilMs: undefined };
}
