import { plain } from "../domain/money.ts";
import type { Books } from "./statistics.ts";

/** An account's books in sentences, to the last digit: cash first, then each coin, then whether they add up. */
export function booksText(account: string, { cash, coins, addsUp }: Books): readonly string[] {
  const { currency, start, entries } = cash;
  const lines = [`Books of ${account}: cash ${plain(cash.cash)} = start ${plain(start)} + entries ${plain(entries)} ${currency}`];
  for (const { coin, position, entries: moved } of coins) lines.push(`${coin}: position ${plain(position)} = entries ${plain(moved)}`);
  return [
    ...lines,
    addsUp ? "The books add up." : "THE BOOKS DO NOT ADD UP. Stop trading and keep the data folder: this is a fault of the desk.",
  ];
}
