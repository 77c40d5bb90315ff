import { decimal } from "../../src/domain/money.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { OrderRequest } from "../../src/ports/live-venue.ts";
import { openCcxtWire } from "../../src/venues/ccxt/wire.ts";
import { Governor, governed } from "../../src/venues/governor.ts";
import { openPerpetualVenue } from "../../src/venues/perpetual.ts";
import { BLOFIN } from "../../src/venues/quirks/blofin.ts";
import { canary } from "../kit/canary/canary.ts";
import { BlofinDoor } from "../kit/exchange/blofin/door.ts";
import { btcContract, PerpetualExchange } from "../kit/exchange/perpetual/exchange.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";
import { seededChance } from "../kit/fake-clock.ts";
import { impatient, StageTime, type VenueStage, type VenueSubject } from "./venue/stage.ts";
import { venueContract } from "./venue.contract.ts";

const KEY = canary("exchange key", 32);
const SECRET = canary("exchange secret", 32);
const PASSPHRASE = canary("exchange passphrase", 20);
const PRICE = 60_000;
const SYMBOL = "BTC/USDT:USDT";
const ENTRY: OrderRequest = {
  clientOrderId: "ssabcdefghijklmnopqrst",
  symbol: SYMBOL,
  side: "buy",
  kind: "market",
  quantity: decimal("0.01"),
  reduces: false,
};

async function openStage(): Promise<VenueStage> {
  const time = new StageTime();
  const tape = new WrittenTape().flat(SYMBOL, PRICE);
  const exchange = new PerpetualExchange(tape, [btcContract()], time.venueNow());
  const account = exchange.openAccount("one", decimal(1_000));
  exchange.addKey("one", { key: KEY, secret: SECRET, passphrase: PASSPHRASE });
  const door = new BlofinDoor(exchange, { limits: false });
  const faults = new ScriptedFaults();
  const server = new ExchangeServer({ doors: { "/demo": door }, now: () => time.venueNow(), faults });
  const apiUrl = await server.listen();
  const { clock } = time;
  const { weightLimits, orderLimits } = BLOFIN;
  const governor = new Governor({ clock, weightLimits, orderLimits });
  const credentials = { apiKey: new Secret(KEY), secret: new Secret(SECRET), passphrase: new Secret(PASSPHRASE) };
  const bare = await openCcxtWire({ exchangeId: "blofin", environment: "demo", credentials, apiUrl, clock, chance: seededChance(1) });
  const costOf = () => ({ weight: 1, orders: 0 });
  const wire = governed({ wire: impatient(bare, faults, time), governor, account: "main", costOf });
  const venue = openPerpetualVenue({ wire, quirks: BLOFIN, environment: "demo", clock });
  return {
    venue,
    governor,
    server,
    faults,
    time,
    symbol: SYMBOL,
    price: PRICE,
    entry: ENTRY,
    canaries: [KEY, SECRET, PASSPHRASE],
    setPrice: (price) => tape.flat(SYMBOL, price),
    booked: (id) => account.orders.withClientId(id).length + account.tpsl.withClientId(id).length,
    sent: (route) =>
      server.log
        .filter(({ request }) => `${request.method} ${request.path}` === route)
        .map(({ request }): Record<string, unknown> => JSON.parse(request.body)),
    revokeKey: () => exchange.revokeKey(KEY),
    closeForMaintenance: () => {
      door.maintenance = true;
    },
    close: async () => {
      governor.close();
      await venue.close();
      await server.close();
    },
  };
}

const json = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: JSON.stringify({ code, msg: "as the venue says", data: null }),
});
const inner = (outer: string, code: string) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({
    code: outer,
    msg: "",
    data: [{ orderId: null, clientOrderId: ENTRY.clientOrderId, code, msg: "as the venue says" }],
  }),
});

const BLOFIN_SUBJECT: VenueSubject = {
  exchangeId: "blofin",
  open: openStage,
  routes: {
    place: "POST /api/v1/trade/order",
    protect: "POST /api/v1/trade/order-tpsl",
    cancel: "POST /api/v1/trade/cancel-order",
  },
  reads: [
    { name: "instruments", route: "GET /api/v1/market/instruments", ask: ({ venue }) => venue.instruments() },
    { name: "open orders", route: "GET /api/v1/trade/orders-pending", ask: ({ venue, symbol }) => venue.openOrders(symbol) },
    { name: "protective orders", route: "GET /api/v1/trade/orders-tpsl-pending", ask: ({ venue, symbol }) => venue.openOrders(symbol) },
    { name: "fills", route: "GET /api/v1/trade/fills-history", ask: ({ venue, symbol }) => venue.fills(symbol, undefined, 1) },
    { name: "balances", route: "GET /api/v1/account/balance", ask: ({ venue }) => venue.balances() },
    { name: "positions", route: "GET /api/v1/account/positions", ask: ({ venue }) => venue.positions() },
  ],
  rejections: [
    { name: "more than the account can back", cause: "balance", request: () => ({ ...ENTRY, quantity: decimal("1") }) },
    {
      name: "nothing to reduce",
      cause: "nothing-to-reduce",
      request: () => ({ ...ENTRY, side: "sell", reduces: true }),
    },
  ],
  ambiguous: [
    { name: "103013 after it was accepted", fault: { answer: inner("0", "103013") }, accepted: true },
    { name: "500 in the body after it was accepted", fault: { answer: json(200, "500") }, accepted: true },
    { name: "an inner code that nobody knows under outer code 0", fault: { answer: inner("0", "999999") }, accepted: true },
    { name: "an inner code that nobody knows under outer code 1", fault: { answer: inner("1", "999999") }, accepted: true },
    { name: "outer code 1 alone", fault: { answer: json(200, "1") }, accepted: true },
    { name: "a duplicate", fault: { answer: inner("0", "150003") }, accepted: true },
    { name: "a repeated nonce", fault: { instead: json(200, "152407") }, accepted: false },
    {
      name: "an empty list as the answer",
      fault: { answer: { status: 200, headers: {}, body: '{"code":"0","msg":"","data":[]}' } },
      accepted: true,
    },
  ],
  limits: [
    { name: "429", fault: { instead: json(429, "429", { "retry-after": "30" }) }, retryAfterMs: 30_000 },
    { name: "429 that does not say how long", fault: { instead: json(429, "429") }, retryAfterMs: 60_000 },
  ],
  marketParameters: ["instId", "marginMode", "positionSide", "side", "size", "clientOrderId", "orderType", "reduceOnly"],
};

venueContract(BLOFIN_SUBJECT);
