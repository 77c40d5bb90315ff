"""Statistics from raw fills, written from the definitions in docs/statistics.md, to compare with what the desk shows.

Reads a JSON list of ledgers from standard input, writes a JSON list of figures as text. Standard library only.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from zoneinfo import ZoneInfo

getcontext().prec = 80
QUARTER_MS = 15 * 60 * 1000


def to_places(value, places):
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def text(value, places=2, sign=False):
    rounded = to_places(value, places)
    if rounded == 0:
        rounded = abs(rounded)
    return ("+" if sign and rounded > 0 else "") + f"{rounded:,f}"


def fee_text(value):
    return text(value, 4 if 0 < abs(value) < Decimal("0.01") else 2)


def span(milliseconds):
    if milliseconds == 0:
        return "-"
    # To the nearest second, and then cut: what is shown to the hour is never rounded up to it.
    seconds = (milliseconds + 500) // 1_000
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def closing_results(fills):
    """Average cost: (time, what is realized after the fill's own fee, fee in quote, what a closing fill made) of each fill.

    What a closing fill made also bears its share of the fees in quote of opening. A fee in a third coin is in none of them.
    """
    held = {}
    for fill in fills:
        quantity, price, fee = (Decimal(fill[name]) for name in ("quantity", "price", "fee"))
        have, cost, paid = held.get(fill["bot"], (Decimal(0), Decimal(0), Decimal(0)))
        in_base = fill["feeIn"] == "base"
        if fill["feeIn"] == "BNB":
            fee = Decimal(0)
        fee_quote = fee * price if in_base else fee
        if fill["side"] == "buy":
            held[fill["bot"]] = (have + quantity - (fee if in_base else 0), cost + quantity * price, paid + (Decimal(0) if in_base else fee))
            yield fill["ms"], (Decimal(0) if in_base else -fee), fee_quote, None
        else:
            part = cost if quantity == have else to_places(cost * quantity / have, 18)
            share = paid if quantity == have else to_places(paid * quantity / have, 18)
            held[fill["bot"]] = (have - quantity, cost - part, paid - share)
            realized = quantity * price - part - fee
            yield fill["ms"], realized, fee_quote, realized - share


def signed(value):
    return text(value, sign=True)


def paid_by_month(ledger, day):
    """Month and symbol, newest month first: fees by maker and taker, fees in a third coin, funding, fills."""
    rows = {}

    def add(ms, symbol, column, value):
        if ledger["since"] is None or day(ms) >= date.fromisoformat(ledger["since"]):
            row = rows.setdefault((day(ms).isoformat()[:7], symbol), {})
            row[column] = row.get(column, Decimal(0)) + value

    fees = [fee for _, _, fee, _ in closing_results(ledger["fills"])]
    for fill, fee in zip(ledger["fills"], fees, strict=True):
        add(fill["ms"], fill["symbol"], fill["liquidity"], fee)
        add(fill["ms"], fill["symbol"], "fills", Decimal(1))
        if fill["feeIn"] == "BNB":
            add(fill["ms"], fill["symbol"], "BNB", Decimal(fill["fee"]))
    for entry in ledger["funding"]:
        add(entry["ms"], entry["symbol"], "funding", Decimal(entry["amount"]))
    lines = []
    for month, symbol in sorted(sorted(rows, key=lambda key: key[1]), key=lambda key: key[0], reverse=True):
        row = rows[month, symbol]
        maker, taker, funding, fills, coins = (row.get(name, Decimal(0)) for name in ("maker", "taker", "funding", "fills", "BNB"))
        lines.append(f"{month} {symbol} {fee_text(maker)} {fee_text(taker)} {fee_text(maker + taker)} {signed(funding)} {fills} BNB {fee_text(coins)}")
    return lines


def slippage(fills):
    """What fills were worse than the price that was decided at, in money and in bps of what was decided."""
    worse = decided = Decimal(0)
    for fill in fills:
        if fill["decided"] is None:
            continue
        price, at, quantity = Decimal(fill["price"]), Decimal(fill["decided"]), Decimal(fill["quantity"])
        worse += (price - at) * quantity * (1 if fill["side"] == "buy" else -1)
        decided += at * quantity
    return "-" if decided == 0 else f"{text(worse)} USDT ({text(to_places(worse / decided, 18) * 10_000)} bps)"


def exposure(ledger, day):
    """The part of the time in which some bot held something, second by second of the fills: from the first fill or the first day that counts until now."""
    holding, changes = {}, []
    for fill in ledger["fills"]:
        moved = Decimal(fill["quantity"]) * (1 if fill["side"] == "buy" else -1)
        if fill["feeIn"] == "base" and fill["side"] == "buy":
            moved -= Decimal(fill["fee"])
        holding[fill["bot"]] = holding.get(fill["bot"], Decimal(0)) + moved
        changes.append((fill["ms"], any(quantity > 0 for quantity in holding.values())))
    if not changes:
        return "-"
    begun, now = changes[0][0], ledger["nowMs"]
    if ledger["since"] is not None:
        zone = ZoneInfo(ledger["timeZone"])
        begun = max(begun, int(datetime.combine(date.fromisoformat(ledger["since"]), datetime.min.time(), zone).timestamp()) * 1000)
    if now <= begun:
        return "-"
    held = 0
    for index, (ms, holds) in enumerate(changes):
        until = changes[index + 1][0] if index + 1 < len(changes) else now
        if holds:
            held += max(0, min(until, now) - max(ms, begun))
    return f"{text(to_places(Decimal(held) / (now - begun), 18) * 100)}% ({span(held) if held else '0 s'})"


def figures(ledger):
    zone = ZoneInfo(ledger["timeZone"])
    since = ledger["since"]

    def day(ms):
        return datetime.fromtimestamp(ms // 1000, tz=timezone.utc).astimezone(zone).date()

    is_known = ledger["capital"] is not None
    equity = Decimal(ledger["capital"] or 0)
    kept = []
    for ms, realized, fee, made in closing_results(ledger["fills"]):
        if since is not None and day(ms) < date.fromisoformat(since):
            equity += realized
        else:
            kept.append((ms, realized, fee, made))
    closed = [made for _, _, _, made in kept if made is not None]
    gained = sum((result for result in closed if result > 0), Decimal(0))
    lost = -sum((result for result in closed if result < 0), Decimal(0))
    won = sum(1 for result in closed if result > 0)
    total = sum((result for _, result, _, _ in kept), Decimal(0))

    quarters, by_day, by_week = {}, {}, {}
    for ms, result, _, _ in kept:
        quarter = ms - ms % QUARTER_MS
        quarters[quarter] = quarters.get(quarter, Decimal(0)) + result
        by_day[day(ms)] = by_day.get(day(ms), Decimal(0)) + result
        year, week, _ = day(ms).isocalendar()
        name = f"{year}-W{week:02d}"
        by_week[name] = by_week.get(name, Decimal(0)) + result

    # The curve's points are quarters of an hour, and its first peak is the start.
    points = [(min(quarters, default=0), equity)]
    for quarter in sorted(quarters):
        points.append((quarter, points[-1][1] + quarters[quarter]))
    deepest = share = Decimal(0)
    longest = 0
    for index, (_, level) in enumerate(points):
        peak = max(value for _, value in points[: index + 1])
        deepest = max(deepest, peak - level)
        if is_known:
            share = max(share, (peak - level) / peak)
        if level < peak:
            from_ms = max(ms for ms, value in points[: index + 1] if value == peak)
            back = [ms for ms, value in points[index + 1 :] if value >= peak]
            longest = max(longest, (back[0] if back else ledger["nowMs"]) - from_ms)

    returns = []
    if by_day and is_known:
        each, last, begun = min(by_day), day(ledger["nowMs"]), equity
        while each <= last:
            returns.append(to_places(by_day.get(each, Decimal(0)) / begun, 18))
            begun += by_day.get(each, Decimal(0))
            each += timedelta(days=1)
    sharpe = sortino = calmar = "-"
    if len(returns) >= 2:
        mean = sum(returns) / len(returns)
        variance = sum((one - mean) ** 2 for one in returns) / (len(returns) - 1)
        below = sum(min(one, Decimal(0)) ** 2 for one in returns) / len(returns)
        year = Decimal(365)
        if len(set(returns)) > 1:
            sharpe = text(mean / variance.sqrt() * year.sqrt())
        if below > 0:
            sortino = text(mean / below.sqrt() * year.sqrt())
        if share > 0:
            calmar = text(mean * year / to_places(share, 18))
    none = "no closed positions yet"
    return {
        "realized": text(total, sign=True) + " USDT",
        "fees": fee_text(sum((fee for _, _, fee, _ in kept), Decimal(0))) + " USDT",
        "winRate": f"{text(to_places(Decimal(100 * won) / len(closed), 18))}% ({won} of {len(closed)})" if closed else none,
        "expectancy": text(to_places(total / len(closed), 18), sign=True) + " USDT" if closed else none,
        "profitFactor": text(to_places(gained / lost, 18)) if lost > 0 else "-",
        "sharpe": sharpe,
        "sortino": sortino,
        "calmar": calmar,
        "drawdown": f"{text(deepest)} USDT" + (f" ({text(to_places(share, 18) * 100)}%)" if is_known else ""),
        "belowPeak": span(longest),
        "exposure": exposure(ledger, day),
        "slippage": slippage([fill for fill in ledger["fills"] if since is None or day(fill["ms"]) >= date.fromisoformat(since)]),
        "paid": paid_by_month(ledger, day),
        "weeks": {name: text(value, sign=True) for name, value in sorted(by_week.items(), reverse=True)},
    }


json.dump([figures(ledger) for ledger in json.load(sys.stdin)], sys.stdout)
