import type { z } from "zod";
import type { CancelOutcome, PlaceOutcome } from "../../ports/live-venue.ts";
import type { WireAnswer } from "../wire.ts";
import { GONE_CODES, GONE_TEXT, verdictOn } from "./codes.ts";
import { ENVELOPE, PLACED } from "./shapes.ts";

const TEXT_CHARS_MAX = 160;
const SECOND_MS = 1_000;
const RETRY_AFTER_S_MAX = 4 * 86_400;

/** One code for an answer: the inner one where there is one that is not 0, else the outer one. */
interface Judged {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  /** The row of the one order, when the answer has one. */
  readonly row: z.output<typeof PLACED> | undefined;
  readonly retryAfterMs: number | undefined;
}

type Answered = Extract<WireAnswer, { readonly phase: "answered" }>;

/** Reads code, words and row of a whole answer; undefined when it is not in the venue's form. */
export function judged(answer: Answered): Judged | undefined {
  const envelope = ENVELOPE.safeParse(answer.body).data;
  if (!envelope) return undefined;
  const row = rowOf(envelope.data);
  const inner = row?.code ?? "";
  const useInner = inner !== "" && inner !== "0";
  const text = tidy((useInner ? row?.msg : envelope.msg) ?? envelope.msg ?? "");
  return { status: answer.status, code: useInner ? inner : envelope.code, text, row, retryAfterMs: retryAfterMsOf(answer) };
}

/** The row of the one order; lists of several rows, which most reads answer, are not looked through for it. */
function rowOf(data: unknown): Judged["row"] {
  if (Array.isArray(data) && data.length !== 1) return undefined;
  return PLACED.safeParse(Array.isArray(data) ? data[0] : data).data;
}

/** Words of a venue for a sentence of ours: one line, of bounded length. */
function tidy(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, TEXT_CHARS_MAX);
}

/** Milliseconds of a `Retry-After` in seconds, where it has a sane one. */
export function retryAfterMsOf(answer: Answered): number | undefined {
  const text = answer.headers.get("retry-after");
  if (text === undefined || !/^\d{1,7}$/.test(text)) return undefined;
  return Math.min(Number(text), RETRY_AFTER_S_MAX) * SECOND_MS;
}

function said({ code, text, status }: Judged): string {
  return `${status === 200 ? "" : `HTTP ${status}, `}code ${code}${text === "" ? "" : `: ${text}`}`;
}

/** Which id the answer must name. A `tpsl` answer may leave our own id out; no answer may name another one. */
export interface Placing {
  readonly clientOrderId: string;
  readonly space: "orderId" | "tpslId";
}

/** What the answer to one order proves: phase first, then HTTP status, then code. Everything that proves nothing is unknown. */
export function placeOutcome(answer: WireAnswer, placing: Placing): PlaceOutcome {
  const judgement = proofIn(answer);
  if ("kind" in judgement) return judgement;
  const { code, row, status, retryAfterMs } = judgement;
  if (code === "0") {
    const id = row?.[placing.space] ?? "";
    const ours = row?.clientOrderId === placing.clientOrderId || (placing.space === "tpslId" && row?.clientOrderId === "");
    if (status < 300 && id !== "" && ours) return { kind: "accepted", venueOrderIds: [id], fills: [] };
    return { kind: "unknown", reason: "an answer that does not name our order" };
  }
  const verdict = verdictOn(code);
  if (verdict.kind === "unknown") return { kind: "unknown", reason: `${said(judgement)} (${verdict.why})` };
  return { ...verdict, code, reason: said(judgement), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** What a whole answer in the venue's form says, or why there is none: the phase comes first, then the HTTP status, then the form. */
function proofIn(answer: WireAnswer): Judged | { readonly kind: "not-sent" | "unknown"; readonly reason: string } {
  if (answer.phase === "not-sent") return { kind: "not-sent", reason: answer.reason };
  if (answer.phase === "lost") return { kind: "unknown", reason: answer.reason };
  const blind = proofless(answer);
  if (blind !== undefined) return { kind: "unknown", reason: blind };
  return judged(answer) ?? { kind: "unknown", reason: "an answer that is not in the venue's form" };
}

/** Why the HTTP status alone makes an answer worthless as proof. */
function proofless({ status }: Answered): string | undefined {
  if (status >= 500) return `HTTP ${status}`;
  if (status === 403) return "HTTP 403: the venue's firewall";
  if (status < 200 || (status >= 300 && status < 400)) return `HTTP ${status}`;
  return undefined;
}

/** What the answer to a cancel proves. "Not there" is never proof that the order did not fill. */
export function cancelOutcome(answer: WireAnswer, space: "orderId" | "tpslId"): CancelOutcome {
  const judgement = proofIn(answer);
  if ("kind" in judgement) return judgement;
  const { code, row, status, text } = judgement;
  if (code === "0") {
    if (status < 300 && row && row[space] !== "") return { kind: "canceled" };
    return { kind: "unknown", reason: "an answer that does not name our order" };
  }
  if (GONE_CODES.has(code) || (code === "500" && GONE_TEXT.test(text))) return { kind: "gone" };
  const verdict = verdictOn(code);
  if (verdict.kind === "unknown") return { kind: "unknown", reason: `${said(judgement)} (${verdict.why})` };
  return { kind: "rejected", code, cause: verdict.cause, reason: said(judgement) };
}
