import type { Candle } from "../../src/domain/candle.ts";
import { TransientError } from "../../src/domain/errors.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { Market, PriceReading } from "../../src/ports/market.ts";
import { ArrayMarket, candlesOf, plainInstrument } from "./engine-market.ts";
import type { EngineRig } from "./engine-rig.ts";
import type { FakeClock } from "./fake-clock.ts";

/** An exchange's public side: candles close with the clock, prices are what the test says. */
export class LiveMarket extends ArrayMarket {
  override readonly pace: Market["pace"] = "live";
  readonly shown: Map<string, number>;
  /** How old prices are when they arrive. */
  priceAgeMs = 0;
  down = false;
  readonly #clock: FakeClock;

  constructor(
    closes: Readonly<Record<string, readonly number[]>>,
    clock: FakeClock,
    fromMs: number,
    { shown = new Map<string, number>(), key = "test" } = {},
  ) {
    super({
      key,
      startMs: marketMs(clock.wall()),
      instruments: new Map(Object.keys(closes).map((symbol) => [symbol, plainInstrument(symbol)])),
      candles: new Map(Object.entries(closes).map(([symbol, list]) => [symbol, candlesOf(fromMs, list)])),
    });
    this.#clock = clock;
    this.shown = shown;
  }

  override async history(symbol: string, before: number, minutes: number): Promise<Iterable<Candle>> {
    this.#mustAnswer();
    return super.history(symbol, marketMs(Math.min(before, this.#clock.wall())), minutes);
  }

  override async advance(after: number, until: number, symbols: ReadonlySet<string>, limit: number) {
    this.#mustAnswer();
    const { steps } = await super.advance(marketMs(after), marketMs(Math.min(until, this.#clock.wall())), symbols, limit);
    return { steps, ended: false };
  }

  override async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    this.#mustAnswer();
    const wallMs = this.#clock.wall() - this.priceAgeMs;
    return [...symbols].flatMap((symbol) => {
      const price = this.shown.get(symbol);
      return price === undefined ? [] : [{ symbol, price, wallMs: wallMs as PriceReading["wallMs"] }];
    });
  }

  #mustAnswer(): void {
    if (this.down) throw new TransientError("the exchange does not answer");
  }
}

/** Beats once a second for a while, letting all work settle in between. */
export async function beat(rig: EngineRig, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await rig.clock.advance(1_000);
    await rig.pulse.beat();
    for (let round = 0; round < 6; round += 1) await rig.clock.breathe();
  }
}

export const MINUTE_S = MINUTE_MS / 1_000;
