import { expect, test } from "vitest";
import { nearest, oneOf } from "../../src/domain/nearest.ts";

const STRATEGIES = ["dca", "ema-cross", "grid", "rsi-reversion"];

test("a slip means the option that is nearest to it", () => {
  expect(nearest("ema-cros", STRATEGIES)).toBe("ema-cross");
  expect(nearest("gird", STRATEGIES)).toBe("grid");
  expect(nearest("momentum", STRATEGIES)).toBeUndefined();
});

test("a beginning means the one option that begins with it, rather than one that is as short", () => {
  expect(nearest("ema", STRATEGIES)).toBe("ema-cross");
  expect(nearest("RSI", STRATEGIES)).toBe("rsi-reversion");
  expect(nearest("r", STRATEGIES)).toBeUndefined();
  expect(nearest("eth", ["ETH/BTC", "ETH/USDT"])).toBeUndefined();
});

test("a short word with two wrong letters is another word", () => {
  expect(nearest("halt", ["help", "panic"])).toBeUndefined();
  expect(nearest("halp", ["help", "panic"])).toBe("help");
});

test("choices are told as a sentence tells them", () => {
  expect([oneOf(["a"]), oneOf(["a", "b"]), oneOf(["a", "b", "c"])]).toEqual(["a", "a or b", "a, b or c"]);
});
