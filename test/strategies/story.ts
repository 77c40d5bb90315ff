import type { FoldedCandle } from "../../src/domain/candle.ts";
import type { Signal } from "../../src/domain/signal.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import type { DecideInput, IndicatorValues, PositionFacts, Strategy } from "../../src/ports/strategy.ts";

/** One decision of a story: what the strategy was shown and what it wished. */
export interface Told {
  readonly index: number;
  readonly input: DecideInput;
  readonly signal: Signal;
}

/** Runs a strategy over closes as a bot would whose every wish comes true at that candle's close. */
export function tell(strategy: Strategy, closes: readonly number[], given: Record<string, number> = {}): Told[] {
  const params = strategy.params.parse(given) as Record<string, number>;
  const declared = Object.entries(strategy.indicators(params));
  const kernels = declared.map(([name, spec]) => ({ name, kernel: createKernel(spec) }));
  let position: PositionFacts = { flat: true, long: false, entryPrice: undefined, barsHeld: 0 };
  let previous: FoldedCandle | undefined;
  return closes.map((close, index) => {
    const openTimeMs = index * MINUTE_MS;
    const candle = { openTimeMs, open: close, high: close, low: close, close, volume: 1, missingMinutes: 0 };
    const values: IndicatorValues = Object.fromEntries(
      kernels.map(({ name, kernel }) => {
        const before = kernel.lines.map((_, line) => kernel.at(line));
        kernel.push(candle);
        return [name, Object.fromEntries(kernel.lines.map((text, line) => [text, { now: kernel.at(line), before: before[line]! }]))];
      }),
    );
    const input: DecideInput = { candle, previous, values, position, params };
    const signal = strategy.decide(input);
    previous = candle;
    if (signal.kind === "enter") position = { flat: false, long: true, entryPrice: close, barsHeld: 0 };
    else if (signal.kind === "exit") position = { flat: true, long: false, entryPrice: undefined, barsHeld: 0 };
    else if (position.long) position = { ...position, barsHeld: position.barsHeld + 1 };
    return { index, input, signal };
  });
}

/** The wishes of a story without its holds, as `12 enter: because`. */
export function wishes(told: readonly Told[]): string[] {
  return told.flatMap(({ index, signal }) => (signal.kind === "hold" ? [] : [`${index} ${signal.kind}: ${signal.reason}`]));
}
