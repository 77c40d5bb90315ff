import { plain } from "../domain/money.ts";
import type { Books, CoinBook } from "./statistics.ts";

/** An account's books in sentences, to the last digit: cash first, then each coin that is held or does not add up, then whether they add up. */
export function booksText(account: string, { cash, coins, addsUp }: Books): readonly string[] {
  const { currency, start, entries } = cash;
  const lines = [`Books of ${account}: cash ${plain(cash.cash)} = start ${plain(start)} + entries ${plain(entries)} ${currency}`];
  for (const { coin, position, entries: moved } of coins.filter(isMoved))
    lines.push(`${coin}: position ${plain(position)} = entries ${plain(moved)}`);
  return [
    ...lines,
    addsUp ? "The books add up." : "THE BOOKS DO NOT ADD UP. Stop trading and keep the data folder: this is a fault of the desk.",
  ];
}

/** A coin that was sold again adds nothing. */
function isMoved({ position, entries, addsUp }: CoinBook): boolean {
  return !position.isZero() || !entries.isZero() || !addsUp;
}
