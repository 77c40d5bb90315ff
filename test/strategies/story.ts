import type { Candle, FoldedCandle } from "../../src/domain/candle.ts";
import type { Kernel } from "../../src/domain/indicator.ts";
import type { Series } from "../../src/domain/series.ts";
import { type IndicatorSpec, indicatorKey, type Signal } from "../../src/domain/signal.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { SlotPast } from "../../src/engine/past.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import type { DecideInput, IndicatorValues, PositionFacts, Strategy } from "../../src/ports/strategy.ts";
import { Ring } from "../../src/rules/ring.ts";

/** One decision of a story: what the strategy was shown and what it wished. */
export interface Told {
  readonly index: number;
  readonly input: DecideInput;
  readonly signal: Signal;
}

interface Declared {
  readonly name: string;
  readonly spec: IndicatorSpec;
  readonly kernel: Kernel;
}

/** Runs a strategy over candles, or over closes alone, as a bot would whose every wish comes true at that candle's close. */
export function tell(strategy: Strategy, candles: readonly (number | Candle)[], given: Record<string, number> = {}): Told[] {
  const decider = strategy.decider(strategy.params.parse(given) as Record<string, number>);
  const kernels = Object.entries(decider.indicators).map(([name, spec]): Declared => ({ name, spec, kernel: createKernel(spec) }));
  const rings = decider.series.map((series) => ({ series, ring: new Ring(series.depth) }));
  let position: PositionFacts = { flat: true, long: false, entryPrice: undefined, barsHeld: 0 };
  let previous: FoldedCandle | undefined;
  return candles.map((given, index) => {
    const candle = { ...(typeof given === "number" ? still(given, index) : given), missingMinutes: 0 };
    const { close } = candle;
    const values: IndicatorValues = Object.fromEntries(
      kernels.map(({ name, kernel }) => {
        const before = kernel.lines.map((_, line) => kernel.at(line));
        kernel.push(candle);
        return [name, Object.fromEntries(kernel.lines.map((text, line) => [text, { now: kernel.at(line), before: before[line]! }]))];
      }),
    );
    for (const { series, ring } of rings) ring.push(newest(series, candle, kernels));
    const past = new SlotPast(new Map(rings.map(({ series, ring }) => [series.key, { newestFirst: ring.shot(), seen: ring.seen }])));
    const input: DecideInput = { candle, previous, values, position, past };
    const signal = decider.decide(input);
    previous = candle;
    if (signal.kind === "enter") position = { flat: false, long: true, entryPrice: close, barsHeld: 0 };
    else if (signal.kind === "exit") position = { flat: true, long: false, entryPrice: undefined, barsHeld: 0 };
    else if (position.long) position = { ...position, barsHeld: position.barsHeld + 1 };
    return { index, input, signal };
  });
}

function still(close: number, index: number): Candle {
  return { openTimeMs: index * MINUTE_MS, open: close, high: close, low: close, close, volume: 1 };
}

function newest({ source }: Series, candle: FoldedCandle, kernels: readonly Declared[]): number {
  if (typeof source === "string") return candle[source];
  const found = kernels.find(({ spec }) => indicatorKey(spec) === indicatorKey(source.spec));
  return found!.kernel.at(found!.kernel.lines.indexOf(source.line));
}

/** The wishes of a story without its holds, as `12 enter: because`. */
export function wishes(told: readonly Told[]): string[] {
  return told.flatMap(({ index, signal }) => (signal.kind === "hold" ? [] : [`${index} ${signal.kind}: ${signal.reason}`]));
}
