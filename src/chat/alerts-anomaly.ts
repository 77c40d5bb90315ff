import type { AccountEvent, DeskEvent } from "../domain/events.ts";
import { minuteText } from "../domain/time.ts";
import { capitalized } from "./account-names.ts";
import type { About, AlertPart } from "./alerts-shape.ts";
import { anomalyNumbers, anomalyTitle, heldBackText } from "./anomaly-words.ts";
import { card } from "./view.ts";

/** The alert of something unusual; undefined for all other events, and where the like of it had just been told. */
export function anomalyAlert(event: AccountEvent | DeskEvent, about: About): AlertPart | undefined {
  if (event.type !== "anomaly-seen" || !event.anomaly.isTold) return undefined;
  const { anomaly } = event;
  const { subject, marketMs } = anomaly;
  const name =
    subject.kind === "symbol"
      ? subject.symbol
      : subject.kind === "bot"
        ? about.bot(subject.botId).shown
        : about.accountNamed(`account:${subject.account}`);
  const made = card(capitalizedUnlessBot(anomalyTitle(anomaly, name), subject.kind))
    .warning()
    .line(anomalyNumbers(anomaly), heldBackText(anomaly), "Nothing was done about it. `stats anomalies` lists what was seen lately.")
    .line(`${minuteText(marketMs)} UTC`);
  return { kind: "system", critical: false, ...(subject.kind === "bot" ? { botId: subject.botId } : {}), card: made };
}

function capitalizedUnlessBot(title: string, kind: "symbol" | "bot" | "account"): string {
  return kind === "bot" ? title : capitalized(title);
}
