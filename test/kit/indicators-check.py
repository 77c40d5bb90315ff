"""What TA-Lib says about candles, for comparison with src/indicators.

    python3 indicators-check.py CHECKED.json < candles > values
        candles: rows of six little-endian doubles (opening time in ms, open, high, low, close, volume), oldest first
        values:  for each indicator of CHECKED.json and each of its lines, one double a candle; NaN where there is none
    python3 indicators-check.py CHECKED.json golden > golden.json
        the same over a small made series, as text

Where TA-Lib says 0 because nothing moved or nothing was traded, and 0 would look like an extreme (stochastic, money flow) or like a price (VWAP), this
script puts NaN, from conditions of its own. TA-Lib has no z-score and no spread, and its VWAP has no days: the former are plain numpy, the latter is asked day by day.
"""

import json
import sys

import numpy as np
import talib

DAY_MS = 86_400_000
MINUTE_MS = 60_000
# Share of two numbers below which their difference is rounding, as in TA-Lib's money flow.
ROUNDING = 1e-14
GOLDEN_DIGITS = 13


class Candles:
    def __init__(self, rows):
        self.time, self.open, self.high, self.low, self.close, self.volume = (np.ascontiguousarray(rows[:, at]) for at in range(6))


def windows(values, period):
    return np.lib.stride_tricks.sliding_window_view(values, period)


def rolling(values, period, reduce):
    """A reduction of each window, NaN (or False) before the first whole one."""
    lead = np.full(period - 1, False if values.dtype == bool else np.nan)
    return np.concatenate([lead, reduce(windows(values, period), axis=1)])


def adx(c, period):
    value = talib.ADX(c.high, c.low, c.close, period)
    # Ours begin together.
    sides = (talib.PLUS_DI(c.high, c.low, c.close, period), talib.MINUS_DI(c.high, c.low, c.close, period))
    return value, *(np.where(np.isnan(value), np.nan, side) for side in sides)


def stochastic(c, period, smoothing, signal):
    k, d = talib.STOCH(c.high, c.low, c.close, period, smoothing, 0, signal, 0)
    if smoothing == 1:
        fast = talib.STOCHF(c.high, c.low, c.close, period, signal, 0)
        assert all(np.array_equal(slow, quick, equal_nan=True) for slow, quick in zip((k, d), fast))
    flat = rolling(c.high, period, np.max) == rolling(c.low, period, np.min)
    silent_k = rolling(flat, smoothing, np.any)
    silent_d = rolling(silent_k, signal, np.any)
    return np.where(silent_k, np.nan, k), np.where(silent_d, np.nan, d)


def mfi(c, period):
    typical = (c.high + c.low + c.close) / 3
    moved = np.abs(np.diff(typical)) > ROUNDING * (typical[1:] + typical[:-1])
    flows = np.concatenate([[True], moved & (c.volume[1:] > 0)])
    return (np.where(rolling(flows, period, np.any), talib.MFI(c.high, c.low, c.close, c.volume, period), np.nan),)


def cci(c, period):
    return (talib.CCI(c.high, c.low, c.close, period),)


def vwap(c):
    """TA-Lib's over each UTC day by itself. NaN until a day began with its first candle or after another day, and until something was traded."""
    day = c.time // DAY_MS
    value = np.full(len(day), np.nan)
    for each in np.unique(day):
        of = day == each
        if each == day[0] and c.time[0] % DAY_MS != 0:
            continue
        traded = np.cumsum(c.volume[of]) > 0
        value[of] = np.where(traded, talib.VWAP(c.high[of], c.low[of], c.close[of], c.volume[of]), np.nan)
    return (value,)


def zscore(c, period):
    window = windows(c.close.astype(np.longdouble), period)
    mean = window.mean(axis=1)
    deviation = np.sqrt(((window - mean[:, None]) ** 2).mean(axis=1))
    flat = window.max(axis=1) == window.min(axis=1)
    score = np.full(len(c.close), np.nan)
    score[period - 1 :] = np.where(flat, np.nan, (c.close[period - 1 :] - mean) / np.where(flat, 1, deviation))
    return (score,)


def spread(c, period):
    """Corwin and Schultz (2012), as in the paper; NaN where some pair of candles did not move."""
    high, low = c.high.astype(np.longdouble), c.low.astype(np.longdouble)
    squared = np.log(high / low) ** 2
    beta = squared[1:] + squared[:-1]
    gamma = np.log(np.maximum(high[1:], high[:-1]) / np.minimum(low[1:], low[:-1])) ** 2
    k = 3 - 2 * np.sqrt(np.longdouble(2))
    alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / k - np.sqrt(gamma / k)
    pairs = np.maximum(0, 2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha)))
    value = np.where(windows(gamma, period).min(axis=1) > 0, windows(pairs, period).mean(axis=1), np.nan)
    return (np.concatenate([np.full(period, np.nan), value]),)


