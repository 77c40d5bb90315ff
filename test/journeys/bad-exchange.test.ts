import { describe, expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { canary } from "../kit/canary/canary.ts";
import { PRICES } from "../kit/desk-exchange.ts";
import { connect, hold, KEYS, type LiveStage, setLiveStage } from "../kit/desk-live.ts";
import { cleanUpAfterEach } from "../kit/desk-stage.ts";
import type { KeyRights } from "../kit/exchange/spot/account.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";

cleanUpAfterEach();

const CONNECT = "account connect name:real exchange:binance environment:live";
const OFF_MS = 90_000;
/** Clocks are measured so often. */
const CLOCK_EVERY_S = 600;

const entry = (amount = "20", more = "") => `order enter account:real symbol:btc side:buy amount:${amount} stop:2%${more}`;

/** A desk with an account in the demo world, which trades whatever befalls the live one. */
async function deskWithAnother(): Promise<LiveStage> {
  const tape = new WrittenTape().flat("BTCUSDT", PRICES.BTCUSDT).flat("ETHUSDT", PRICES.ETHUSDT);
  const stage = await setLiveStage("terminal", { tape });
  await connect(stage, "try", "demo");
  return stage;
}

async function enters({ person }: LiveStage, line = entry()): Promise<string> {
  const asked = await person.run(line);
  return asked.includes("Buy BTC/USDT in real (LIVE)?") ? person.press("Yes, order enter") : asked;
}

/** Nothing is lost or broken: the desk answers, the live account holds nothing, and the other account opens a protected position. */
async function goesOn(stage: LiveStage): Promise<void> {
  const { person, exchange, rig } = stage;
  expect(exchange.account("live").trades).toEqual([]);
  expect(rig.desk.opened.engine.account("real")?.state.balances.get("BTC")?.toFixed() ?? "0").toBe("0");
  await hold(stage, "try", "eth");
  expect(await person.nextAlert(/^hand-eth\S* \(DEMO\) bought/)).toContain("0.00995 ETH at 2,000.20 USDT");
}

interface KeyRow {
  readonly bad: string;
  readonly before?: (stage: LiveStage) => void;
  readonly entered?: { readonly apiKey: string; readonly secret: string };
  readonly says: RegExp;
}

const REFUSED =
  /^Binance\.com refuses this key it was deleted, lacks a right, or its list of addresses does not hold this machine\. Look at the key there\./;
const NO_PAIR = /^Key and secret do not fit together or are no pair of Binance\.com copy both again from there\./;

const KEY_ROWS: readonly KeyRow[] = [
  { bad: "unknown", entered: { ...KEYS.live, apiKey: canary("other key") }, says: REFUSED },
  { bad: "no key at all", entered: { ...KEYS.live, apiKey: `${canary("other key", 16)} is no key` }, says: NO_PAIR },
  { bad: "one whose secret belongs to another", entered: { ...KEYS.live, secret: canary("other secret") }, says: NO_PAIR },
  {
    bad: "without the right to trade",
    before: (stage) => allow(stage, { trade: false }),
    says: /^This key has no right to trade at Binance\.com switch on spot trading for it there, or make another key\./,
  },
  {
    bad: "with the right to withdraw",
    before: (stage) => allow(stage, { withdraw: true }),
    says: /^This key may withdraw\. Make one at Binance\.com that may only read and trade, and connect that/,
  },
  {
    bad: "one that does not know this machine's address",
    before: ({ exchange }) => {
      exchange.account("live").revoked = true;
    },
    says: REFUSED,
  },
];

function allow({ exchange }: LiveStage, rights: Partial<KeyRights>): void {
  const account = exchange.account("live");
  account.rights = { ...account.rights, ...rights };
}

describe("a key that is", () => {
  it.each(KEY_ROWS)("$bad is refused in one sentence, and nothing of it is kept", async ({ before, entered = KEYS.live, says }) => {
    const stage = await deskWithAnother();
    before?.(stage);
    expect(await stage.person.run(CONNECT)).toContain("Key of real (LIVE)");
    expect(await stage.person.enter(entered)).toMatch(says);
    expect(stage.rig.desk.opened.engine.account("real")).toBeUndefined();
    expect(await stage.person.run("account list")).not.toContain("Real");
    await goesOn(stage);
  });

  it("revoked later pauses its account after three refusals, with what to do", async () => {
    const stage = await deskWithAnother();
    await connect(stage, "real", "live");
    stage.exchange.account("live").revoked = true;
    for (let count = 0; count < 3; count += 1) {
      await enters(stage);
      await stage.pass(2);
    }
    expect(await stage.person.nextAlert(/^The venue rejected an order/)).toContain(
      "The key was refused look at the exchange whether it exists",
    );
    expect(await stage.person.nextAlert(/^real \(LIVE\) is paused/)).toContain("risk reset account:real lets it enter again");
    expect(await enters(stage)).toMatch(
      /^real \(LIVE\) is paused something is wrong with its key\. Look at the exchange whether the key still exists/,
    );
    await goesOn(stage);
  });
});

interface OrderRow {
  readonly bad: string;
  readonly before?: (stage: LiveStage) => void;
  readonly line?: string;
  readonly says: RegExp;
  /** What comes as an alert, and what the next try is told. */
  readonly alert?: RegExp;
  readonly afterwards?: RegExp;
}

const NOT_BOUGHT = /^The exchange refused the order of hand-btc \(LIVE\) Its reason comes as an alert\. Nothing was bought\./;
const NO_PRICE = /^Binance\.com gives no price now .*\. Nothing was done; try again in a moment\.$/;

const ORDER_ROWS: readonly OrderRow[] = [
  {
    bad: "for a symbol that nobody knows",
    line: entry().replace("btc", "doge"),
    says: /^symbol Binance\.com has no DOGE\/USDT to trade now; look at its name there\.$/,
  },
  {
    bad: "for a symbol that was delisted",
    before: ({ exchange }) => exchange.live.core.setMode("BTCUSDT", "delisted"),
    says: /^Binance\.com gives no price now .*a symbol is not traded there any more delisted or renamed\)\. Nothing was done;/,
  },
  {
    bad: "below the smallest notional",
    line: entry("3"),
    says: /^amount minimum notional 2\.5125 USDT is below 5; the smallest quantity that works is 0\.0001 BTC, 5\.03 USDT\. Choose a larger amount\.$/,
  },
  {
    bad: "with too many decimals",
    line: entry("20.12345678901234567"),
    says: /^amount expected an amount such as 25 or 25 USDT, found "20\.12345678901234567"\./,
  },
  {
    bad: "that the balance does not cover",
    before: ({ exchange }) => exchange.account("live").transfer("USDT", decimal(-95), exchange.clock.wall()),
    says: NOT_BOUGHT,
    alert:
      /^The venue rejected an order of hand-btc \(LIVE\) .*The account has not enough free money or coins for it\. Add some, or give its bots a smaller size\./,
  },
  {
    bad: "while the exchange takes none",
    before: ({ exchange }) => {
      exchange.live.core.maintenance = "trading";
    },
    says: NOT_BOUGHT,
    alert: /^real \(LIVE\) is paused the exchange takes no orders .*It is expected to go on at/,
    afterwards:
      /^real \(LIVE\) is paused the exchange takes no orders\. Nothing needs to be done the desk goes on when the exchange does\./,
  },
  {
    bad: "while the whole exchange is closed",
    before: ({ exchange }) => {
      exchange.live.core.maintenance = "closed";
    },
    says: NO_PRICE,
  },
  {
    bad: "while this machine is banned",
    before: ({ exchange }) => exchange.live.door.limits.ban("local", exchange.clock.wall() + 60_000),
    says: NO_PRICE,
    alert: /^Binance\.com sends this machine away .*Accounts at other exchanges trade on\./,
    afterwards: /^Binance\.com gives no price now Binance\.com was not asked the exchange asked for silence for another/,
  },
];

