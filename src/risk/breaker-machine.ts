import type { BreakerName, BreakerSetting, OpenBreaker } from "../domain/breaker.ts";
import type { BreakerEvent } from "../domain/breaker-events.ts";
import type { Conversion } from "../domain/conversion.ts";
import type { RiskScope } from "../domain/limits.ts";
import { type MarketMs, marketMs } from "../domain/time.ts";
import { PROBED_SPAN_MAX_MS } from "./breaker-defaults.ts";
import { BREAKER_RULES, numberText } from "./breaker-rules.ts";

/** What a breaker reads now, with the numbers behind it in a clause. */
export interface Reading {
  readonly value: number;
  readonly because: string;
  /** By which prices money of several currencies was counted for it. */
  readonly conversions?: readonly Conversion[];
}

/** What is known of one breaker at one instant. */
export interface BreakerQuestion {
  readonly breaker: BreakerName;
  readonly scope: RiskScope;
  /** Undefined where it is off: what is open then still ends by its own time. */
  readonly setting: BreakerSetting | undefined;
  readonly open: OpenBreaker | undefined;
  /** Undefined where it cannot be read, which opens nothing. */
  readonly reading: Reading | undefined;
  /** What a half-open one was tried with has shown; undefined while it has shown nothing. */
  readonly evidence: "good" | "bad" | undefined;
  readonly nowMs: MarketMs;
  readonly day: string;
}

/** What follows for one breaker: it opens, is tried, opens again, closes; undefined when nothing does. Pure. */
export function nextOf(question: BreakerQuestion): BreakerEvent | undefined {
  const { breaker, scope, open, reading, setting, evidence } = question;
  if (!open) return setting && reading && reading.value >= setting.at ? tripped(question, setting, reading, 1) : undefined;
  if (open.probing) {
    if (evidence === "good") return { type: "breaker-reset", breaker, scope, by: "desk", reason: "what it was tried with went well" };
    const bad = evidence === "bad" || (setting !== undefined && reading !== undefined && reading.value >= setting.at);
    if (!bad) return undefined;
    const again = reading ?? { value: open.reading ?? 0, because: "what it was tried with failed" };
    return { ...tripped(question, setting ?? settingOf(open), again, open.trips + 1), again: true };
  }
  if (isOpenStill(open, question.nowMs)) return undefined;
  if (BREAKER_RULES[breaker].isProbed) return { type: "breaker-probing", breaker, scope };
  return { type: "breaker-reset", breaker, scope, by: "desk", reason: "its time is over" };
}

/** Whether its time has not come. */
export function isOpenStill({ untilMs }: OpenBreaker, nowMs: number): boolean {
  return untilMs === undefined || nowMs < untilMs;
}

function tripped({ breaker, scope, nowMs, day }: BreakerQuestion, { at, reaction, span }: BreakerSetting, reading: Reading, trips: number) {
  const { value, because } = reading;
  return {
    ...{ type: "breaker-tripped" as const, breaker, scope, day, reaction, span, at, trips },
    reason: `${because}; it opens at ${numberText(breaker, at)}`,
    reading: value,
    ...(reading.conversions ? { conversions: reading.conversions } : {}),
    ...(typeof span === "number" ? { untilMs: marketMs(nowMs + spanMs(breaker, span, trips)) } : {}),
  };
}

/** Each time that it opens again without having closed it stays open for twice as long, up to a bound. */
function spanMs(breaker: BreakerName, span: number, trips: number): number {
  if (!BREAKER_RULES[breaker].isProbed) return span;
  return Math.max(span, Math.min(span * 2 ** Math.min(trips - 1, 30), PROBED_SPAN_MAX_MS));
}

function settingOf({ at = 0, reaction, untilMs, sinceMs, day }: OpenBreaker): BreakerSetting {
  return { at, reaction, span: day === undefined ? (untilMs === undefined ? "reset" : untilMs - sinceMs) : "day" };
}
