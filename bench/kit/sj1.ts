/** The numbers of the standard job. */
export const SJ1 = { fast: 12, slow: 26, rsi: 14, rsiMax: 70, stopPct: 2, takePct: 4, feeBps: 10, equityPct: 10, capital: 10_000 } as const;

/** Candles as its generator writes them: one column after the other. */
export interface Columns {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

export function columnsOf(file: Buffer): Columns {
  const all = new Float64Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  const rows = all.length / 6;
  const column = (index: number) => all.subarray(index * rows, (index + 1) * rows);
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4) };
}

export interface LoopResult {
  readonly trips: number;
  readonly stops: number;
  readonly takes: number;
  readonly signals: number;
  readonly equity: number;
}

/** How an exponential average begins: with the first close, or as TA-Lib's, with the mean of the first closes. */
export type Seed = "first" | "average";

/** The job as plain arithmetic of doubles, written from its description and from nothing of the desk. */
export function sj1Loop({ open, high, low, close }: Columns, seed: Seed): LoopResult {
  const [fast, slow] = [averages(close, SJ1.fast, seed), averages(close, SJ1.slow, seed)];
  const strength = strengths(close);
  const fee = SJ1.feeBps / 10_000;
  let [cash, quantity, stop, take] = [SJ1.capital as number, 0, 0, 0];
  let equity = cash;
  let pending: "buy" | "sell" | undefined;
  let [stops, takes, signals] = [0, 0, 0];
  const sell = (price: number) => {
    cash += quantity * price * (1 - fee);
    quantity = 0;
  };
  for (let row = 0; row < close.length; row += 1) {
    const opened = open[row]!;
    if (pending === "buy") {
      quantity = (equity * SJ1.equityPct) / 100 / opened;
      cash -= quantity * opened * (1 + fee);
      [stop, take] = [opened * (1 - SJ1.stopPct / 100), opened * (1 + SJ1.takePct / 100)];
    } else if (pending === "sell") {
      sell(opened);
      signals += 1;
    }
    pending = undefined;
    if (quantity > 0 && low[row]! <= stop) {
      sell(Math.min(opened, stop));
      stops += 1;
    } else if (quantity > 0 && high[row]! >= take) {
      sell(Math.max(opened, take));
      takes += 1;
    }
    equity = cash + quantity * close[row]!;
    if (row <= SJ1.slow) continue;
    const [before, now] = [fast[row - 1]! - slow[row - 1]!, fast[row]! - slow[row]!];
    if (quantity === 0 && before <= 0 && now > 0 && strength[row]! < SJ1.rsiMax) pending = "buy";
    if (quantity > 0 && before >= 0 && now < 0) pending = "sell";
  }
  return { trips: stops + takes + signals, stops, takes, signals, equity };
}

function averages(close: Float64Array, period: number, seed: Seed): Float64Array {
  const values = new Float64Array(close.length);
  const weight = 2 / (period + 1);
  const first = seed === "first" ? 0 : period - 1;
  let value = 0;
  for (let row = 0; row <= first; row += 1) value += close[row]! / (first + 1);
  values[first] = value;
  for (let row = first + 1; row < close.length; row += 1) {
    value += weight * (close[row]! - value);
    values[row] = value;
  }
  return values;
}

function strengths(close: Float64Array): Float64Array {
  const values = new Float64Array(close.length);
  const keep = (SJ1.rsi - 1) / SJ1.rsi;
  let [gain, loss] = [0, 0];
  for (let row = 1; row < close.length; row += 1) {
    const change = close[row]! - close[row - 1]!;
    const decay = row <= SJ1.rsi ? 1 : keep;
    gain = gain * decay + Math.max(change, 0) / SJ1.rsi;
    loss = loss * decay + Math.max(-change, 0) / SJ1.rsi;
    values[row] = (100 * gain) / (gain + loss);
  }
  return values;
}
