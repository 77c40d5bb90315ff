import { z } from "zod";
import type { CancelOutcome, PlaceOutcome, RejectCause } from "../../ports/live-venue.ts";
import type { WireAnswer } from "../wire.ts";

/** A 2xx with a JSON body; whether the body is the right one is still to be looked at. */
export interface Accepted {
  readonly kind: "answered";
  readonly body: unknown;
}
export type PlaceVerdict = Exclude<PlaceOutcome, { kind: "accepted" }> | Accepted;
export type CancelVerdict = Exclude<CancelOutcome, { kind: "canceled" }> | Accepted;

interface Row {
  readonly codes: (code: number) => boolean;
  /** Only with this in the venue's text. */
  readonly text?: RegExp;
  readonly cause: RejectCause;
}

const one =
  (...codes: number[]) =>
  (code: number) =>
    codes.includes(code);

/**
 * Answers that prove that no order exists. The venue refuses these before its matching engine or says with a text that we know that the engine did;
 * whatever is not here proves nothing. The first row that fits counts. Source: the exchange's page of errors.
 */
const REFUSALS: readonly Row[] = [
  { codes: one(-1013), cause: "rules" },
  { codes: one(-1121), cause: "symbol" },
  { codes: (code) => code <= -1100 && code >= -1199, cause: "parameters" },
  { codes: one(-1014, -1020), cause: "parameters" },
  { codes: one(-1021), cause: "clock" },
  { codes: one(-1002, -1022, -2014, -2015), cause: "key" },
  { codes: one(-1003, -1015), cause: "limit" },
  { codes: one(-2010), text: /insufficient balance/i, cause: "balance" },
  // Of a stop with a target, wrong relations mean that the price has passed one of the two.
  {
    codes: one(-2010),
    text: /would trigger immediately|would immediately match and take|relationship of the prices/i,
    cause: "would-trigger",
  },
  {
    codes: one(-2010),
    text: /market is closed|(?:not permitted|restricted) for this account|not supported (?:on|for) this symbol|price \* qty is zero or less|liquidity is less than/i,
    cause: "symbol",
  },
  { codes: one(-2010), text: /trading is not enabled|action is disabled|may not place or cancel/i, cause: "venue" },
];
const CANCEL_REFUSALS: readonly Row[] = [
  { codes: one(-2011), text: /cancel restrictions|action is disabled|may not place or cancel|trading is not enabled/i, cause: "venue" },
  ...REFUSALS.filter(({ text }) => text === undefined),
];
/** "Unknown order": nothing is open under that id now. */
const GONE: readonly Row[] = [
  { codes: one(-2011), text: /unknown order/i, cause: "rules" },
  { codes: one(-2013), cause: "rules" },
];

const FAILURE = z.object({ code: z.number(), msg: z.string().optional() });
const TEXT_CHARS_MAX = 160;
const MS_PER_SECOND = 1_000;
/** The longest ban that the exchange documents. */
const RETRY_AFTER_MAX_MS = 3 * 24 * 3_600_000;

/** What the venue's answer to placing an order proves, by phase, HTTP status, code and text. Pure. */
export function placeVerdict(answer: WireAnswer): PlaceVerdict {
  const verdict = verdictOf(answer, REFUSALS);
  return verdict.kind === "gone" ? { kind: "unknown", reason: "the venue said that there is no such order" } : verdict;
}

/** What the venue's answer to canceling proves. Pure. */
export function cancelVerdict(answer: WireAnswer): CancelVerdict {
  const { code, text } = failureOf(answer);
  if (answer.phase === "answered" && isRefusal(answer.status) && GONE.some((row) => fits(row, code, text))) return { kind: "gone" };
  return verdictOf(answer, CANCEL_REFUSALS);
}

/** Code and text of an error body; zero and empty where there is none. The text is fit to be shown: short, and without anything that looks like a key. */
export function failureOf(answer: WireAnswer): { readonly code: number; readonly text: string } {
  const parsed = answer.phase === "answered" ? FAILURE.safeParse(answer.body) : undefined;
  if (!parsed?.success) return { code: 0, text: "" };
  const text = (parsed.data.msg ?? "").replace(/[A-Za-z0-9+/=_-]{32,}/g, "…");
  return { code: parsed.data.code, text: text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text };
}

/** How long the venue asked to wait; undefined when it did not say. */
export function retryAfterMsOf(answer: WireAnswer): number | undefined {
  if (answer.phase !== "answered") return answer.phase === "not-sent" ? answer.retryAfterMs : undefined;
  const waitMs = Number(answer.headers.get("retry-after")) * MS_PER_SECOND;
  return waitMs > 0 ? Math.min(waitMs, RETRY_AFTER_MAX_MS) : undefined;
}

function verdictOf(answer: WireAnswer, rows: readonly Row[]): PlaceVerdict | Extract<CancelVerdict, { kind: "gone" }> {
  const retryAfterMs = retryAfterMsOf(answer);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (answer.phase === "not-sent") return { kind: "not-sent", reason: answer.reason, ...wait };
  if (answer.phase === "lost") return { kind: "unknown", reason: answer.reason };
  const { status, body } = answer;
  if (status >= 200 && status < 300)
    return body === undefined ? { kind: "unknown", reason: `HTTP ${status} with an empty or torn body` } : { kind: "answered", body };
  const { code, text } = failureOf(answer);
  const said = `HTTP ${status}${code === 0 ? "" : `, code ${code}`}${text === "" ? "" : `: ${text}`}`;
  const row = isRefusal(status) ? rows.find((each) => fits(each, code, text)) : undefined;
  return row ? { kind: "rejected", code: String(code), cause: row.cause, reason: said, ...wait } : { kind: "unknown", reason: said };
}

/** 403 comes from the firewall in front of the venue, 409 from calls that half succeed: neither refuses an order. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 403 && status !== 409;
}

function fits(row: Row, code: number, text: string): boolean {
  return row.codes(code) && (row.text === undefined || row.text.test(text));
}
