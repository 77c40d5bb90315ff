import type { RejectCause } from "../../ports/live-venue.ts";

/** What a code of the venue proves about an order that was to be placed. */
export type Verdict = { readonly kind: "rejected"; readonly cause: RejectCause } | { readonly kind: "unknown"; readonly why: string };

interface Row {
  readonly from: number;
  readonly to: number;
  readonly verdict: Verdict;
}

function rejected(cause: RejectCause, ...codes: readonly (number | readonly [number, number])[]): Row[] {
  return rows({ kind: "rejected", cause }, codes);
}

function unknown(why: string, ...codes: readonly (number | readonly [number, number])[]): Row[] {
  return rows({ kind: "unknown", why }, codes);
}

function rows(verdict: Verdict, codes: readonly (number | readonly [number, number])[]): Row[] {
  return codes.map((code) => (typeof code === "number" ? { from: code, to: code, verdict } : { from: code[0], to: code[1], verdict }));
}

/**
 * The allow-list of proofs (what is not in it proves nothing), and the codes that are known to be ambiguous, by name. The venue lists its codes in
 * "Errors"; the first row that holds a code decides.
 */
const TABLE: readonly Row[] = [
  ...rejected("balance", 103003, 150004),
  ...rejected("rules", 542, 102014, 102015, 102064, 102065),
  ...rejected("nothing-to-reduce", 102005, 102022),
  ...rejected("would-trigger", [102037, 102040], [102047, 102055]),
  ...rejected("mode", 102089, 110006, 110019),
  ...rejected("symbol", 152014),
  ...rejected("key", 401, 152401, 152402, 152404, 152406, 152408, 152409),
  ...rejected("clock", 152405, 152410),
  ...rejected("limit", 429),
  ...rejected("parameters", [152001, 152009], [152011, 152013], 152015, 152428),
  ...unknown("already placed under this id, or by a copy of this request", 150003, 102002, 102148, 152420, 152421),
  ...unknown("a copy of this request may have got in first", 152407, 152429),
  ...unknown("the venue failed inside", 103013, 500, 503),
];

/** The same by code: every answer of the venue is looked up. */
const VERDICTS: ReadonlyMap<number, Verdict> = new Map(
  TABLE.toReversed().flatMap(({ from, to, verdict }) => Array.from({ length: to - from + 1 }, (_, index) => [from + index, verdict])),
);
const UNLISTED: Verdict = { kind: "unknown", why: "a code that is not on the list of proofs" };

/** The verdict on a code, as text from the wire. A code that is on no list proves nothing. */
export function verdictOn(code: string): Verdict {
  return (/^\d{1,9}$/.test(code) && VERDICTS.get(Number(code))) || UNLISTED;
}

/** Codes by which a cancel is told that nothing rests under its id. */
export const GONE_CODES: ReadonlySet<string> = new Set(["102067", "102068", "1000"]);
/** The same in words, which come with code 500 from the orders that wait for a trigger. */
export const GONE_TEXT = /has been filled, triggered, canceled or does not exist/i;
