import type { DeskState } from "../domain/desk.ts";
import type { AccountFacts } from "../ports/engine.ts";

/** What a request led to before: the result in the audit, else its effects in the accounts' books, in words. */
export function earlierResult(requestId: string, desk: Readonly<DeskState>, accounts: readonly AccountFacts[]): string | undefined {
  const done = desk.results.get(requestId);
  if (done) return done.result;
  const effects = accounts.flatMap(({ state }) => state.requests).filter((id) => id === requestId || id.startsWith(`${requestId}/`));
  if (effects.length === 0) return undefined;
  const named = effects.filter((id) => id !== requestId).map((id) => id.slice(requestId.length + 1));
  return named.length === 0 ? "its effect is in the books" : named.join(", ");
}
