import { messageOf } from "../domain/errors.ts";
import type { Logger } from "../ports/logger.ts";

const EVERY_MS = 30_000;
const TIMEOUT_MS = 5_000;

/**
 * Tells an outside monitor that the desk lives, at most every 30 s and only while `healthy` says so: what is silent is noticed, because a
 * dead process cannot report its own death. Call it on every beat.
 */
export function heartbeat(url: string, healthy: () => boolean, monotonicMs: () => number, logger: Logger): () => void {
  let lastMs: number | undefined;
  return () => {
    const nowMs = monotonicMs();
    if ((lastMs !== undefined && nowMs - lastMs < EVERY_MS) || !healthy()) return;
    lastMs = nowMs;
    fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" })
      .then((answer) => answer.body?.cancel())
      .catch((failure: unknown) => logger.warn({ problem: messageOf(failure) }, "the outside monitor did not answer"));
  };
}