def supertrend(c, period, ranges):
    line, direction = talib.SUPERTREND(c.high, c.low, c.close, period, float(ranges))
    return line, np.where(np.isnan(line), np.nan, direction)


def bollinger(c, period, deviations):
    return talib.BBANDS(c.close, period, float(deviations), float(deviations), 0)


INDICATORS = {
    "adx": adx,
    "atr": lambda c, period: (talib.ATR(c.high, c.low, c.close, period),),
    "avgvolume": lambda c, period: (talib.SMA(c.volume, period),),
    "bollinger": bollinger,
    "cci": cci,
    "donchian": lambda c, period: talib.DONCHIAN(c.high, c.low, period),
    "ema": lambda c, period: (talib.EMA(c.close, period),),
    "highest": lambda c, period: (talib.MAX(c.high, period),),
    "keltner": lambda c, period, atr, ranges: talib.KC(c.high, c.low, c.close, period, atr, float(ranges)),
    "lowest": lambda c, period: (talib.MIN(c.low, period),),
    "macd": lambda c, fast, slow, signal: talib.MACD(c.close, fast, slow, signal),
    "mfi": mfi,
    "obv": lambda c: (talib.OBV(c.close, c.volume),),
    "psar": lambda c, step, maximum: (talib.SAR(c.high, c.low, step, maximum),),
    "roc": lambda c, period: (talib.ROC(c.close, period),),
    "rsi": lambda c, period: (talib.RSI(c.close, period),),
    "sma": lambda c, period: (talib.SMA(c.close, period),),
    "spread": spread,
    "stochastic": stochastic,
    "supertrend": supertrend,
    "vwap": vwap,
    "wma": lambda c, period: (talib.WMA(c.close, period),),
    "zscore": zscore,
}


def values_of(checked, candles):
    for each in checked:
        for line in INDICATORS[each["name"]](candles, **each["params"]):
            yield each, np.asarray(line, dtype="<f8")


def made_candles(count, seed):
    """A walk with flat stretches, jumps, candles without volume and minutes that never came, across two days; equal on every machine."""
    state = seed

    def chance():
        nonlocal state
        state = (state * 1_103_515_245 + 12_345) % 2**31
        return state / 2**31

    rows, close, flat, time = [], 30_000.0, 0, 19_083 * DAY_MS + 22 * 60 * MINUTE_MS
    for index in range(count):
        if flat == 0 and chance() < 0.02:
            flat = 10 + int(chance() * 40)
        opened = close
        if flat > 0:
            flat -= 1
            high = low = close
        else:
            jump = 400 if chance() < 0.03 else 20
            close = round(opened + (chance() - 0.5) * jump, 2)
            high = round(max(opened, close) + chance() * 5, 2)
            low = round(min(opened, close) - chance() * 5, 2)
        volume = 0.0 if chance() < (0.8 if flat > 0 else 0.1) else round(chance() * 10, 3)
        rows.append([time, opened, high, low, close, volume])
        time += MINUTE_MS * (1 + (int(chance() * 7) if chance() < 0.05 else 0))
    return np.array(rows)


def golden(checked):
    rows = made_candles(260, 20_261)
    found = [dict(each, lines=[]) for each in checked]
    for (_, line), into in zip(values_of(checked, Candles(rows)), (each for each in found for _ in range(line_count(each)))):
        into["lines"].append([None if np.isnan(value) else float(f"{value:.{GOLDEN_DIGITS}g}") for value in line])
    print("{")
    print(f'  "source": "TA-Lib {talib.__ta_version__.decode().split()[0]} through ta_lib {talib.__version__}",')
    print('  "candles": [\n' + ",\n".join("    " + json.dumps(row) for row in rows.tolist()) + "\n  ],")
    print('  "values": [\n' + ",\n".join("    " + json.dumps(each) for each in found) + "\n  ]\n}")


def line_count(each):
    few = made_candles(5, 1)
    return len(INDICATORS[each["name"]](Candles(np.repeat(few, 60, axis=0)), **each["params"]))


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        checked = json.load(file)
    if sys.argv[2:] == ["golden"]:
        golden(checked)
        return
    candles = Candles(np.frombuffer(sys.stdin.buffer.read(), dtype="<f8").reshape(-1, 6))
    for _, line in values_of(checked, candles):
        sys.stdout.buffer.write(line.tobytes())


main()
