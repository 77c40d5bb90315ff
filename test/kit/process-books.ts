import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** An event as it lies in the file, read without any code of the desk. */
export interface StoredFact {
  readonly stream: string;
  readonly marketMs: number;
  readonly event: { readonly type: string; readonly [name: string]: unknown };
}

/** Everything that a store's file holds, oldest first within each stream. The process that wrote it may still run. */
export function factsOf(file: string): StoredFact[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare("SELECT name, body FROM events JOIN streams ON streams.id = stream_id ORDER BY stream_id, sequence")
      .all();
    return rows.map(({ name, body }) => {
      const { marketMs, event } = JSON.parse(String(body)) as Pick<StoredFact, "marketMs" | "event">;
      return { stream: String(name), marketMs, event };
    });
  } finally {
    database.close();
  }
}

/** Exact numbers with this many decimals; a product has twice as many. */
const DECIMALS = 40;

export interface BotBooks {
  readonly name: string;
  /** When, side, quantity, price and fee of each; without its id, which names the attempt that reached the venue. */
  readonly fills: readonly string[];
  /** Sums of all movements of its fills, exactly. */
  readonly base: string;
  readonly quote: string;
}

interface StoredFill {
  readonly fillId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly price: { readonly $d: string };
  readonly quantity: { readonly $d: string };
  readonly fee: { readonly $d: string };
  readonly feeCurrency: string;
  readonly marketMs: number;
}

/** The books of every bot as a plain sum of its fills. A second way to them: the desk's own folds and decimals are not used. */
export function foldBooks(facts: readonly StoredFact[]): BotBooks[] {
  const names = namesOf(facts);
  const sums = new Map<string, { fills: string[]; base: bigint; quote: bigint }>();
  const seen = new Set<string>();
  for (const { event } of facts) {
    if (event.type !== "order-filled") continue;
    const fill = event.fill as StoredFill;
    if (seen.has(fill.fillId)) throw new Error(`the fill ${fill.fillId} is in the books twice`);
    seen.add(fill.fillId);
    const name = names.get(String(event.botId)) ?? String(event.botId);
    const bot = sums.get(name) ?? { fills: [], base: 0n, quote: 0n };
    sums.set(name, bot);
    const [base] = fill.symbol.split("/");
    const sign = fill.side === "buy" ? 1n : -1n;
    const [price, quantity, fee] = [exact(fill.price.$d), exact(fill.quantity.$d), exact(fill.fee.$d)];
    bot.base += sign * quantity - (fill.feeCurrency === base ? fee : 0n);
    bot.quote += -sign * price * quantity - (fill.feeCurrency === base ? 0n : fee * 10n ** BigInt(DECIMALS));
    bot.fills.push([fill.marketMs, fill.side, fill.quantity.$d, fill.price.$d, fill.fee.$d, fill.feeCurrency].join(" "));
  }
  return [...sums]
    .map(([name, { fills, base, quote }]) => ({ name, fills, base: text(base, DECIMALS), quote: text(quote, 2 * DECIMALS) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function namesOf(facts: readonly StoredFact[]): Map<string, string> {
  const made = facts.filter(({ event }) => event.type === "bot-created").map(({ event }) => event.bot as { id: string; name: string });
  return new Map(made.map(({ id, name }) => [id, name]));
}

/** A short name for equal books. */
export function hashOf(books: readonly BotBooks[]): string {
  return createHash("sha256").update(JSON.stringify(books)).digest("hex").slice(0, 16);
}

function exact(digits: string): bigint {
  const [, sign = "", whole = "0", part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  if (part.length > DECIMALS) throw new Error(`${digits} has more than ${DECIMALS} decimals`);
  return BigInt(`${sign}${whole}${part.padEnd(DECIMALS, "0")}`);
}

function text(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const part = digits.slice(-decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -decimals)}${part === "" ? "" : `.${part}`}`;
}
