import { type Exact, NOTHING, textOf, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law } from "./law.ts";
import type { VenueBooks } from "./law-exchange.ts";
import type { Fact, LogRow } from "./log.ts";

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** A look each second, and what a start needs until it knows its account. */
const LATE_MAX_MS = 30_000;
const DUST_FACTOR = 1.1;

/** A position that may be held for so long, and since when it is. */
interface Hold {
  readonly longestMs: number;
  sinceMs: number | undefined;
  wanted: boolean;
  /** Reachable time beyond the longest in which nobody wanted to leave. */
  lateMs: number;
  price: number;
}

/** 26, at the exchange: a target, or a decision to sell a part, sells no more than its part, and a position is left when it has been held as long as it may. Time counts while the desk can act. */
export class ExitsLaw implements Law {
  readonly id = "26";
  readonly #facts: Facts;
  readonly #venue: VenueBooks;
  /** What the newest wish to leave keeps, by bot. */
  readonly #keeps = new Map<string, Exact>();
  readonly #holds = new Map<string, Hold>();

  constructor(facts: Facts, venue: VenueBooks) {
    this.#facts = facts;
    this.#venue = venue;
  }

  durable({ stream, event }: LogRow): void {
    if (stream.startsWith("account:paper:")) return;
    if (event.type === "bot-created") this.#made(event.part("bot"));
    else if (event.type === "exit-wanted") this.#wanted(event);
    else if (event.type === "intent") this.#sold(event.part("intent"));
    else if (event.type === "order-filled") this.#filled(event);
    else if (event.type === "dust-moved" || event.type === "claim-reduced") this.#endIfFlat(event.text("botId"));
  }

  #made(bot: Fact): void {
    const protection = bot.part("protection");
    if (!protection.has("holdMax")) return;
    const most = protection.part("holdMax");
    const [count = "", unit] = [bot.text("timeframe").slice(0, -1), bot.text("timeframe").slice(-1)];
    if (unit !== "m") throw new Error(`expected a timeframe of minutes, found ${bot.text("timeframe")}`);
    const longestMs = most.has("bars") ? most.number("bars") * Number(count) * MINUTE_MS : most.number("spanMs");
    this.#holds.set(bot.text("id"), { longestMs, sinceMs: undefined, wanted: false, lateMs: 0, price: 0 });
  }

  #wanted(event: Fact): void {
    const bot = event.text("botId");
    if (event.has("keep")) this.#keeps.set(bot, event.money("keep"));
    else this.#keeps.delete(bot);
    const hold = this.#holds.get(bot);
    if (hold && !event.has("keep")) hold.wanted = true;
    if (hold && event.text("reason").startsWith("time stop")) this.#facts.coverage.mark("antecedent 26: a position is left for its time");
  }

  #sold(intent: Fact): void {
    const keep = this.#keeps.get(intent.text("botId"));
    const purpose = intent.text("purpose");
    if (keep === undefined || (purpose !== "take" && purpose !== "exit")) return;
    this.#facts.coverage.mark(`antecedent 26: ${purpose === "take" ? "a target" : "a decision"} sells a part`);
    const { name, position } = this.#facts.books.botOf(intent.text("botId"));
    const held = position < NOTHING ? -position : position;
    const quantity = intent.money("quantity");
    if (quantity > held - keep)
      throw new Broken(this.id, `${name} holds ${textOf(held)}, is to keep ${textOf(keep)}, and sells ${textOf(quantity)}`);
  }

  #filled(event: Fact): void {
    const hold = this.#holds.get(event.text("botId"));
    if (!hold) return;
    const fill = event.part("fill");
    hold.price = toNumber(fill.money("price"));
    if (!this.#endIfFlat(event.text("botId"))) hold.sinceMs ??= fill.number("marketMs");
  }

  /** A position may also end with what leaves it without a sale. */
  #endIfFlat(botId: string): boolean {
    const hold = this.#holds.get(botId);
    if (!hold || this.#facts.books.botOf(botId).position !== NOTHING) return false;
    Object.assign(hold, { sinceMs: undefined, wanted: false, lateMs: 0 });
    return true;
  }

  second(): void {
    const nowMs = this.#facts.trueMs();
    for (const [botId, hold] of this.#holds) {
      if (hold.sinceMs === undefined || hold.wanted || nowMs - hold.sinceMs <= hold.longestMs) continue;
      const { name, symbol, account, position } = this.#facts.books.botOf(botId);
      const id = symbol.replace("/", "");
      const isSmall = Math.abs(toNumber(position)) * hold.price < this.#venue.smallest(id, hold.price) * DUST_FACTOR;
      if (position === NOTHING || isSmall || !this.#canLeave(symbol, id, account.replace("account:", ""))) continue;
      hold.lateMs += SECOND_MS;
      if (hold.lateMs > LATE_MAX_MS)
        throw new Broken(
          this.id,
          `${name} is held for ${nowMs - hold.sinceMs} ms, ${hold.longestMs} is the most, and nobody wants to leave`,
        );
    }
  }

  /** What the exchange does not list cannot be measured by its rules. */
  #canLeave(symbol: string, id: string, account: string): boolean {
    const isSpot = !symbol.includes(":");
    return isSpot && this.#venue.takesOrders(id) && this.#facts.reaches(account);
  }
}
