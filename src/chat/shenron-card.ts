import { UserError } from "../domain/errors.ts";
import { spanText } from "../domain/time.ts";
import type { Shenron, ShenronStatus } from "../ports/shenron.ts";
import { type Card, card } from "./view.ts";

/** The service, or the sentence that says how to get one. */
export function shenronOf(shenron: Shenron | undefined): Shenron {
  if (shenron) return shenron;
  throw new UserError("No SHENRON service is set. Set SHENRON_URL and SHENRON_KEY in the desk's environment, and start it again.");
}

/** How the service stands, with words for what is wrong. */
export function shenronCard(status: ShenronStatus): Card {
  const { host, isReachable, lagEvents, lastSuccessAgeMs, trouble, retryInMs, reports, items, advice } = status;
  const answer = card(titleOf(status)).fields({
    Service: host,
    Answers: isReachable === undefined ? "not asked yet" : isReachable ? "yes" : "NO",
    "Not reported yet": lagEvents === 0 ? "nothing" : `${lagEvents} events of the books`,
    "Last report": lastSuccessAgeMs === undefined ? "none since the desk started" : `${spanText(lastSuccessAgeMs)} ago`,
    "Since the start": `${reports} reports with ${items} news`,
    Advice: advice === undefined || advice.wanted === 0 ? undefined : adviceText(advice),
    "Next try": trouble === undefined || retryInMs === undefined ? undefined : `in ${spanText(retryInMs)}`,
  });
  if (trouble === undefined) return isReachable ? answer.good() : answer;
  return answer
    .line(`${trouble}.`, "Trading does not wait for it, and nothing is lost: what is not reported stays in the books.")
    .warning();
}

function adviceText({ wanted, known, trouble }: NonNullable<ShenronStatus["advice"]>): string {
  const count = `on ${known} of ${wanted} ${wanted === 1 ? "symbol" : "symbols"} that bots ask about`;
  return trouble === undefined ? count : `${count} (${trouble})`;
}

function titleOf({ trouble, isReachable, lagEvents }: ShenronStatus): string {
  if (trouble !== undefined) return "SHENRON cannot be told what happens";
  if (isReachable === undefined) return "SHENRON has not been asked yet";
  return lagEvents === 0 ? "SHENRON knows everything that happened" : "SHENRON is being told what happened";
}
