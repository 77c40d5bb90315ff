import { marked } from "../domain/bot.ts";
import type { Digest, DigestBot, DigestPeriod, DigestTotal } from "../domain/digest.ts";
import type { View } from "../ports/view.ts";
import { feeDigits, feeText, moneyText, quantityText, resultDigits, resultText } from "./amounts.ts";
import { fillsText } from "./bot-cards.ts";
import { coinsOf } from "./coins.ts";
import { inAllLines } from "./in-all.ts";
import { modeMark, modeWords, oneCurrency } from "./mode-words.ts";
import { type Card, card, right } from "./view.ts";

const TITLES: Readonly<Record<DigestPeriod, string>> = { weekly: "Weekly digest", monthly: "Monthly digest" };

/**
 * The statistics of a channel, as they were frozen when they fell due. Modes and currencies stand apart, LIVE first. What is held and what it is
 * worth is of the moment at which the digest fell due, often the morning after its day: its words say "now".
 */
export function digestView(digest: Digest): View {
  const totals = digest.totals ?? [{ ...digest, mode: "paper" as const }];
  const [first] = totals;
  const made = card(digest.period ? `${TITLES[digest.period]} ${digest.name ?? digest.day}` : `Daily digest ${digest.day}`);
  made.line(...(digest.notes ?? [])).picture(digest.picture);
  if (totals.length === 1 && first) oneTotal(made, first, digest);
  else
    for (const total of totals)
      made.fields({ [totalName(total, totals)]: totalText(total, digest.day), ...bestAndWorst(total, digest, true) });
  made.line(...inAllLines(digest.inAll ?? []));
  const isPaper = totals.some(({ mode }) => mode === "paper");
  const isReal = totals.some(({ mode }) => mode !== "paper");
  if (isPaper) made.line(isReal ? `Paper market: ${digest.market}.` : `Market: ${digest.market}.`);
  made.line(digest.bots.length === 0 ? "There are no bots." : undefined);
  const open = digest.bots.filter(({ positionQuantity }) => !positionQuantity.isZero());
  made.line(open.length === 0 ? "No open positions now." : `Open now: ${open.map(openText).join("; ")}.`);
  if (digest.bots.length > 0) {
    const columns = ["Bot", "Status", right("Realized"), right("Unrealized now"), right("Fees"), right("Fills")];
    const isOnly = oneCurrency(totals);
    made.table(
      columns,
      digest.bots.map((bot) => rowOf(bot, isOnly)),
    );
  }
  if (first?.realized.isGreaterThan(0)) made.good();
  return made.view();
}

/** A desk of one mode and currency has a field for each sum. */
function oneTotal(made: Card, total: DigestTotal, digest: Digest): void {
  const { mode, currency, realized, unrealized, fees, fills, equity } = total;
  made.fields({
    [`${modeMark(mode)}Realized`]: resultText(realized, currency),
    [`${modeMark(mode)}Unrealized now`]: resultText(unrealized, currency),
    [`${modeMark(mode)}Fees`]: feeText(fees, currency),
    Fills: String(fills),
    [`${modeMark(mode)}Equity now`]: equity && moneyText(equity, currency),
    ...bestAndWorst(total, digest, false),
  });
}

function totalName({ mode, currency }: DigestTotal, totals: readonly DigestTotal[]): string {
  const several = totals.filter((other) => other.mode === mode).length > 1;
  return several ? `${modeWords(mode)} in ${currency}` : modeWords(mode);
}

/** A mode's day in one sentence. */
function totalText({ currency, day, realized, unrealized, fees, fills, equity }: DigestTotal, digestDay: string): string {
  const parts = [
    day === digestDay ? undefined : `${day} so far`,
    `${resultText(realized, currency)} realized`,
    `${resultText(unrealized, currency)} unrealized now`,
    `${feeText(fees, currency)} fees`,
    fillsText(fills),
    equity && `equity now ${moneyText(equity, currency)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function bestAndWorst({ mode, currency }: DigestTotal, { bots }: Digest, isNamed: boolean): Record<string, string | undefined> {
  const ranked = bots
    .filter((bot) => bot.fills > 0 && modeOf(bot) === mode && coinsOf(bot.symbol).quote === currency)
    .sort((a, b) => b.realized.comparedTo(a.realized) ?? 0);
  const named = (bot: DigestBot | undefined) => bot && `${nameOf(bot)} ${resultText(bot.realized, currency)}`;
  const what = isNamed && mode === "paper" ? "paper " : isNamed ? modeMark(mode) : "";
  return { [`Best ${what}bot`]: named(ranked[0]), [`Worst ${what}bot`]: ranked.length > 1 ? named(ranked.at(-1)) : undefined };
}

function modeOf({ mode = "paper" }: DigestBot) {
  return mode;
}

function nameOf(bot: DigestBot): string {
  return marked(bot.name, modeOf(bot));
}

/** Cells name their currency where the table has several. */
function rowOf(bot: DigestBot, isOnly: boolean): string[] {
  const { status, realized, unrealized, fees, fills } = bot;
  const { quote } = coinsOf(bot.symbol);
  const money = isOnly
    ? [resultDigits(realized), resultDigits(unrealized), feeDigits(fees)]
    : [resultText(realized, quote), resultText(unrealized, quote), feeText(fees, quote)];
  return [nameOf(bot), status, ...money, String(fills)];
}

function openText(bot: DigestBot): string {
  const { base, quote } = coinsOf(bot.symbol);
  return `${nameOf(bot)} ${quantityText(bot.positionQuantity, base)} (${resultText(bot.unrealized, quote)})`;
}
