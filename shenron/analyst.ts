import type { z } from "zod";
import {
  type Answer,
  type Fact,
  type Question,
  REASON_CHARS_MAX,
  type recommendationAnswer,
  type recommendationQuestion,
  SENTENCES_MAX,
} from "../src/shenron/contract.ts";

export type RecommendationQuestion = z.infer<typeof recommendationQuestion>;
export type RecommendationAnswer = z.infer<typeof recommendationAnswer>;

/** Who thinks behind the service. Rejects when it cannot: then the desk has no advice and no answer, and goes on. */
export interface Analyst {
  readonly kind: "rules" | "model";
  recommend(question: RecommendationQuestion, troubles: readonly string[], nowMs: number): Promise<RecommendationAnswer>;
  answer(question: Question): Promise<Answer>;
}

/** Scores beyond it are an opinion. */
const ACT_SCORE = 0.25;
export const VALID_MS = 15 * 60_000;
const CONFIDENCE_MAX = 0.9;
/** Each trouble of the last hour takes so much of what speaks for an entry. */
const TROUBLE_DISCOUNT = 0.5;

/** Says what the desk's own figures say, more careful while the desk is in trouble, and answers questions by the words that facts share with them. Needs no network. */
export const ruleAnalyst: Analyst = {
  kind: "rules",

  async recommend({ subjects }, troubles, nowMs) {
    const recommendations = subjects.map(({ symbol, score, figures }) => {
      const action = score >= ACT_SCORE ? ("buy" as const) : score <= -ACT_SCORE ? ("sell" as const) : ("hold" as const);
      const careful = action === "buy" ? TROUBLE_DISCOUNT ** troubles.length : 1;
      const confidence = Math.min(CONFIDENCE_MAX, Math.abs(score)) * careful;
      const named = Object.keys(figures).slice(0, 4).join(", ");
      const reasons = [`The score of the desk's own figures is ${score.toFixed(2)}${named === "" ? "" : `, from ${named}`}.`];
      if (troubles.length > 0) reasons.push(`The desk reported ${troubles.join(", ")} within the last hour.`);
      return {
        symbol,
        action,
        confidence,
        reasons: reasons.map((reason) => reason.slice(0, REASON_CHARS_MAX)),
        validUntilMs: nowMs + VALID_MS,
      };
    });
    return { recommendations };
  },

  async answer({ question, facts }) {
    const words = new Set(wordsOf(question));
    const named = namedIn(question, facts);
    const asked = named.size === 0 ? facts : facts.filter((fact) => named.has(botOf(fact) ?? ""));
    const rated = asked.map((fact) => ({ fact, hits: hitsOf(fact, words, named) })).sort((a, b) => b.hits - a.hits);
    const hit = rated.filter(({ hits }) => hits > 0);
    // Of a bot that is named everything is an answer; of all others only what was asked for.
    const chosen = (hit.length > 0 || named.size === 0 ? hit : rated).slice(0, SENTENCES_MAX);
    return { sentences: chosen.map(({ fact }) => ({ text: sentenceOf(fact), cites: [fact.source] })) };
  },
};

/** Said in most questions and in many labels, and telling nothing. */
const IDLE_WORDS: ReadonlySet<string> = new Set([
  "the",
  "and",
  "for",
  "how",
  "did",
  "does",
  "was",
  "are",
  "what",
  "which",
  "last",
  "after",
]);
const WORD_CHARS_MIN = 3;
/** What a question names as its day weighs more than any number of other words. */
const TODAY_HITS = 10;

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9/]+/)
    .filter((word) => word.length >= WORD_CHARS_MIN && !IDLE_WORDS.has(word));
}

/** How much of a question a fact is about. Where no bot is named, its account comes before each bot. */
function hitsOf({ source, label }: Fact, words: ReadonlySet<string>, named: ReadonlySet<string>): number {
  const isNamed = named.size > 0;
  const hits = wordsOf(isNamed ? label : `${source} ${label}`).filter((word) => words.has(word) && !named.has(word));
  // What is open is a part of the day, though its label does not say so.
  if (words.has("today") && label === "open result") hits.push("open");
  const whole = isNamed || hits.length === 0 || !source.startsWith("account:") ? 0 : 0.5;
  return hits.length + whole + (hits.includes("today") ? TODAY_HITS : 0);
}

/** The bots that a question names, in words of any length. */
function namedIn(question: string, facts: readonly Fact[]): ReadonlySet<string> {
  const said = new Set(question.toLowerCase().split(/[^a-z0-9_-]+/));
  const bots = facts.filter(({ source }) => source.startsWith("bot:")).map(({ source }) => nameOf(source));
  return new Set(bots.filter((name) => said.has(name.toLowerCase())));
}

/** The bot that a fact is about: that of its source, or of an order the end of its label, `order of dip`. */
function botOf({ source, label }: Pick<Fact, "source" | "label">): string | undefined {
  if (source.startsWith("order:")) return / of (\S+)$/.exec(label)?.[1];
  return /^(?:bot|decision):/.test(source) ? nameOf(source) : undefined;
}

function sentenceOf({ id, source, label }: Fact): string {
  const subject = botOf({ source, label }) ?? nameOf(source);
  return label.endsWith(` of ${subject}`) ? `${label}: {${id}}.` : `${label} of ${subject}: {${id}}.`;
}

/** `bot:dip` and `decision:dip@1621429200000` as a person says them. */
function nameOf(source: string): string {
  return source.slice(source.indexOf(":") + 1).split("@")[0] ?? "";
}
