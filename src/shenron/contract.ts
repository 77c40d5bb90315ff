import { z } from "zod";
import { ANOMALY_SERIES } from "../domain/anomaly.ts";

/**
 * What the desk and a SHENRON service say to each other. `docs/shenron.openapi.json` is generated from these schemas, and both sides parse by them. Money travels
 * as decimal text. A reader ignores fields that it does not know, so that what is added later breaks nobody.
 *
 * Nothing that a person or an exchange wrote is in a report: no reasons, no user ids, no addresses, no texts of errors. Bots go by their names, accounts by marks.
 */
export const CONTRACT_VERSION = 1;

export const BODY_BYTES_MAX = 256 * 1024;
export const ITEMS_MAX = 200;
/** Bots of one day that are listed by name; the others are counted. */
export const DAY_BOTS_MAX = 50;
export const SUBJECTS_MAX = 50;
export const REASONS_MAX = 5;
export const REASON_CHARS_MAX = 200;
export const QUESTION_CHARS_MAX = 500;
export const FACTS_MAX = 400;
export const SENTENCES_MAX = 12;
export const SENTENCE_CHARS_MAX = 500;

const version = z.literal(CONTRACT_VERSION);
const money = z.string().regex(/^-?\d{1,60}(?:\.\d{1,60})?$/);
const epochMs = z.int().nonnegative();
const count = z.int().nonnegative();
const mark = z.string().regex(/^[0-9a-f]{16}$/);
const text = (max: number) => z.string().min(1).max(max);
const mode = z.enum(["paper", "demo", "live"]);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const bot = z.object({ id: text(80), name: text(32), symbol: text(40), strategy: text(80), mode });

const common = {
  /** Equal whenever the same fact is reported again. */
  id: text(40),
  marketMs: epochMs,
  wallMs: epochMs,
  /** Absent for what concerns the whole desk. */
  account: mark.optional(),
};

const execution = z.object({
  kind: z.literal("execution"),
  ...common,
  bot,
  orderId: text(80),
  fillId: text(120),
  side: z.enum(["buy", "sell"]),
  purpose: z.enum(["entry", "exit", "stop", "take", "close", "panic"]),
  price: money,
  quantity: money,
  fee: money,
  feeCurrency: text(20),
  positionQuantity: money,
  /** What this fill made in quote after its fee; null where it opened. */
  realized: money.nullable(),
});

const denial = z.object({ kind: z.literal("denial"), ...common, bot, code: text(40) });

export const INCIDENTS = [
  "order-rejected",
  "order-unknown",
  "bot-faulted",
  "breaker-tripped",
  "account-paused",
  "account-resumed",
  "position-naked",
  "position-protected",
  "watch-blind",
  "watch-sees",
  "process-gone",
  "accounts-unplaced",
  "accounts-placed",
  "halted",
  "resumed",
  "panic-started",
  "panic-stalled",
  "panic-finished",
  "desk-started",
  "desk-crashed",
  "desk-stopped",
  "platform-failed",
  "venue-banned",
] as const;

const incident = z.object({
  kind: z.literal("incident"),
  ...common,
  what: z.enum(INCIDENTS),
  code: text(40).optional(),
  bot: bot.optional(),
});

const result = { realized: money, fees: money, fills: count, closes: count, wins: count };

/** A local day began: what the account was worth then, and the results of the newest earlier day on which it traded. */
const dayItem = z.object({
  kind: z.literal("day"),
  ...common,
  day,
  mode,
  currency: text(20),
  openingEquity: money,
  before: z
    .object({
      day,
      ...result,
      bots: z.array(z.object({ name: text(32), symbol: text(40), ...result })).max(DAY_BOTS_MAX),
      botsLeftOut: count,
    })
    .nullable(),
});

