import type { Channel } from "./desk-facts.ts";
import type { DeskEvent } from "./events.ts";
import type { RuleAlert } from "./rule-alerts.ts";

export type AlertFact = Extract<DeskEvent, { type: "alert-added" | "alert-removed" | "alert-fired" | "alert-rested" }>;

/** What is folded of the desk. */
interface Books {
  readonly alerts: Map<string, RuleAlert>;
  alertsEver: number;
  readonly channels: Map<string, Channel>;
}

/** Folds what becomes of rule alerts. The place of one becomes a channel, also where nothing else is told there. */
export function applyAlertFact(state: Books, event: AlertFact): void {
  const { alerts, channels } = state;
  switch (event.type) {
    case "alert-added": {
      state.alertsEver += 1;
      const id = `a${state.alertsEver}`;
      alerts.set(id, { ...event.alert, id });
      const { place } = event.alert;
      if (!channels.has(place)) channels.set(place, { place, kinds: [], digest: undefined, lastDigestDay: undefined, quiet: undefined });
      return;
    }
    case "alert-removed":
      alerts.delete(event.id);
      return;
    case "alert-fired":
    case "alert-rested": {
      const alert = alerts.get(event.id);
      const isTrue = event.type === "alert-fired";
      if (alert) alerts.set(event.id, { ...alert, isTrue, atMs: event.closedMs, ...(isTrue && { firedMs: event.closedMs }) });
    }
  }
}

/** Nothing is told at a place any more. */
export function endAlertsAt({ alerts }: Pick<Books, "alerts">, place: string): void {
  for (const { id } of [...alerts.values()].filter((alert) => alert.place === place)) alerts.delete(id);
}
