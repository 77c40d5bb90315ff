import { describe, expect, it } from "vitest";
import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";

describe("the desk's books", () => {
  it("keep the longest ban of an exchange, because its two worlds are banned apart", () => {
    const state = emptyDesk();
    for (const [index, untilMs] of [600_000, 60_000, 900_000].entries()) {
      const event = { type: "venue-banned", exchange: "binance", untilMs: wallMs(untilMs), reason: `ban ${index}` } as const;
      applyDeskEvent(state, { sequence: index + 1, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event });
    }
    expect(state.bans.get("binance")).toEqual({ untilMs: 900_000, reason: "ban 2" });
    const shorter = { type: "venue-banned", exchange: "binance", untilMs: wallMs(60_000), reason: "short" } as const;
    applyDeskEvent(state, { sequence: 4, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event: shorter });
    expect(state.bans.get("binance")?.untilMs).toBe(900_000);
  });
});
