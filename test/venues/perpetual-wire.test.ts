import { afterEach, beforeEach, expect, test } from "vitest";
import { decimal, plain } from "../../src/domain/money.ts";
import { Secret } from "../../src/domain/secret.ts";
import { wallMs } from "../../src/domain/time.ts";
import type { LiveVenue } from "../../src/ports/live-venue.ts";
import { openCcxtWire } from "../../src/venues/ccxt/wire.ts";
import { openPerpetualVenue } from "../../src/venues/perpetual.ts";
import { BLOFIN } from "../../src/venues/quirks/blofin.ts";
import { KEY, Stage } from "../exchange/blofin-stage.ts";
import type { Fault } from "../kit/exchange/faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { order, refTo, SYMBOL, stop } from "./perpetual-rig.ts";

let stage: Stage;
let server: ExchangeServer;
let venue: LiveVenue;
let tokens = 0;

beforeEach(async () => {
  stage = new Stage({ limits: false });
  server = new ExchangeServer({ doors: { "/demo": stage.door }, now: () => stage.nowMs });
  const apiUrl = await server.listen();
  const startedMs = performance.now();
  const clock = {
    wall: () => wallMs(stage.nowMs),
    monotonicMs: () => performance.now() - startedMs,
    sleep: (delayMs: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(delayMs, 200));
        signal?.addEventListener("abort", () => [clearTimeout(timer), resolve()]);
      }),
    breathe: async () => {},
  };
  const chance = {
    token: (length: number) => {
      tokens += 1;
      return String(tokens).padStart(length, "n");
    },
    bytes: (length: number) => Buffer.alloc(length),
  };
  const credentials = { apiKey: new Secret(KEY.key), secret: new Secret(KEY.secret), passphrase: new Secret(KEY.passphrase) };
  const wire = await openCcxtWire({ exchangeId: "blofin", environment: "demo", credentials, apiUrl, clock, chance });
  venue = openPerpetualVenue({ wire, quirks: BLOFIN, environment: "demo", clock });
  await venue.instruments();
});

afterEach(async () => {
  await venue.close();
  await server.close();
});

/** The next request whose path ends so goes wrong. */
function next(path: string, fault: Omit<Fault, "id">): void {
  let armed = true;
  server.faults = {
    next: (request) => {
      if (!armed || !request.path.endsWith(path)) return undefined;
      armed = false;
      return { id: "E0", ...fault };
    },
  };
}

test("an order's whole life passes through the real ccxt class over a socket", async () => {
  expect(await venue.checkKey()).toMatchObject({ mayOrder: true });
  await venue.prepare(SYMBOL, 5);
  expect((await venue.place(order())).kind).toBe("accepted");
  const placed = await venue.place(stop({ takePrice: decimal(63_000) }));
  const ref = refTo(stop(), placed.kind === "accepted" ? placed.venueOrderIds : []);
  expect((await venue.openOrders(SYMBOL)).length).toBe(1);
  expect((await venue.positions()).held.map(({ quantity, leverage }) => [plain(quantity), leverage])).toEqual([["0.01", 5]]);
  expect(await venue.cancel(ref)).toEqual({ kind: "canceled" });
  expect((await venue.place(order({ clientOrderId: "out", side: "sell", reduces: true }))).kind).toBe("accepted");
  expect((await venue.fills(SYMBOL, undefined, 0)).fills.length).toBe(2);
  const usdt = (await venue.balances()).get("USDT")!;
  expect(plain(usdt.free)).toBe(plain(stage.account.balance));
  expect(venue.clock()!.uncertaintyMs).toBeLessThan(1_500);
});

const AFTER: readonly (readonly [string, Omit<Fault, "id">])[] = [
  ["its answer was lost", { answer: "lost" }],
  ["its answer was cut by a reset", { answer: "reset" }],
  ["its answer was empty", { answer: "empty" }],
  ["its answer was torn", { answer: "torn" }],
  ["its answer was a page of HTML", { answer: "html" }],
  ["its answer had another shape", { answer: "wrong-shape" }],
  [
    "the venue said 503 after it had accepted",
    { answer: { status: 503, headers: {}, body: '{"code":"503","msg":"Service Unavailable"}' } },
  ],
  [
    "the venue said 103013 after it had accepted",
    { answer: { status: 200, headers: {}, body: '{"code":"103013","msg":"Internal error","data":null}' } },
  ],
  ["a 302 pointed elsewhere", { answer: { status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "" } }],
];
for (const [what, fault] of AFTER)
  test(`an order is unknown when ${what}, and is found then`, async () => {
    next("/trade/order", fault);
    expect((await venue.place(order())).kind).toBe("unknown");
    const found = await venue.find(refTo(order()));
    expect(found.kind === "found" && found.order.status).toBe("filled");
    expect(stage.account.orders.all().length).toBe(1);
  });

test("an order that was lost on the way is unknown, and absent in every list", async () => {
  next("/trade/order", { lost: "on-the-way" });
  expect((await venue.place(order())).kind).toBe("unknown");
  expect(await venue.find(refTo(order()))).toEqual({ kind: "absent" });
});

test("a firewall page for an order is unknown and for a read no reading", async () => {
  next("/trade/order", { instead: { status: 403, headers: {}, body: "<html>403</html>" } });
  expect((await venue.place(order())).kind).toBe("unknown");
  next("/account/positions", { instead: { status: 403, headers: {}, body: "<html>403</html>" } });
  await expect(venue.positions()).rejects.toThrow(/^Blofin could not be asked for positions \(HTTP 403\)$/);
});

test("no text of the venue holds an address, a key or a signature", async () => {
  for (const answer of ["lost", "reset", "empty", "torn", "html", "wrong-shape"] as const) {
    next("/account/positions", { answer });
    const thrown: unknown = await venue.positions().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    for (const secret of [...Object.values(KEY), "127.0.0.1", "http:", "ACCESS"]) expect((thrown as Error).message).not.toContain(secret);
  }
});
