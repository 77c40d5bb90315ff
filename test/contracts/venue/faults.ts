import type { Fault } from "../../kit/exchange/faults.ts";

type Spoilt = { readonly name: string; readonly fault: Omit<Fault, "id">; readonly accepted: boolean };

const HTML = { "content-type": "text/html" };

/** What can happen to an order on the transport without anybody knowing whether it arrived. `accepted`: it did. */
export const LOST_ORDERS: readonly Spoilt[] = [
  { name: "the request is lost on its way", fault: { lost: "on-the-way" }, accepted: false },
  { name: "the connection dies under the request", fault: { lost: "before-bytes" }, accepted: false },
  { name: "the answer is lost", fault: { answer: "lost" }, accepted: true },
  { name: "the connection is reset after the exchange has accepted", fault: { answer: "reset" }, accepted: true },
  { name: "the answer stalls in the middle of its body", fault: { answer: "stall" }, accepted: true },
  { name: "the answer is empty", fault: { answer: "empty" }, accepted: true },
  { name: "the answer is torn", fault: { answer: "torn" }, accepted: true },
  { name: "the answer is a page of HTML", fault: { answer: "html" }, accepted: true },
  { name: "the answer has another shape", fault: { answer: "wrong-shape" }, accepted: true },
  { name: "the answer is null", fault: { answer: { status: 200, headers: {}, body: "null" } }, accepted: true },
  {
    name: "the answer holds numbers beyond all bounds",
    fault: { answer: { status: 200, headers: {}, body: '{"orderId":1e400}' } },
    accepted: true,
  },
  { name: "a proxy answers 500", fault: { instead: { status: 500, headers: HTML, body: "<html>" } }, accepted: false },
  { name: "a proxy answers 502 with HTML", fault: { instead: { status: 502, headers: HTML, body: "<html>" } }, accepted: false },
  {
    name: "the gateway answers 504 after the exchange has accepted",
    fault: { answer: { status: 504, headers: HTML, body: "" } },
    accepted: true,
  },
  { name: "the exchange answers 503 after it has accepted", fault: { answer: { status: 503, headers: {}, body: "{}" } }, accepted: true },
  { name: "the firewall answers 403", fault: { instead: { status: 403, headers: HTML, body: "<html>" } }, accepted: false },
  { name: "a redirect is answered", fault: { instead: { status: 302, headers: { location: "/elsewhere" }, body: "" } }, accepted: false },
];

/** What makes an answer to a read worthless. */
export const SPOILT_READS: readonly { readonly name: string; readonly fault: Omit<Fault, "id"> }[] = [
  { name: "is lost", fault: { lost: "on-the-way" } },
  { name: "is reset", fault: { answer: "reset" } },
  { name: "stalls", fault: { answer: "stall" } },
  { name: "is empty", fault: { answer: "empty" } },
  { name: "is torn", fault: { answer: "torn" } },
  { name: "is HTML", fault: { answer: "html" } },
  { name: "has another shape", fault: { answer: "wrong-shape" } },
  { name: "is null", fault: { answer: { status: 200, headers: {}, body: "null" } } },
  { name: "is 502", fault: { instead: { status: 502, headers: HTML, body: "<html>" } } },
  { name: "is 503", fault: { instead: { status: 503, headers: {}, body: "{}" } } },
  { name: "is a redirect", fault: { instead: { status: 302, headers: { location: "/elsewhere" }, body: "" } } },
];