/** Something far from what is usual, with the numbers that say so, each in the unit of its series. */
const anomaly = z.object({
  kind: z.literal("anomaly"),
  ...common,
  series: z.enum(ANOMALY_SERIES),
  /** What it is of: one of the three, the last of them by `account`. */
  symbol: text(40).optional(),
  bot: bot.optional(),
  value: z.number(),
  usual: z.number(),
  spread: z.number(),
  limit: z.number(),
  samples: count,
});

export const item = z.discriminatedUnion("kind", [execution, denial, incident, dayItem, anomaly]);
export type ReportItem = z.infer<typeof item>;
export type ReportedBot = z.infer<typeof bot>;
export type DayItem = z.infer<typeof dayItem>;

const age = z.number().nonnegative().nullable();

export const health = z.object({
  uptimeMs: z.number().nonnegative(),
  beatAgeMs: age,
  storeAgeMs: age,
  watchAgeMs: age,
  residentBytes: z.number().nonnegative(),
  /** Bots by status. */
  bots: z.record(text(20), count),
  unknownOrders: count,
  problems: count,
  halted: z.boolean(),
  /** Events that are not reported yet. */
  lagEvents: count,
});
export type ReportedHealth = z.infer<typeof health>;

export const report = z.object({ version, desk: mark, sentMs: epochMs, health, items: z.array(item).max(ITEMS_MAX) });
export type Report = z.infer<typeof report>;

/** How many items were new, and how many were known from an earlier report. */
export const reportAnswer = z.object({ accepted: count, duplicates: count });

/** One symbol as the desk's own analysis reads it; nothing here is anybody's free text. */
const subject = z.object({
  symbol: text(40),
  marketMs: epochMs,
  price: money,
  /** Weighted mean of the votes of all figures, from -1 (falling) to 1 (rising). */
  score: z.number().min(-1).max(1),
  /** Figures by name; those that cannot be known are left out. */
  figures: z.record(text(40), z.number()),
});
export type Subject = z.infer<typeof subject>;

export const recommendationQuestion = z.object({ version, desk: mark, subjects: z.array(subject).min(1).max(SUBJECTS_MAX) });

export const recommendation = z.object({
  symbol: text(40),
  action: z.enum(["buy", "sell", "hold"]),
  /** How sure the service is, not a probability of profit. */
  confidence: z.number().min(0).max(1),
  reasons: z.array(text(REASON_CHARS_MAX)).min(1).max(REASONS_MAX),
  /** Wall time after which it is worth nothing. */
  validUntilMs: epochMs,
});
export type RecommendationWire = z.infer<typeof recommendation>;

export const recommendationAnswer = z.object({ recommendations: z.array(recommendation).max(SUBJECTS_MAX) });

/** Something from the desk's books that an answer may state: by its id, never in digits of its own. */
const fact = z.object({ id: z.string().regex(/^f\d{1,4}$/), source: text(120), label: text(80), value: text(80) });
export type Fact = z.infer<typeof fact>;

export const question = z.object({
  version,
  desk: mark,
  question: text(QUESTION_CHARS_MAX),
  facts: z.array(fact).max(FACTS_MAX),
});
export type Question = z.infer<typeof question>;

/** One claim: words with `{f12}` where a value belongs, and the sources that carry it, as `bot:dip`, `order:abc` or `decision:dip@1621429200000`. */
const sentence = z.object({ text: text(SENTENCE_CHARS_MAX), cites: z.array(text(120)).min(1).max(10) });
/** No sentence at all says that the facts do not answer the question. */
export const answer = z.object({ sentences: z.array(sentence).max(SENTENCES_MAX) });
export type Answer = z.infer<typeof answer>;

export const serviceStatus = z.object({
  service: text(80),
  contract: z.literal(CONTRACT_VERSION),
  /** Who answers: rules, or a model behind the service. */
  analyst: z.enum(["rules", "model"]),
});

/** Why a request was refused; the desk shows the code only. */
export const refusal = z.object({ code: z.string().regex(/^[a-z-]{1,40}$/), message: z.string().max(500) });
