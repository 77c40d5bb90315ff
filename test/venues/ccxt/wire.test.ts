import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/domain/secret.ts";
import { systemClock } from "../../../src/system/clock.ts";
import { openSigner } from "../../../src/venues/ccxt/signer.ts";
import { type CcxtWireOptions, openCcxtWire } from "../../../src/venues/ccxt/wire.ts";
import type { Wire, WireAnswer, WireCall } from "../../../src/venues/wire.ts";
import { canary } from "../../kit/canary/canary.ts";
import { FakeClock, seededChance } from "../../kit/fake-clock.ts";
import { RawServer } from "./raw-server.ts";

const KEY = canary("exchange key");
const SECRET = canary("exchange secret");
const PASSPHRASE = canary("exchange passphrase", 20);
const credentials = { apiKey: new Secret(KEY), secret: new Secret(SECRET), passphrase: new Secret(PASSPHRASE) };
const ORDER: WireCall = {
  method: "POST",
  path: "/api/v3/order",
  params: { symbol: "BTCUSDT", side: "BUY", quantity: "0.001", newClientOrderId: "ss1", type: "MARKET", newOrderRespType: "FULL" },
  signed: true,
  timeoutMs: 300,
};
const OPEN: WireCall = { method: "GET", path: "/api/v3/openOrders", params: { symbol: "BTCUSDT" }, signed: true, timeoutMs: 300 };
const TIME: WireCall = { method: "GET", path: "/api/v3/time", params: {}, signed: false, timeoutMs: 300 };

const server: { current: RawServer } = { current: new RawServer() };
const wires: Wire[] = [];
let apiUrl: string;

beforeEach(async () => {
  server.current = new RawServer();
  apiUrl = await server.current.listen();
});
afterEach(async () => {
  for (const wire of wires.splice(0)) await wire.close();
  await server.current.close();
});

async function open(options: Partial<CcxtWireOptions> = {}): Promise<Wire> {
  const chance = seededChance(7);
  const wire = await openCcxtWire({
    exchangeId: "binance",
    environment: "live",
    credentials,
    apiUrl,
    clock: systemClock(),
    chance,
    ...options,
  });
  wires.push(wire);
  return wire;
}

/** No text of an answer may name an address, a key or a signature. */
function expectClean(answer: WireAnswer): void {
  const text = JSON.stringify(answer);
  for (const leak of [KEY, SECRET, PASSPHRASE, "signature", "127.0.0.1", "http:"]) expect(text).not.toContain(leak);
}

