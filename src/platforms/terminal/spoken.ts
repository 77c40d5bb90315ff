import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/time.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { View } from "../../ports/view.ts";
import { cut } from "./text.ts";

/** How far a scripted market moves. */
export type Span = { readonly forMs: number } | "end";

/** What the terminal does by itself. */
export type OwnWord = { readonly kind: "end" | "clear" } | { readonly kind: "wait"; readonly span: Span | undefined };

/** Longest span of one `wait`. */
const WAIT_DAYS_MAX = 3_660;
const SPAN = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/i;
const FOUND_WIDTH_MAX = 60;

export const OWN_WORDS = ["wait", "clear", "exit", "quit"] as const;

/** Reads `wait 2h`, `wait until:end`, `exit`, `quit` and, where a screen can be cleared, `clear`. */
export function ownWord(line: string, canClear: boolean): OwnWord | undefined {
  const [first = "", ...rest] = line.replace(/^\//, "").toLowerCase().split(/\s+/);
  if (first === "wait") return { kind: "wait", span: spanOf(rest.join("")) };
  if (rest.length > 0) return undefined;
  if (first === "exit" || first === "quit") return { kind: "end" };
  return first === "clear" && canClear ? { kind: "clear" } : undefined;
}

/** Said where `wait` was typed with what is no span. */
export function badSpan(line: string): View {
  const found = oneLine(line).replace(/^\/?wait\s*/i, "");
  const what = found === "" ? "nothing" : `"${cut(found, FOUND_WIDTH_MAX)}"`;
  return badView(`wait takes a span of market time such as 90m, 2h or 1d, at most ${WAIT_DAYS_MAX}d, or until:end; found ${what}.`);
}

/** A refusal or failure that the terminal itself tells: one sentence, and lines below it. */
export function badView(sentence: string, ...lines: readonly string[]): View {
  return { title: sentence, tone: "bad", lines, fields: [], buttons: [] };
}

/** A fact that the terminal itself tells, in one sentence. */
export function plainView(sentence: string): View {
  return { title: sentence, tone: "plain", lines: [], fields: [], buttons: [] };
}

function spanOf(text: string): Span | undefined {
  if (text === "until:end" || text === "end") return "end";
  const found = SPAN.exec(text.replace(/^for:/, ""));
  if (!found) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  const forMs = days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
  return forMs > 0 && forMs <= WAIT_DAYS_MAX * DAY_MS ? { forMs } : undefined;
}
