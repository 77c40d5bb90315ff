import { describe, expect, it } from "vitest";
import { cancelVerdict, failureOf, placeVerdict } from "../../../src/venues/spot/classify.ts";
import { answered, refused } from "./scripted-wire.ts";

describe("what an answer to placing an order proves", () => {
  it.each([
    [-1013, "Filter failure: LOT_SIZE", "rules"],
    [-1013, "Filter failure: NOTIONAL", "rules"],
    [-1121, "Invalid symbol.", "symbol"],
    [-1100, "Illegal characters found in a parameter.", "parameters"],
    [-1104, "Not all sent parameters were read; read 8 parameters but was sent 9.", "parameters"],
    [-1106, "Parameter 'price' sent when not required.", "parameters"],
    [-1199, "Some parameter.", "parameters"],
    [-1014, "Unsupported order combination.", "parameters"],
    [-1020, "This operation is not supported.", "parameters"],
    [-1021, "Timestamp for this request is outside of the recvWindow.", "clock"],
    [-1002, "You are not authorized to execute this request.", "key"],
    [-1022, "Signature for this request is not valid.", "key"],
    [-2014, "API-key format invalid.", "key"],
    [-2015, "Invalid API-key, IP, or permissions for action.", "key"],
    [-1015, "Too many new orders; current limit is 100 orders per 10 SECOND.", "limit"],
    [-2010, "Account has insufficient balance for requested action.", "balance"],
    [-2010, "Market is closed.", "symbol"],
    [-2010, "This symbol is not permitted for this account.", "symbol"],
    [-2010, "This symbol is restricted for this account.", "symbol"],
    [-2010, "Stop loss limit orders are not supported for this symbol.", "symbol"],
    [-2010, "Price * QTY is zero or less.", "symbol"],
    [-2010, "Order book liquidity is less than LOT_SIZE filter minimum quantity.", "symbol"],
    [-2010, "Rest API trading is not enabled.", "venue"],
    [-2010, "This action is disabled on this account.", "venue"],
    [-2010, "This account may not place or cancel orders.", "venue"],
    [-2010, "Stop price would trigger immediately.", "would-trigger"],
    [-2010, "Order would immediately match and take.", "would-trigger"],
    [-2010, "The relationship of the prices for the orders is not correct.", "would-trigger"],
  ])("code %i with the text %j is a rejection that asks for %s", (code, text, cause) => {
    expect(placeVerdict(refused(code, text))).toEqual({
      kind: "rejected",
      code: String(code),
      cause,
      reason: `HTTP 400, code ${code}: ${text}`,
    });
  });

  it.each([
    [-2010, "Duplicate order sent."],
    [-2010, "Something that nobody has seen yet."],
    [-1010, "ERROR_MSG_RECEIVED"],
    [-1000, "An unknown error occurred while processing the request."],
    [-1001, "Internal error; unable to process your request. Please try again."],
    [-1006, "An unexpected response was received from the message bus. Execution status unknown."],
    [-1007, "Timeout waiting for response from backend server. Send status unknown; execution status unknown."],
    [-1008, "Server is currently overloaded with other requests."],
    [-1016, "This service is no longer available."],
    [-2021, "Order cancel-replace partially failed."],
    [-2022, "Order cancel-replace failed."],
    [-2013, "Order does not exist."],
  ])("code %i with the text %j proves nothing", (code, text) => {
    expect(placeVerdict(refused(code, text))).toMatchObject({ kind: "unknown" });
  });

  it.each([
    [500, -1000],
    [502, -1013],
    [503, -1008],
    [504, -1007],
    [409, -2010],
    [403, -2015],
    [302, -1013],
  ])("HTTP %i proves nothing, whatever its body says (%i)", (status, code) => {
    expect(placeVerdict(refused(code, "Account has insufficient balance.", status))).toMatchObject({ kind: "unknown" });
  });

  it.each([
    ["a body that is no JSON", undefined],
    ["a list", []],
    ["a body without a code", { msg: "Filter failure: LOT_SIZE" }],
    ["a code in a text", { code: "-1013", msg: "Filter failure: LOT_SIZE" }],
  ])("a refusal with %s proves nothing", (_what, body) => {
    expect(placeVerdict(answered(400, body))).toEqual({ kind: "unknown", reason: "HTTP 400" });
  });

  it.each([429, 418])("HTTP %i with -1003 is a rejection that says how long to wait", (status) => {
    const answer = answered(status, { code: -1003, msg: "Way too much request weight used." }, { "retry-after": "120" });
    expect(placeVerdict(answer)).toMatchObject({ kind: "rejected", cause: "limit", retryAfterMs: 120_000 });
    expect(placeVerdict(answered(status, undefined, { "retry-after": "120" }))).toMatchObject({ kind: "unknown" });
  });

  it("no byte that left is `not sent`, and a lost answer is unknown", () => {
    expect(placeVerdict({ phase: "not-sent", reason: "refused", retryAfterMs: 5 })).toEqual({
      kind: "not-sent",
      reason: "refused",
      retryAfterMs: 5,
    });
    expect(placeVerdict({ phase: "lost", reason: "reset" })).toEqual({ kind: "unknown", reason: "reset" });
    expect(placeVerdict(answered(200, undefined))).toMatchObject({ kind: "unknown" });
    expect(placeVerdict(answered(200, { orderId: 1 }))).toEqual({ kind: "answered", body: { orderId: 1 } });
  });
});

describe("what an answer to canceling proves", () => {
  it.each([
    [-2011, "Unknown order sent."],
    [-2013, "Order does not exist."],
  ])("code %i (%s) says that nothing is open under that id now", (code, text) => {
    expect(cancelVerdict(refused(code, text))).toEqual({ kind: "gone" });
    expect(cancelVerdict(refused(code, text, 503))).toMatchObject({ kind: "unknown" });
  });

  it.each([
    [-2011, "Order was not canceled due to cancel restrictions.", "venue"],
    [-2011, "This account may not place or cancel orders.", "venue"],
    [-1021, "Timestamp for this request is outside of the recvWindow.", "clock"],
    [-2015, "Invalid API-key, IP, or permissions for action.", "key"],
    [-1102, "Mandatory parameter 'origClientOrderId' was not sent.", "parameters"],
    [-1003, "Too many requests.", "limit"],
  ])("code %i (%s) is a rejection that asks for %s", (code, text, cause) => {
    expect(cancelVerdict(refused(code, text))).toMatchObject({ kind: "rejected", cause });
  });

  it.each([-2011, -2010, -1006, -1007, -1000])("code %i with another text proves nothing", (code) => {
    expect(cancelVerdict(refused(code, "Something else."))).toMatchObject({ kind: "unknown" });
  });

  it("a lost or torn answer proves nothing", () => {
    expect(cancelVerdict({ phase: "lost", reason: "reset" })).toEqual({ kind: "unknown", reason: "reset" });
    expect(cancelVerdict(answered(200, undefined))).toMatchObject({ kind: "unknown" });
    expect(cancelVerdict({ phase: "not-sent", reason: "down" })).toEqual({ kind: "not-sent", reason: "down" });
  });
});

describe("the text of a refusal", () => {
  it("is short and holds nothing that looks like a key", () => {
    const key = "k".repeat(64);
    const { text } = failureOf(refused(-2014, `API-key ${key} invalid. ${"long ".repeat(100)}`));
    expect(text).not.toContain(key);
    expect(text.length).toBeLessThan(170);
  });
});
