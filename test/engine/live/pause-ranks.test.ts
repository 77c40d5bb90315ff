import { describe, expect, it } from "vitest";
import { applyAccountEvent } from "../../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../../src/domain/books.ts";
import type { AccountEvent, PauseCode } from "../../../src/domain/events.ts";
import { marketMs, wallMs } from "../../../src/domain/time.ts";
import { pauseEvents } from "../../../src/engine/live/refusals.ts";

function pausedFor(code: PauseCode): AccountState {
  const state = emptyAccount();
  const write = (event: AccountEvent) =>
    applyAccountEvent(state, {
      ...{ sequence: state.sequence + 1, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event },
    });
  write({ type: "account-opened", account: "main", owner: "ann", mode: "live", market: "m", balances: new Map() });
  write({ type: "account-paused", code, reason: "because", untilMs: undefined, holding: [] });
  return state;
}

describe("a pause of an account", () => {
  it.each(["key", "mode", "clock"] as const)(
    "because of its %s makes room for an order that appeared late, which is seen once only",
    (code) => {
      expect(pauseEvents(pausedFor(code), "late-appearance", "it lags")).toMatchObject([{ code: "late-appearance" }]);
    },
  );

  it.each(["key", "mode", "clock", "venue"] as const)("because an order appeared late stays where its %s is a cause, too", (code) => {
    expect(pauseEvents(pausedFor("late-appearance"), code, "because", code === "venue" ? 1 : undefined)).toEqual([]);
  });
});
