import type { Advice, NoAdvice } from "../domain/advice.ts";
import { HOUR_MS, marketMs, wallMs } from "../domain/time.ts";
import { oneLine } from "../domain/visible-text.ts";
import type { RecommendationWire, Subject } from "./contract.ts";

/** Advice is worth nothing after so long, whatever the service says of it. */
export const VALID_MAX_MS = HOUR_MS;
const REASONS_MAX = 3;
const REASON_CHARS_MAX = 160;
/** What could be pressed, opened, run or taken for the desk's own markup. */
const REACH = /https?:|www\.|[<>`@[\]\\|{}*_~#]|(?<!\w)\/\w/i;

/** What an answer says of each symbol that was asked about. A symbol that was not asked about is nobody's business, and two opinions on one are none. */
export function adviceOf(
  subjects: readonly Subject[],
  recommendations: readonly RecommendationWire[],
  { question, nowMs }: { readonly question: string; readonly nowMs: number },
): Map<string, Advice | NoAdvice> {
  const bySymbol = Map.groupBy(recommendations, ({ symbol }) => symbol);
  return new Map(
    subjects.map(({ symbol, marketMs: atMs }): [string, Advice | NoAdvice] => {
      const [found, ...others] = bySymbol.get(symbol) ?? [];
      if (!found) return [symbol, { none: "the service said nothing on it" }];
      if (others.length > 0) return [symbol, { none: "the service contradicted itself on it" }];
      if (found.validUntilMs <= nowMs) return [symbol, { none: "its own time was up when it came" }];
      const { action, confidence } = found;
      const validUntilMs = wallMs(Math.min(found.validUntilMs, nowMs + VALID_MAX_MS));
      return [symbol, { action, confidence, reasons: shownReasons(found.reasons), marketMs: marketMs(atMs), validUntilMs, question }];
    }),
  );
}

/** The words that may be shown beside ours: one line each, cut, and nothing in them that could be pressed or run. */
function shownReasons(reasons: readonly string[]): string[] {
  return reasons
    .map((reason) => oneLine(reason))
    .filter((reason) => reason !== "" && !REACH.test(reason))
    .slice(0, REASONS_MAX)
    .map((reason) => reason.slice(0, REASON_CHARS_MAX));
}
