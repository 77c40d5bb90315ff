import type { BacktestRecord } from "../domain/backtest.ts";
import { samePerson } from "./access.ts";
import type { Call } from "./command.ts";

/** The backtests that a person may see, newest first: their own, and all for those who may see the whole desk. */
export function shownBacktests({ desk, role, caller }: Pick<Call<unknown>, "desk" | "role" | "caller">): readonly BacktestRecord[] {
  const { backtests, links } = desk.state;
  return backtests.filter(({ by }) => role !== undefined || samePerson(links, by, caller.user)).reverse();
}
