import { decimal } from "../../src/domain/money.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { LiveVenue, OrderRequest } from "../../src/ports/live-venue.ts";
import { openCcxtWire } from "../../src/venues/ccxt/wire.ts";
import { Governor, governed } from "../../src/venues/governor.ts";
import { BINANCE } from "../../src/venues/quirks/binance.ts";
import { BINANCEUS } from "../../src/venues/quirks/binanceus.ts";
import { spotCost } from "../../src/venues/spot/cost.ts";
import { openSpotVenue } from "../../src/venues/spot.ts";
import { canary } from "../kit/canary/canary.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { spotListing } from "../kit/exchange/spot/listing.ts";
import { SpotCore } from "../kit/exchange/spot-core.ts";
import { SpotDoor } from "../kit/exchange/spot-door.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { impatient, StageTime, type VenueStage, type VenueSubject } from "./venue/stage.ts";
import { venueContract } from "./venue.contract.ts";

const KEY = canary("exchange key");
const SECRET = canary("exchange secret");
const PRICE = 60_000;
const ENTRY: OrderRequest = {
  clientOrderId: "ssabcdefghijklmnopqrst",
  symbol: "BTC/USDT",
  side: "buy",
  kind: "market",
  quantity: decimal("0.002"),
  reduces: false,
};

async function openStage(exchangeId: "binance" | "binanceus"): Promise<VenueStage> {
  const time = new StageTime();
  const tape = new WrittenTape().flat("BTCUSDT", PRICE);
  const us = exchangeId === "binanceus";
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT")], startMs: time.venueNow() });
  const account = core.openAccount({ key: KEY, secret: SECRET, balances: { USDT: "1000" } });
  const faults = new ScriptedFaults();
  const server = new ExchangeServer({ doors: { "": new SpotDoor(core, { us }) }, now: () => time.venueNow(), faults });
  const apiUrl = await server.listen();
  const quirks = us ? BINANCEUS : BINANCE;
  const { weightLimits, orderLimits } = quirks;
  const { clock } = time;
  const governor = new Governor({ clock, weightLimits, orderLimits });
  const credentials = { apiKey: new Secret(KEY), secret: new Secret(SECRET) };
  const bare = await openCcxtWire({ exchangeId, environment: "live", credentials, apiUrl, clock, chance: seededChance(1) });
  const wire = governed({ wire: impatient(bare, faults, time), governor, account: "main", costOf: spotCost(quirks.weights) });
  const venue: LiveVenue = openSpotVenue({ wire, quirks, environment: "live", clock });
  return {
    venue,
    governor,
    server,
    faults,
    time,
    symbol: "BTC/USDT",
    price: PRICE,
    entry: ENTRY,
    canaries: [KEY, SECRET],
    setPrice: (price) => tape.flat("BTCUSDT", price),
    booked: (id) => account.orders.filter(({ clientOrderId }) => clientOrderId === id || clientOrderId === `${id}s`).length,
    sent: (route) =>
      server.log
        .filter(({ request }) => `${request.method} ${request.path}` === route)
        .map(({ request }) => Object.fromEntries(new URLSearchParams(request.body || request.query))),
    revokeKey: () => {
      account.revoked = true;
    },
    closeForMaintenance: () => {
      core.maintenance = "closed";
    },
    close: async () => {
      governor.close();
      await venue.close();
      await server.close();
    },
  };
}

const json = (status: number, code: number, msg: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: JSON.stringify({ code, msg }),
});
const UNKNOWN_STATUS = "Send status unknown; execution status unknown.";

function subjectOf(exchangeId: "binance" | "binanceus"): VenueSubject {
  return {
    exchangeId,
    open: () => openStage(exchangeId),
    routes: {
      place: "POST /api/v3/order",
      protect: exchangeId === "binance" ? "POST /api/v3/orderList/oco" : "POST /api/v3/order/oco",
      cancel: "DELETE /api/v3/order",
    },
    reads: [
      { name: "instruments", route: "GET /api/v3/exchangeInfo", ask: ({ venue }) => venue.instruments() },
      { name: "open orders", route: "GET /api/v3/openOrders", ask: ({ venue, symbol }) => venue.openOrders(symbol) },
      { name: "fills", route: "GET /api/v3/myTrades", ask: ({ venue, symbol }) => venue.fills(symbol, undefined, 1) },
      { name: "balances", route: "GET /api/v3/account", ask: ({ venue }) => venue.balances() },
    ],
    rejections: [
      { name: "too many decimals", cause: "rules", request: () => ({ ...ENTRY, quantity: decimal("0.00200001") }) },
      { name: "too little money", cause: "rules", request: () => ({ ...ENTRY, quantity: decimal("0.00001") }) },
      { name: "more than the account has", cause: "balance", request: () => ({ ...ENTRY, quantity: decimal("0.5") }) },
      { name: "a symbol that does not exist", cause: "symbol", request: () => ({ ...ENTRY, symbol: "NOPE/USDT" }) },
      { name: "a price off the band", cause: "rules", request: () => ({ ...ENTRY, kind: "limit", price: decimal("1000.00") }) },
    ],
    ambiguous: [
      { name: "-1006 after it was accepted", fault: { answer: json(500, -1006, UNKNOWN_STATUS) }, accepted: true },
      { name: "-1007 after it was accepted", fault: { answer: json(504, -1007, UNKNOWN_STATUS) }, accepted: true },
      { name: "-1007 under a 400", fault: { answer: json(400, -1007, UNKNOWN_STATUS) }, accepted: true },
      { name: "-1008 before it arrived", fault: { instead: json(503, -1008, "Server is currently overloaded.") }, accepted: false },
      { name: "-1000 before it arrived", fault: { instead: json(400, -1000, "An unknown error occurred.") }, accepted: false },
      { name: "a rejection under a 503", fault: { answer: json(503, -2010, "Account has insufficient balance.") }, accepted: true },
      {
        name: "another order's answer",
        fault: { answer: { status: 200, headers: {}, body: '{"orderId":7,"clientOrderId":"x","transactTime":1,"executedQty":"0"}' } },
        accepted: true,
      },
    ],
    limits: [
      { name: "429", fault: { instead: json(429, -1003, "Too much request weight used.", { "retry-after": "30" }) }, retryAfterMs: 30_000 },
      { name: "418", fault: { instead: json(418, -1003, "IP banned.", { "retry-after": "600" }) }, retryAfterMs: 600_000 },
      { name: "418 that does not say how long", fault: { instead: json(418, -1003, "IP banned.") }, retryAfterMs: 120_000 },
    ],
    marketParameters: [
      "symbol",
      "side",
      "type",
      "quantity",
      "newClientOrderId",
      "newOrderRespType",
      "timestamp",
      "recvWindow",
      "signature",
    ],
  };
}

venueContract(subjectOf("binance"));
venueContract(subjectOf("binanceus"));
