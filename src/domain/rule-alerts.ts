import type { DeskState } from "./desk.ts";
import type { DeskEvent } from "./events.ts";
import type { MarketMs } from "./time.ts";
import type { Timeframe } from "./timeframe.ts";

/** A rule that somebody wants to be told of, once each time it becomes true. */
export interface RuleAlert {
  /** `a7`. */
  readonly id: string;
  readonly by: string;
  /** Where it was made, and is told. */
  readonly place: string;
  /** Key of the market whose candles it is asked at. */
  readonly market: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** In its canonical text. */
  readonly rule: string;
  /** Whether it was true at the candle that closed at `atMs`. It is told when it becomes so. */
  readonly isTrue: boolean;
  readonly atMs: MarketMs;
  /** When it was told last. */
  readonly firedMs?: MarketMs;
}

export type AlertFact = Extract<DeskEvent, { type: "alert-added" | "alert-removed" | "alert-fired" | "alert-rested" }>;

type Books = Pick<DeskState, "alerts" | "alertsEver" | "channels">;

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
export function endAlertsAt({ alerts }: Pick<DeskState, "alerts">, place: string): void {
  for (const { id } of [...alerts.values()].filter((alert) => alert.place === place)) alerts.delete(id);
}
