import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import type { Result } from "../domain/result.ts";
import { monthOf } from "./periods.ts";
import { deletedBots, quoteOf, resultGroups } from "./result-groups.ts";
import { dayReader } from "./statistics.ts";

/** What was paid to trade one symbol in one local month, in its quote unless a coin is named. */
export interface FeeRow {
  readonly month: string;
  readonly symbol: string;
  readonly fills: number;
  readonly fees: Decimal;
  readonly makerFees: Decimal;
  /** Received less paid. */
  readonly funding: Decimal;
  readonly otherFees: ReadonlyMap<string, Decimal>;
}

export interface FeeGroup {
  readonly mode: Mode;
  readonly currency: string;
  /** Newest month first, then by symbol. */
  readonly rows: readonly FeeRow[];
  readonly sum: Omit<FeeRow, "month" | "symbol">;
}

export interface FeeWish {
  readonly timeZone: string;
  /** First local day that counts; everything when it is left out. */
  readonly since: string | undefined;
}

type Paid = FeeGroup["sum"];
const NOTHING: Paid = { fills: 0, fees: ZERO, makerFees: ZERO, funding: ZERO, otherFees: new Map() };

/** Fees and funding by mode, currency, month and symbol. Deleted bots of the accounts count; funding is what the accounts were told. */
export function feeGroups(
  shown: readonly Readonly<BotState>[],
  accounts: readonly Readonly<AccountState>[],
  { timeZone, since }: FeeWish,
): readonly FeeGroup[] {
  const day = dayReader(timeZone);
  const paid = [...shown, ...deletedBots(accounts)].flatMap(({ spec: { mode, symbol }, results }) =>
    [...results].map(([bucketMs, result]) => ({ mode, symbol, day: day(bucketMs), paid: paidOf(result) })),
  );
  const funded = accounts.flatMap(({ mode, venue }) =>
    [...venue.funding].flatMap(([symbol, buckets]) =>
      [...buckets].map(([bucketMs, funding]) => ({ mode, symbol, day: day(bucketMs), paid: { ...NOTHING, funding } })),
    ),
  );
  const lines = [...paid, ...funded].filter((line) => since === undefined || line.day >= since);
  return resultGroups(lines, accounts).map(({ mode, currency, bots }) => {
    const rows = new Map<string, FeeRow>();
    for (const line of bots) {
      const month = monthOf(line.day);
      const key = `${month} ${line.symbol}`;
      rows.set(key, { month, symbol: line.symbol, ...added(rows.get(key) ?? NOTHING, line.paid) });
    }
    return { mode, currency, rows: [...rows.values()].sort(newestFirst), sum: [...rows.values()].reduce<Paid>(added, NOTHING) };
  });
}

/** Whether anything in a group was traded where funding is paid. */
export function hasFunding({ rows }: FeeGroup): boolean {
  return rows.some(({ symbol, funding }) => !funding.isZero() || symbol.endsWith(`:${quoteOf(symbol)}`));
}

function paidOf({ fills, fees, makerFees, otherFees }: Result): Paid {
  return { fills, fees, makerFees, funding: ZERO, otherFees };
}

function added(a: Paid, b: Paid): Paid {
  const otherFees = new Map(a.otherFees);
  for (const [coin, fee] of b.otherFees) otherFees.set(coin, (otherFees.get(coin) ?? ZERO).plus(fee));
  return {
    fills: a.fills + b.fills,
    fees: a.fees.plus(b.fees),
    makerFees: a.makerFees.plus(b.makerFees),
    funding: a.funding.plus(b.funding),
    otherFees,
  };
}

function newestFirst(a: FeeRow, b: FeeRow): number {
  if (a.month !== b.month) return a.month < b.month ? 1 : -1;
  return a.symbol < b.symbol ? -1 : 1;
}
