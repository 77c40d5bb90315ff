import { expect, test } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { BINANCE } from "../../src/venues/quirks/binance.ts";
import { BINANCEUS } from "../../src/venues/quirks/binanceus.ts";
import { openSpotVenue } from "../../src/venues/spot.ts";
import { InProcessWire } from "../kit/exchange/in-process-wire.ts";
import { spotSigner } from "../kit/exchange/spot/sign.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { KEY, SpotStage, START_MS } from "./spot-stage.ts";

const SYMBOL = "BTC/USDT";

test.each([BINANCE, BINANCEUS])("the dialect of $exchangeId buys, protects, cancels and sells in process", async (quirks) => {
  const stage = new SpotStage({ us: quirks.exchangeId === "binanceus", verify: false });
  const clock = new FakeClock(START_MS);
  const wire = new InProcessWire({ door: stage.door, clock, sign: spotSigner({ key: KEY }) });
  const venue = openSpotVenue({ wire, quirks, environment: "live", clock });
  expect(await venue.checkKey()).toMatchObject({ withdraw: quirks.tellsKeyRights ? false : undefined });
  expect((await venue.instruments()).get(SYMBOL)).toMatchObject({ base: "BTC", protectiveOrdersMax: 5, takerFeeBps: 10 });

  const quantity = decimal("0.01");
  const entry = {
    clientOrderId: "s1",
    symbol: SYMBOL,
    side: "buy",
    quantity,
    kind: "limit-ioc",
    price: decimal("50100"),
    reduces: false,
  } as const;
  const bought = await venue.place(entry);
  expect(bought).toMatchObject({ kind: "accepted", fills: [{ feeCurrency: "BTC" }] });
  const protection = {
    clientOrderId: "s2",
    symbol: SYMBOL,
    side: "sell",
    quantity: decimal("0.00999"),
    kind: "protection",
    stopPrice: decimal("45000"),
    stopLimitPrice: decimal("44000"),
    takePrice: decimal("55000"),
    reduces: true,
  } as const;
  const placed = await venue.place(protection);
  expect(placed).toMatchObject({ kind: "accepted" });
  const venueOrderIds = placed.kind === "accepted" ? placed.venueOrderIds : [];
  expect(venueOrderIds).toHaveLength(2);
  expect(await venue.openOrders(SYMBOL)).toMatchObject([{ clientOrderId: "s2", status: "open" }]);
  const ref = { clientOrderId: "s2", symbol: SYMBOL, kind: "protection", venueOrderIds } as const;
  expect(await venue.find(ref)).toMatchObject({ kind: "found", order: { status: "open" } });
  expect(await venue.cancel(ref)).toMatchObject({ kind: "canceled" });
  expect(await venue.cancel(ref)).toMatchObject({ kind: "gone" });
  expect(await venue.find({ ...ref, clientOrderId: "s9" })).toEqual({ kind: "absent" });
  const { price: _none, ...atMarket } = {
    ...entry,
    clientOrderId: "s3",
    side: "sell",
    kind: "market",
    quantity: decimal("0.00999"),
  } as const;
  expect(await venue.place(atMarket)).toMatchObject({ kind: "accepted" });
  const { fills } = await venue.fills(SYMBOL, undefined, START_MS - 1_000);
  expect(fills.map(({ side, quantity: filled }) => `${side} ${plain(filled)}`)).toEqual(["buy 0.01", "sell 0.00999"]);
  expect(plain((await venue.balances()).get("BTC")!.free)).toBe(plain(stage.account.free("BTC")));
});