describe("an order", () => {
  it.each(ORDER_ROWS)("$bad ends in one sentence, and another account trades on", async ({ before, line, says, alert, afterwards }) => {
    const stage = await deskWithAnother();
    await connect(stage, "real", "live");
    before?.(stage);
    expect(await enters(stage, line)).toMatch(says);
    await stage.pass(2);
    if (alert) expect(await stage.person.nextAlert(alert)).toMatch(alert);
    if (afterwards) expect(await enters(stage, line)).toMatch(afterwards);
    await goesOn(stage);
  });

  it("is denied while the clocks are 90 s apart, and taken when they agree again", async () => {
    const stage = await deskWithAnother();
    await connect(stage, "real", "live");
    const { exchange, person } = stage;
    exchange.live.aheadMs = OFF_MS;
    exchange.clock.skip(CLOCK_EVERY_S * 1_000);
    await stage.pass(3);
    expect(await person.nextAlert(/^real \(LIVE\) is paused the clock of this machine is off/)).toContain(
      "this machine's clock is 90 s behind Binance.com's set it by NTP",
    );
    expect(await enters(stage)).toMatch(
      /^real \(LIVE\) is paused the clock of this machine is off\. Set it right \(time synchronization\)/,
    );
    await goesOn(stage);
    exchange.live.aheadMs = 0;
    // Its books do not go back in time: it is itself again when everybody has caught up with them.
    exchange.clock.skip(2 * OFF_MS);
    await stage.pass(3);
    expect(await person.nextAlert(/^real \(LIVE\) may enter again/)).toContain("the clock is right again");
    await hold(stage, "real", "btc");
  });
});