describe("the wire of the Binance dialect through the real ccxt", () => {
  it("signs an order over its form body and sends nothing that was not asked for", async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const wire = await open({ clock });
    wire.setOffset(1_234);
    await wire.send(ORDER);
    const [request] = server.current.received;
    const form = new URLSearchParams(request!.body);
    const signature = form.get("signature");
    form.delete("signature");
    expect(Object.fromEntries(form)).toEqual({ ...ORDER.params, timestamp: "1700000001234", recvWindow: "5000" });
    expect(signature).toBe(createHmac("sha256", SECRET).update(form.toString()).digest("hex"));
    expect([request!.method, request!.url.pathname, request!.url.search]).toEqual(["POST", "/api/v3/order", ""]);
    expect(request!.headers["x-mbx-apikey"]).toBe(KEY);
    expect(request!.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  it("signs reads and cancels over their query, and leaves open calls without a key", async () => {
    const wire = await open();
    await wire.send(OPEN);
    await wire.send({ ...OPEN, method: "DELETE", path: "/api/v3/order", params: { symbol: "BTCUSDT", origClientOrderId: "ss1" } });
    await wire.send(TIME);
    const [read, cancel, time] = server.current.received;
    for (const { url, body } of [read!, cancel!]) {
      const [text, signature] = url.search.slice(1).split("&signature=");
      expect(signature).toBe(createHmac("sha256", SECRET).update(text!).digest("hex"));
      expect(body).toBe("");
    }
    expect([time!.url.search, time!.headers["x-mbx-apikey"]]).toEqual(["", undefined]);
  });

  it("sends nothing that changes anything while the account is another process's, asked once it is signed, and reads on", async () => {
    const told: string[] = [];
    class Listening extends FakeClock {
      override wall() {
        told.push("signed");
        return super.wall();
      }
    }
    const barred = () => {
      told.push("asked");
      return "another process has taken it";
    };
    const wire = await open({ clock: new Listening(), barred });
    expect(await wire.send(ORDER)).toEqual({ phase: "not-sent", reason: "another process has taken it" });
    expect([told[0], told.at(-1)]).toEqual(["signed", "asked"]);
    expect(await wire.send({ ...OPEN, method: "DELETE" })).toMatchObject({ phase: "not-sent" });
    expect(server.current.received).toEqual([]);
    expect(await wire.send(OPEN)).toMatchObject({ phase: "answered" });
  });

  it("does not send a call that its caller takes back in the last moment, and sends the others", async () => {
    const wire = await open();
    expect(await wire.send({ ...ORDER, barred: () => "halted: enough" })).toEqual({ phase: "not-sent", reason: "halted: enough" });
    expect(server.current.received).toEqual([]);
    expect(await wire.send({ ...ORDER, barred: () => undefined })).toMatchObject({ phase: "answered" });
  });

  it("reaches the rights of a key in the live world, and the demo world under its own folder without them", async () => {
    const rights: WireCall = { ...OPEN, path: "/sapi/v1/account/apiRestrictions", params: {} };
    await (await open()).send(rights);
    const demo = await open({ environment: "demo" });
    await demo.send(OPEN);
    expect(await demo.send(rights)).toMatchObject({ phase: "not-sent" });
    expect(server.current.received.map(({ url }) => url.pathname)).toEqual(["/sapi/v1/account/apiRestrictions", "/demo/api/v3/openOrders"]);
  });

  it("answers status, headers and body as data, packed or not", async () => {
    const wire = await open();
    server.current.answer = (response) =>
      response.writeHead(418, { "retry-after": "120", "content-encoding": "gzip" }).end(gzipSync('{"code":-1003}'));
    const answer = await wire.send(OPEN);
    expect(answer).toMatchObject({ phase: "answered", status: 418, body: { code: -1003 } });
    if (answer.phase === "answered") expect(answer.headers.get("retry-after")).toBe("120");
  });

  it.each([
    ["an empty body", 200, ""],
    ["a torn body", 200, '{"orderId":1'],
    ["a page of HTML", 502, "<html>Bad gateway</html>"],
  ])("answers %s without a body", async (_what, status, text) => {
    server.current.answer = (response) => response.writeHead(status).end(text);
    expect(await (await open()).send(ORDER)).toMatchObject({ phase: "answered", status, body: undefined });
  });

  it("follows no redirect, repeats nothing after a 421 and nothing else", async () => {
    const wire = await open();
    for (const status of [302, 307, 421, 503]) {
      server.current.answer = (response) => response.writeHead(status, { location: `${apiUrl}/api/v3/elsewhere` }).end();
      expect(await wire.send(ORDER)).toMatchObject({ phase: "answered", status });
    }
    expect(server.current.received.map(({ url }) => url.pathname)).toEqual(Array.from({ length: 4 }, () => "/api/v3/order"));
  });
});

describe("how far a call came", () => {
  it("is `not sent` when the connection was refused or the name is unknown", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const address = closed.address();
    const port = typeof address === "object" ? address?.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const answer = await (await open({ apiUrl: `http://127.0.0.1:${port}` })).send(ORDER);
    expect(answer).toEqual({ phase: "not-sent", reason: "no connection: ECONNREFUSED" });
    expectClean(answer);
  });

  it.each(["reset", "stall", "half", "silence"] as const)("is lost after a %s, within the deadline", async (fault) => {
    const wire = await open();
    server.current.answer = (response) => {
      if (fault === "reset") response.socket?.resetAndDestroy();
      if (fault === "stall") response.writeHead(200, { "content-length": "100" }).write('{"orderId":');
      if (fault === "half") {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"orderId":');
        response.socket?.end();
      }
    };
    const answer = await wire.send(ORDER);
    expect(answer.phase).toBe("lost");
    expectClean(answer);
    expect(server.current.received).toHaveLength(1);
  });

  it("is lost, not repeated, when a kept connection dies under a request", async () => {
    const wire = await open();
    await wire.send(OPEN);
    server.current.answer = (response) => response.socket?.destroy();
    expect(await wire.send(ORDER)).toMatchObject({ phase: "lost" });
    expect(server.current.received).toHaveLength(2);
  });

  it("is lost or not sent when the wire closes", async () => {
    const wire = await open();
    server.current.answer = () => {};
    const sent = wire.send({ ...ORDER, timeoutMs: 60_000 });
    while (server.current.received.length === 0) await systemClock().breathe();
    await wire.close();
    expect(await sent).toEqual({ phase: "lost", reason: "no whole answer: the desk is closing" });
    expect(await wire.send(ORDER)).toMatchObject({ phase: "not-sent" });
  });

  it("is `not sent` for a call without a key or of another API", async () => {
    const keyless = await open({ credentials: undefined });
    expect(await keyless.send(ORDER)).toEqual({ phase: "not-sent", reason: "the call could not be signed" });
    const wire = await open();
    for (const path of ["/fapi/v1/order", "/api/v1/trade/order", "https://example.com/api/v3/order"])
      expect(await wire.send({ ...ORDER, path })).toMatchObject({ phase: "not-sent" });
    expect(server.current.received).toEqual([]);
  });
});

describe("the worlds of an exchange", () => {
  it.each([
    ["binance", "live", "/api/v3/order", "https://api.binance.com"],
    ["binance", "live", "/sapi/v1/account/apiRestrictions", "https://api.binance.com"],
    ["binance", "demo", "/api/v3/order", "https://demo-api.binance.com"],
    ["binanceus", "live", "/api/v3/order", "https://api.binance.us"],
    ["blofin", "live", "/api/v1/trade/order", "https://openapi.blofin.com"],
    ["blofin", "demo", "/api/v1/trade/order", "https://demo-trading-openapi.blofin.com"],
  ] as const)("signs calls of %s %s for %s to %s and nowhere else", async (exchangeId, environment, path, origin) => {
    const options = { exchangeId, environment, credentials, clock: systemClock(), chance: seededChance(7) };
    const signer = await openSigner(options);
    expect(signer.origin).toBe(origin);
    expect(signer.sign({ ...OPEN, path })?.url.href.startsWith(`${origin}${path}?`)).toBe(true);
  });

  it("refuses a demo world that does not exist by name, and addresses that are not this machine's", async () => {
    await expect(open({ exchangeId: "binanceus", environment: "demo" })).rejects.toThrow("Binance.US has no demo world");
    await expect(open({ apiUrl: "https://api.binance.com" })).rejects.toThrow("BINANCE_API_URL: api.binance.com is not this machine");
  });
});

describe("the wire of Blofin through the real ccxt", () => {
  const place: WireCall = {
    method: "POST",
    path: "/api/v1/trade/order",
    params: { instId: "BTC-USDT", size: "0.1", clientOrderId: "ss1" },
    signed: true,
    timeoutMs: 300,
  };

  it.each(["live", "demo"] as const)("signs each request in the %s world over its own nonce", async (environment) => {
    const wire = await open({ exchangeId: "blofin", environment });
    await Promise.all(Array.from({ length: 5 }, () => wire.send(place)));
    await wire.send({ ...place, path: "/api/v1/trade/cancel-tpsl", params: [{ instId: "BTC-USDT", tpslId: "1" }] });
    await wire.send({ ...place, method: "GET", path: "/api/v1/trade/order-detail", params: { instId: "BTC-USDT", clientOrderId: "ss1" } });
    expect(server.current.received).toHaveLength(7);
    for (const { method, url, headers, body } of server.current.received) {
      const path = `${url.pathname.replace(/^\/demo/, "")}${url.search}`;
      const text = `${path}${method}${headers["access-timestamp"]}${headers["access-nonce"]}${body}`;
      const hex = createHmac("sha256", SECRET).update(text).digest("hex");
      expect(headers["access-sign"]).toBe(Buffer.from(hex).toString("base64"));
      expect([headers["access-key"], headers["access-passphrase"]]).toEqual([KEY, PASSPHRASE]);
      expect(url.pathname.startsWith("/demo/")).toBe(environment === "demo");
    }
    expect(new Set(server.current.received.map(({ headers }) => headers["access-nonce"])).size).toBe(7);
    expect(JSON.parse(server.current.received[0]!.body)).toEqual(place.params);
    expect(JSON.parse(server.current.received[5]!.body)).toEqual([{ instId: "BTC-USDT", tpslId: "1" }]);
  });
});
