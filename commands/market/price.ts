import { marketTime, percentText, priceText } from "../../src/chat/amounts.ts";
import { symbols } from "../../src/chat/args.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { card, right } from "../../src/chat/view.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";
import { type Quote, spreadBpsOf } from "../../src/domain/quote.ts";
import type { PriceFacts } from "../../src/ports/engine.ts";

/** Symbols that are shown when none is named. */
const SHOWN_MAX = 20;

export default defineCommand({
  summary: "Shows prices and how they came to be",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: { symbol: symbols.describe("Which symbols").optional() },
  async run({ args, engine }) {
    const { label, assumptions, symbols: known, atMs } = engine.market();
    const asked = args.symbol ?? known.slice(0, SHOWN_MAX);
    const facts = (await Promise.all(asked.map((symbol) => engine.price(symbol)))).filter((price) => price !== undefined);
    if (facts.length === 0) return card("No prices yet").warning().line(`Market: ${label}.`);
    const answer = card(facts.length === 1 ? `${facts[0]!.instrument.symbol} ${priceOf(facts[0]!)}` : `Prices of ${facts.length} symbols`)
      .table(
        ["Symbol", right("Price"), right("24 h")],
        facts.map((price) => [price.instrument.symbol, priceOf(price), changeOf(price)]),
      )
      .tableFirst()
      .line(`Market: ${label}, ${marketTime(facts.length === 1 ? facts[0]!.atMs : atMs)}.`);
    const [only, ...others] = facts;
    if (only?.quote && others.length === 0) answer.line(quoteText(only.quote, only.instrument));
    if (args.symbol === undefined && known.length > asked.length) answer.line(`${known.length - asked.length} more symbols can be named.`);
    return args.symbol === undefined ? answer : answer.line(...assumptionsFor(asked, assumptions, known));
  },
});

/** Those of the whole market and of the symbols that were asked for. */
function assumptionsFor(asked: readonly string[], assumptions: readonly string[], known: readonly string[]): readonly string[] {
  const others = new Set(known.filter((symbol) => !asked.includes(symbol)));
  return assumptions.filter((sentence) => !others.has(sentence.split(": ")[0] ?? ""));
}

function quoteText(quote: Quote, { quote: currency }: Instrument): string {
  const [bid, ask] = [quote.bid, quote.ask].map((side) => priceText(decimal(side)));
  return `Bid ${bid} ${currency}, ask ${ask} ${currency}: ${spreadBpsOf(quote)} bps apart.`;
}

function priceOf({ price, instrument }: PriceFacts): string {
  return `${priceText(price)} ${instrument.quote}`;
}

function changeOf({ change24hPct }: PriceFacts): string {
  return change24hPct === undefined ? "-" : percentText(change24hPct);
}
