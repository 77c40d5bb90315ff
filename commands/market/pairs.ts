import { count } from "../../src/chat/args.ts";
import { exchangeId, symbolPart } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { card, right } from "../../src/chat/view.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { plain } from "../../src/domain/money.ts";

const ROWS_A_PAGE = 20;
const PAGES_MAX = 1_000;
const QUOTES_SHOWN = 12;
const BPS_PER_PERCENT = 100;

export default defineCommand({
  summary: "Lists the symbols of a market with their rules, by a part of the name or by quote",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    search: symbolPart.describe("A part of the symbol").optional(),
    quote: symbolPart.describe("Only symbols that are priced in this").optional(),
    page: count(1, PAGES_MAX).describe("Which page").prefault("1"),
    exchange: exchangeId.describe("Symbols of which exchange; those of the desk's own market when not given").optional(),
  },
  run({ args, engine, accounts }) {
    const { search, quote, exchange } = args;
    const { instruments, label } = marketPlace(engine, accounts, exchange);
    const all = [...instruments.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    if (all.length === 0)
      return card("The market has not said yet what trades on it").warning().line(`Market: ${label}.`, "`system health` says why.");
    const found = all.filter(
      (each) => (search === undefined || each.symbol.includes(search)) && (quote === undefined || each.quote === quote),
    );
    if (found.length === 0)
      return card("No such symbol")
        .warning()
        .line(`Market: ${label}, ${all.length} symbols priced in ${quotesOf(all)}.`);
    const pages = Math.ceil(found.length / ROWS_A_PAGE);
    const page = Math.min(args.page, pages);
    const answer = card(found.length === 1 ? "1 symbol" : `${found.length} symbols`)
      .table(
        ["Symbol", right("Smallest order"), right("Price step"), right("Fee")],
        found.slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE).map(rowOf),
      )
      .tableFirst()
      .line(`Market: ${label}.`);
    if (pages === 1) return answer;
    const again = ["market pairs", ...named({ search, quote, exchange })].join(" ");
    answer.line(`Page ${page} of ${pages}.`);
    if (page > 1) answer.button("Back", `${again} page:${page - 1}`);
    if (page < pages) answer.button("More", `${again} page:${page + 1}`);
    return answer;
  },
});

function named(args: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [`${name}:${value}`]));
}

function rowOf({ symbol, notionalMin, quote, tickSize, takerFeeBps }: Instrument): string[] {
  return [symbol, `${plain(notionalMin)} ${quote}`, plain(tickSize), `${(takerFeeBps / BPS_PER_PERCENT).toFixed(2)}%`];
}

function quotesOf(all: readonly Instrument[]): string {
  const quotes = [...new Set(all.map(({ quote }) => quote))].sort();
  const more = quotes.length > QUOTES_SHOWN ? ` and ${quotes.length - QUOTES_SHOWN} others` : "";
  return quotes.slice(0, QUOTES_SHOWN).join(", ") + more;
}
