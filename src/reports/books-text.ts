import { plain } from "../domain/money.ts";
import type { Books, CoinBook } from "./books.ts";

const FAULT = "THE BOOKS DO NOT ADD UP. Stop trading and keep the data folder: this is a fault of the desk.";

/** An account's books in sentences, to the last digit: cash first, then each coin that is held or does not add up, then whether they add up. */
export function booksText(account: string, books: Books): readonly string[] {
  const { currency, start, entries, others, cash } = books.cash;
  const apart = others.isZero() ? "" : ` + moved by no bot ${plain(others)}`;
  const lines = [`Books of ${account}: cash ${plain(cash)} = start ${plain(start)} + entries ${plain(entries)}${apart} ${currency}`];
  const coins = books.kind === "paper" ? books.coins.filter(isMoved).map(movedText) : books.coins.filter(isClaimed).map(claimText);
  return [...lines, ...coins, books.addsUp ? "The books add up." : FAULT];
}

/** A coin that was sold again adds nothing. */
function isMoved({ position, entries, addsUp }: CoinBook): boolean {
  return !position.isZero() || !entries.isZero() || !addsUp;
}

function movedText({ coin, position, entries }: CoinBook): string {
  return `${coin}: position ${plain(position)} = entries ${plain(entries)}`;
}

/** At an exchange other coins are the person's own. */
function isClaimed({ position }: CoinBook): boolean {
  return !position.isZero();
}

function claimText({ coin, position, balance }: CoinBook): string {
  return `${coin}: bots claim ${plain(position)} of ${plain(balance)}`;
}
