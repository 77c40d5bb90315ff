import type { Candle, FoldedCandle } from "../../src/domain/candle.ts";
import type { Kernel } from "../../src/domain/indicator.ts";
import { toDouble } from "../../src/domain/money.ts";
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

/** Where a strategy's own numbers say nothing without a price. */
export const PARAMS: Readonly<Record<string, Record<string, number>>> = { grid: { lower: 27_000, upper: 33_000 } };

/** Runs a strategy over candles, or over closes alone, as a bot would whose every wish comes true at that candle's close. */
export function tell(strategy: Strategy, candles: readonly (number | Candle)[], given = PARAMS[strategy.name] ?? {}): Told[] {
  const decider = strategy.decider(strategy.params.parse(given) as Record<string, number>);
  const kernels = Object.entries(decider.indicators).map(([name, spec]): Declared => ({ name, spec, kernel: createKernel(spec) }));
  const rings = decider.series.map((series) => ({ series, ring: new Ring(series.depth) }));
  const shares = strategy.plan?.(strategy.params.parse(given) as Record<string, number>).shares;
  const book = new StoryBook(shares?.map(toDouble) ?? []);
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
    const input: DecideInput = { candle, previous, values, position: book.facts(), past };
    const signal = decider.decide(input);
    previous = candle;
    book.follow(signal, close);
    return { index, input, signal };
  });
}

/** What a bot would hold whose every wish comes true at the close. */
class StoryBook {
  readonly #shares: readonly number[];
  /** Base and what it cost, by part; a position of one entry is part 0. */
  #parts = new Map<number, { readonly quantity: number; readonly cost: number }>();
  #barsHeld = 0;
  #barsSinceEntry = 0;

  constructor(shares: readonly number[]) {
    this.#shares = shares;
  }

  facts(): PositionFacts {
    const held = [...this.#parts.values()];
    const flat = held.length === 0;
    const sum = (each: "quantity" | "cost") => held.reduce((total, part) => total + part[each], 0);
    const parts = this.#shares.length === 0 ? [] : [...this.#parts.keys()].sort((a, b) => a - b);
    const entryPrice = flat ? undefined : sum("cost") / sum("quantity");
    return { flat, long: !flat, entryPrice, barsHeld: this.#barsHeld, barsSinceEntry: this.#barsSinceEntry, parts };
  }

  follow(signal: Signal, close: number): void {
    if (signal.kind === "exit") {
      for (const part of signal.parts ?? [...this.#parts.keys()]) this.#parts.delete(part);
    } else if (signal.kind === "enter" || signal.kind === "add") {
      if (this.#parts.size === 0) this.#barsHeld = 0;
      this.#barsSinceEntry = 0;
      for (const part of signal.parts ?? [0]) {
        const cost = this.#shares[part] ?? 1;
        this.#parts.set(part, { cost, quantity: cost / close });
      }
      return;
    }
    this.#barsHeld = this.#parts.size === 0 ? 0 : this.#barsHeld + 1;
    this.#barsSinceEntry = this.#parts.size === 0 ? 0 : this.#barsSinceEntry + 1;
  }
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
