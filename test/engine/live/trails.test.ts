import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { FLAT } from "../../../src/domain/position.ts";
import { marketMs } from "../../../src/domain/time.ts";
import { isBest } from "../../../src/engine/live/trails.ts";

const ENTERED_MS = 1_700_000_000_000;
const held = (quantity: number, highest: number) => ({
  position: { ...FLAT, quantity: decimal(quantity), cost: decimal(quantity * 100) },
  highest: decimal(highest),
  enteredMs: marketMs(ENTERED_MS),
});

describe("the best price since an entry", () => {
  it("is higher for what was bought and lower for what was sold", () => {
    expect(isBest(held(1, 100), decimal(101), ENTERED_MS)).toBe(true);
    expect(isBest(held(1, 100), decimal(100), ENTERED_MS)).toBe(false);
    expect(isBest(held(-1, 100), decimal(99), ENTERED_MS)).toBe(true);
  });

  it("is none that was seen before the entry's fill, though it came after it", () => {
    expect(isBest(held(1, 100), decimal(105), ENTERED_MS - 1)).toBe(false);
    expect(isBest(held(-1, 100), decimal(95), ENTERED_MS - 2_000)).toBe(false);
  });

  it("is followed after the exchange's clock was set back", () => {
    expect(isBest(held(1, 100), decimal(105), ENTERED_MS - 90_000)).toBe(true);
  });
});
