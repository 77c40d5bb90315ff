import type { z } from "zod";
import {
  type Answer,
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
    const rated = facts.map((fact) => ({ fact, hits: wordsOf(`${fact.source} ${fact.label}`).filter((word) => words.has(word)).length }));
    const best = rated.filter(({ hits }) => hits > 0).sort((a, b) => b.hits - a.hits);
    const chosen = best.slice(0, SENTENCES_MAX).map(({ fact }) => fact);
    return { sentences: chosen.map(({ id, label, source }) => ({ text: `${label} of ${nameOf(source)}: {${id}}.`, cites: [source] })) };
  },
};

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9/]+/)
    .filter((word) => word.length > 2);
}

/** `bot:dip` as a person says it. */
function nameOf(source: string): string {
  return source.slice(source.indexOf(":") + 1);
}
