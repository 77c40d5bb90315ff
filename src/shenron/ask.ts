import type { AskClaim, AskFact } from "../ports/shenron.ts";
import type { Streams } from "../ports/streams.ts";
import type { ShenronClient } from "./client.ts";
import { CONTRACT_VERSION, FACTS_MAX, QUESTION_CHARS_MAX } from "./contract.ts";
import { deskMark, markOf } from "./marks.ts";

export interface AskParts {
  readonly client: ShenronClient;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

/** Asks the service once. What it answers has the contract's shape and is believed in nothing else. */
export async function askClaims(
  { client, streams, signal }: AskParts,
  question: string,
  facts: readonly AskFact[],
  requestId: string,
): Promise<readonly AskClaim[]> {
  const desk = await deskMark(streams);
  const body = {
    version: CONTRACT_VERSION,
    desk,
    question: question.slice(0, QUESTION_CHARS_MAX),
    facts: facts.slice(0, FACTS_MAX),
  } as const;
  const { sentences } = await client.ask("questions", { ...body, facts: [...body.facts] }, `ask-${markOf(desk, requestId)}`, signal);
  return sentences;
}
