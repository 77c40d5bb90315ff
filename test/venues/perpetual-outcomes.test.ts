import { describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { cancelOutcome, placeOutcome } from "../../src/venues/perpetual/classify.ts";
import type { WireAnswer } from "../../src/venues/wire.ts";
import { KEY } from "../exchange/blofin-stage.ts";
import { order, Rig, refTo, SYMBOL, stop } from "./perpetual-rig.ts";

const OURS = { clientOrderId: "sst1", space: "orderId" } as const;

function answered(body: unknown, status = 200, headers: Record<string, string> = {}): WireAnswer {
  return { phase: "answered", status, headers: new Map(Object.entries(headers)), body };
}

/** The three shapes in which the venue may say one code. */
function shapes(code: string): unknown[] {
  const row = { orderId: null, clientOrderId: "sst1", msg: "words", code };
  return [
    { code: "0", msg: "", data: [row] },
    { code: "1", msg: "All operations failed", data: [row] },
    { code, msg: "words", data: null },
    { code: "0", msg: "", data: row },
  ];
}

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

const REJECTED: Readonly<Record<string, readonly string[]>> = {
  balance: ["103003", "150004"],
  rules: ["542", "102014", "102015", "102064", "102065"],
  "nothing-to-reduce": ["102005", "102022"],
  "would-trigger": ["102037", "102038", "102039", "102040", ...range(102_047, 102_055)],
  mode: ["102089", "110006", "110019"],
  parameters: [...range(152_001, 152_009), "152011", "152012", "152013", "152015", "152428"],
  symbol: ["152014"],
  key: ["401", "152401", "152402", "152404", "152406", "152408", "152409"],
  clock: ["152405", "152410"],
};
const UNKNOWN = [
  "150003",
  "102002",
  "102148",
  "152420",
  "152421",
  "152407",
  "152429",
  "103013",
  "500",
  "503",
  "1",
  "2",
  "424242",
  "abc",
  "-1",
];

describe("the outcome of placing an order", () => {
  for (const [cause, codes] of Object.entries(REJECTED))
    test(`is rejected with the cause "${cause}" for its codes, in every shape`, () => {
      for (const code of codes)
        for (const body of shapes(code)) expect(placeOutcome(answered(body), OURS), code).toMatchObject({ kind: "rejected", cause, code });
    });

  test("is unknown for ambiguous, duplicate and unlisted codes, in every shape", () => {
    for (const code of UNKNOWN) for (const body of shapes(code)) expect(placeOutcome(answered(body), OURS).kind, code).toBe("unknown");
  });

  test("is unknown for every 5xx, redirect and firewall answer, whatever its body says", () => {
    for (const status of [301, 302, 304, 403, 500, 502, 503, 504])
      for (const body of [...shapes("103003"), ...shapes("0"), undefined])
        expect(placeOutcome(answered(body, status), OURS).kind).toBe("unknown");
  });

  test("is unknown for empty, torn and wrong-shaped answers, and for those that name another order or none", () => {
    const good = { orderId: "7", clientOrderId: "sst1", code: "0", msg: "" };
    const bad: unknown[] = [
      undefined,
      null,
      [],
      {},
      "",
      0,
      { code: "0" },
      { code: "0", msg: "", data: [] },
      { code: "0", msg: "", data: null },
    ];
    const rows = [
      { ...good, orderId: null },
      { ...good, orderId: "" },
      { ...good, clientOrderId: "other" },
      { ...good, clientOrderId: "" },
      { ...good, orderId: { a: 1 } },
    ];
    for (const body of [...bad, ...rows.map((row) => ({ code: "0", msg: "", data: [row] })), { code: "0", msg: "", data: [good, good] }])
      expect(placeOutcome(answered(body), OURS).kind, JSON.stringify(body)).toBe("unknown");
    expect(placeOutcome(answered({ code: "0", msg: "", data: [good] }), OURS)).toEqual({
      kind: "accepted",
      venueOrderIds: ["7"],
      fills: [],
    });
  });

  test("is rejected by the limit with the wait that the answer names, and unknown when a 429 has no code", () => {
    const limited = answered({ code: "429", msg: "Too Many Requests" }, 429, { "retry-after": "12" });
    expect(placeOutcome(limited, OURS)).toMatchObject({ kind: "rejected", cause: "limit", retryAfterMs: 12_000 });
    expect(placeOutcome(answered(undefined, 429), OURS).kind).toBe("unknown");
  });

  test("a protective order's answer may leave our id out but not name another one", () => {
    const tpsl = { clientOrderId: "sst1", space: "tpslId" } as const;
    const body = (clientOrderId: string | null) =>
      answered({ code: "0", msg: "success", data: { tpslId: "1012", clientOrderId, code: "0", msg: null } });
    expect(placeOutcome(body(null), tpsl)).toEqual({ kind: "accepted", venueOrderIds: ["1012"], fills: [] });
    expect(placeOutcome(body("other"), tpsl).kind).toBe("unknown");
  });

  test("is not-sent only when no byte left, and unknown when it got lost", () => {
    expect(placeOutcome({ phase: "not-sent", reason: "refused" }, OURS)).toEqual({ kind: "not-sent", reason: "refused" });
    expect(placeOutcome({ phase: "lost", reason: "timeout" }, OURS)).toEqual({ kind: "unknown", reason: "timeout" });
  });
});

test("a cancel is gone by code or by words, and unknown where the venue failed inside", () => {
  const gone = "Cancel failed as the order has been filled, triggered, canceled or does not exist.";
  for (const code of ["102067", "102068", "1000"])
    for (const body of shapes(code)) expect(cancelOutcome(answered(body), "orderId").kind).toBe("gone");
  expect(
    cancelOutcome(answered({ code: "0", data: [{ tpslId: "1009", clientOrderId: null, code: "500", msg: gone }] }), "tpslId").kind,
  ).toBe("gone");
  for (const body of shapes("500")) expect(cancelOutcome(answered(body), "orderId").kind).toBe("unknown");
  expect(cancelOutcome(answered({ code: "0", data: [{ tpslId: "1009", clientOrderId: null }] }), "tpslId")).toEqual({ kind: "canceled" });
  expect(cancelOutcome(answered({ code: "0", data: { orderId: "1012", clientOrderId: null, code: "0", msg: null } }), "orderId")).toEqual({
    kind: "canceled",
  });
  expect(cancelOutcome(answered({ code: "0", data: [] }), "orderId").kind).toBe("unknown");
});

describe("against the simulated exchange", () => {
  for (const refusals of ["inner", "outer", "bare"] as const)
    test(`its refusals in the ${refusals} shape are understood`, async () => {
      const { venue } = new Rig({ limits: false, refusals });
      const cause = async (request: ReturnType<typeof order>) => {
        const outcome = await venue.place(request);
        return outcome.kind === "rejected" ? outcome.cause : outcome.kind;
      };
      expect(await cause(order({ quantity: decimal(2) }))).toBe("balance");
      expect(await cause(order({ quantity: decimal(21) }))).toBe("rules");
      expect(await cause(order({ kind: "limit", price: decimal(90_000) }))).toBe("rules");
      expect(await cause(order({ side: "sell", reduces: true }))).toBe("nothing-to-reduce");
      expect(await cause(stop())).toBe("nothing-to-reduce");
      expect(await cause(order())).toBe("accepted");
      expect(await cause(stop({ stopPrice: decimal(60_001) }))).toBe("would-trigger");
      expect(await cause(order())).toBe("unknown");
    });

  test("a clock that is 90 s off is measured from the first answer and the order goes through", async () => {
    const { venue, wire } = new Rig();
    wire.skewMs = -90_000;
    await venue.syncClock();
    expect(Math.abs(venue.clock()!.offsetMs - 90_000)).toBeLessThanOrEqual(venue.clock()!.uncertaintyMs);
    expect((await venue.place(order())).kind).toBe("accepted");
  });

  test("a refused timestamp is a rejection that measures the clock anew", async () => {
    const { venue, wire, stage } = new Rig();
    await venue.instruments();
    stage.pass(3_000);
    wire.setOffset = () => {};
    wire.offsetMs = 200_000;
    expect(await venue.place(order())).toMatchObject({ kind: "rejected", cause: "clock", code: "152405" });
  });

  test("each way in which a key is refused is one sentence without a secret", async () => {
    const said = async (change: (rig: Rig) => void): Promise<string> => {
      const rig = new Rig();
      change(rig);
      const thrown: unknown = await rig.venue.checkKey().catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(Error);
      const { message } = thrown as Error;
      for (const secret of Object.values(KEY)) expect(message).not.toContain(secret);
      return message;
    };
    expect(await said(({ stage }) => stage.exchange.revokeKey(KEY.key))).toMatch(/does not know this key in its demo world/);
    expect(await said(({ stage }) => stage.exchange.changeKey(KEY.key, { passphrase: "other" }))).toMatch(/passphrase/);
    expect(await said(({ stage }) => stage.exchange.changeKey(KEY.key, { strangeAddress: true }))).toMatch(/address/);
    expect(await said(({ stage }) => stage.exchange.changeKey(KEY.key, { rights: new Set(["READ"]) }))).toMatch(/may only read/);
    expect(await said(({ stage }) => stage.exchange.changeKey(KEY.key, { rights: new Set() }))).toMatch(/lacks a right/);
    expect(await new Rig().venue.checkKey()).toEqual({
      mayOrder: true,
      withdraw: undefined,
      transfer: undefined,
      addressRestricted: false,
    });
  });

  test("spoilt answers to reads are no reading and never an empty list", async () => {
    const bodies: unknown[] = [
      undefined,
      null,
      [],
      {},
      { code: 200 },
      { code: "0" },
      { code: "0", msg: "", data: {} },
      { code: "0", data: [{}] },
    ];
    for (const body of bodies) {
      const { venue, wire } = new Rig();
      await venue.instruments();
      wire.spoil = (call, answer) => (call.path.includes("market") || answer.phase !== "answered" ? undefined : { ...answer, body });
      await expect(venue.positions(), JSON.stringify(body)).rejects.toThrow(/could not be asked/);
      await expect(venue.openOrders(SYMBOL)).rejects.toThrow(/could not be asked/);
      await expect(venue.fills(SYMBOL, undefined, 0)).rejects.toThrow(/could not be asked/);
      await expect(venue.balances()).rejects.toThrow(/could not be asked/);
      expect((await venue.find(refTo(order()))).kind).toBe("no-reading");
    }
  });

  test("maintenance and the request limit are no reading, and an order then is unknown or rejected by the limit", async () => {
    const { venue, stage } = new Rig({ limits: true });
    await venue.instruments();
    stage.door.maintenance = true;
    expect((await venue.place(order())).kind).toBe("unknown");
    expect((await venue.find(refTo(order()))).kind).toBe("no-reading");
    stage.door.maintenance = false;
    const outcomes = [];
    for (let index = 0; index < 31; index += 1)
      outcomes.push(await venue.place(order({ clientOrderId: `o${index}`, quantity: decimal("0.0001") })));
    expect(outcomes.at(-1)).toMatchObject({ kind: "rejected", cause: "limit" });
    expect(outcomes.filter(({ kind }) => kind === "accepted").length).toBe(30);
  });
});
