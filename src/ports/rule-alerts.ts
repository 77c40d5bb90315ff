import type { RuleAlert } from "../domain/rule-alerts.ts";

/** What an alert asks about. */
export type AlertWish = Pick<RuleAlert, "market" | "symbol" | "timeframe" | "rule">;

/** The rules that people want to be told of, as the engine knows them. What they are is in the desk's books. */
export interface RuleAlerts {
  /** Follows what a new alert reads, and says how its rule stands at the newest closed candle. Rejects with UserError, or with TransientError when a live market does not answer. */
  stand(wish: AlertWish): Promise<Pick<RuleAlert, "isTrue" | "atMs">>;
  /** Whether its rule is asked: its market is read and its feed runs. */
  isWatched(alert: RuleAlert): boolean;
}
