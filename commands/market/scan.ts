import { marketTime, priceText } from "../../src/chat/amounts.ts";
import { timeframe } from "../../src/chat/args.ts";
import { rule } from "../../src/chat/args-rule.ts";
import { exchangeId, symbolPart } from "../../src/chat/args-venue.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { marketPlace } from "../../src/chat/market-place.ts";
import { SCAN_MS_MAX, type ScanResult, scan, scanPlan } from "../../src/chat/scan.ts";
import { type Card, card, right } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { clauseOf } from "../../src/domain/sentences.ts";
import { spanText } from "../../src/domain/time.ts";

/** Between two edits of the progress message. */
const TOLD_EVERY_MS = 3_000;
const ROWS_MAX = 20;
const MISSING_SHOWN = 5;
const TERMS_SHOWN = 3;

export default defineCommand({
  summary: "Looks for symbols on which a rule is true at the newest closed candle",
  role: "viewer",
  readOnly: true,
  partial: true,
  args: {
    rule: rule.describe("The rule"),
    timeframe: timeframe.describe("Candles that it is asked at").prefault("5m"),
    quote: symbolPart.describe("Only symbols priced in this; what most are priced in when not given").optional(),
    exchange: exchangeId.describe("Symbols of which exchange; those of the desk's own market when not given").optional(),
  },
  async run({ args, engine, accounts, clock, progress }) {
    if (args.rule.readsPosition) throw new UserError("rule: a scan holds no position; leave out entry_price, pnl_pct and bars_held.");
    const place = marketPlace(engine, accounts, args.exchange);
    if (place.instruments.size === 0)
      throw new UserError("The market has not said yet what trades on it. Try again in a moment; `system health` says why.");
    const wish = { rule: args.rule, timeframe: args.timeframe, quote: args.quote };
    const plan = scanPlan(wish, place);
    let toldMs = clock.monotonicMs();
    const found = await scan(wish, place, plan, {
      reader: engine,
      clock,
      onProgress(done) {
        if (clock.monotonicMs() - toldMs < TOLD_EVERY_MS) return;
        toldMs = clock.monotonicMs();
        progress(card(`Scanning: ${done} of ${plan.symbols.length} symbols`).line(`Market: ${place.label}.`));
      },
    });
    return shown(found, args.rule.text, args.timeframe).line(
      leftLine(found, plan.quote),
      `Newest closed candle of ${args.timeframe} at ${marketTime(place.atMs)}. Market: ${place.label}.`,
    );
  },
});

function shown({ matches, judged, missing }: ScanResult, text: string, length: string): Card {
  const count = matches.length === 1 ? "1 symbol" : `${matches.length} symbols`;
  const answer = card(matches.length === 0 ? `No symbol matches ${text}` : `${count} of ${judged}: ${text}`);
  if (matches.length > 0) {
    answer.good().table(
      ["Symbol", right("Close"), "Numbers"],
      matches.slice(0, ROWS_MAX).map(({ symbol, close, trial }) => [
        symbol,
        priceText(decimal(close)),
        trial.rows
          .slice(0, TERMS_SHOWN)
          .map(([term, numbers]) => `${term}: ${numbers}`)
          .join("; "),
      ]),
    );
    const [first] = matches;
    answer.button(`Analyze ${first!.symbol}`, `market analyze symbol:${first!.symbol} timeframe:${length}`);
  }
  if (matches.length > ROWS_MAX) answer.line(`${matches.length - ROWS_MAX} more match.`);
  if (missing.length > 0) {
    const named = missing.slice(0, MISSING_SHOWN).map(({ symbol, why }) => `${symbol} (${clauseOf(why)})`);
    const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : "";
    answer.warning().line(`Not judged: ${named.join(", ")}${more}.`);
  }
  return answer;
}

function leftLine({ judged, left, isLate }: ScanResult, quote: string): string {
  const looked = `${judged} symbols priced in ${quote} were judged`;
  if (left === 0) return `${looked}.`;
  const why = isLate ? `a scan ends after ${spanText(SCAN_MS_MAX)}` : "more candles than a scan reads would be needed";
  return `${looked}, ${left} were not looked at: ${why}. A shorter timeframe, shorter periods or another quote: reaches others.`;
}
