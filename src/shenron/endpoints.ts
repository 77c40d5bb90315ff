import type { z } from "zod";
import { answer, question, recommendationAnswer, recommendationQuestion, report, reportAnswer, serviceStatus } from "./contract.ts";

export interface Endpoint<Q extends z.ZodType | undefined, A extends z.ZodType> {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly body: Q;
  readonly answer: A;
  /** The desk waits no longer for the whole answer. */
  readonly timeoutMs: number;
}

/** Everything that can be asked of a SHENRON service. */
export const ENDPOINTS = {
  status: {
    method: "GET",
    path: "/v1/status",
    summary: "Whether the service is there, and who answers",
    body: undefined,
    answer: serviceStatus,
    timeoutMs: 5_000,
  },
  reports: {
    method: "POST",
    path: "/v1/reports",
    summary: "Takes what happened on the desk. At least once: an idempotency key or an item id that is known changes nothing",
    body: report,
    answer: reportAnswer,
    timeoutMs: 10_000,
  },
  recommendations: {
    method: "POST",
    path: "/v1/recommendations",
    summary: "Says what it would do in each symbol. Whatever asks may only enter less or not at all because of it",
    body: recommendationQuestion,
    answer: recommendationAnswer,
    timeoutMs: 10_000,
  },
  questions: {
    method: "POST",
    path: "/v1/questions",
    summary:
      "Answers a question about the desk from facts that come with it. An answer without a source, or with a number of its own, is not shown",
    body: question,
    answer,
    timeoutMs: 60_000,
  },
} as const satisfies Record<string, Endpoint<z.ZodType | undefined, z.ZodType>>;

export type EndpointName = keyof typeof ENDPOINTS;
