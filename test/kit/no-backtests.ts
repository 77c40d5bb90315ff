import type { Backtests } from "../../src/ports/backtest.ts";

/** A desk on which no backtest is run. */
export const NO_BACKTESTS: Backtests = {
  run: () => Promise.reject(new Error("this test runs no backtest")),
  cancel: () => false,
};
