import { type Exact, NOTHING, over, times, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { Fact, LogRow } from "./log.ts";

/** What prices may move between a decision and its fill, in percent. */
const MOVED_PCT = 3;

/** What a bot holds of a plan of several entries. */
interface Held {
  whole: Exact;
  cost: Exact;
  /** Numbers of the parts that it has bought and not sold. */
  readonly parts: Set<number>;
}

/** An intent's parts in the order in which its fills reach them, each with how much has filled when it is reached. */
interface Moves {
  readonly parts: readonly { readonly number: number; readonly from: Exact }[];
  filled: Exact;
}

/**
 * 30: a position that is built of several entries never costs more than what its whole was sized to with the first of them, beyond what prices move meanwhile;
 * no part of it is bought again while it is held, and none is added to what was not begun so.
 */
export class PlansLaw implements Law {
  readonly id = "30";
  readonly #facts: Facts;
  readonly #held = new Map<string, Held>();
  /** Parts that an intent moves, whichever of its orders does. */
  readonly #parts = new Map<string, Moves>();
  /** Orders that add: when they leave there must be something that they add to. */
  readonly #adds = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  durable({ stream, event }: LogRow): void {
    if (event.type === "intent") this.#intended(event.part("intent"), stream.startsWith("account:paper:") ? "" : " at an exchange");
    else if (event.type === "order-filled") this.#filled(event);
    else if (event.type === "claim-reduced") this.#reduced(event.text("botId"));
    else if (event.type === "dust-moved") this.#endIfFlat(event.text("botId"));
  }

  sent({ clientOrderId }: SentOrder): void {
    if (!this.#adds.delete(clientOrderId)) return;
    const order = this.#facts.books.sentOrder(clientOrderId);
    const bot = order && this.#facts.books.botOf(order.bot);
    if (bot?.position === NOTHING) throw new Broken(this.id, `${bot.name} adds to what it did not begin`);
  }

  #intended(intent: Fact, where: string): void {
    if (!intent.has("parts")) return;
    const moves = movesOf(intent.list("parts"));
    this.#parts.set(intent.text("intentId"), moves);
    if (intent.text("purpose") !== "entry") return this.#facts.coverage.mark(`antecedent 30: a part is sold${where}`);
    const id = intent.text("botId");
    const { name, position } = this.#facts.books.botOf(id);
    const begins = intent.has("whole");
    if (begins && position !== NOTHING) throw new Broken(this.id, `${name} begins a whole on top of what it holds`);
    // What it adds to may end while the wish is written down: it is then stopped at the send.
    if (!begins) this.#adds.add(intent.text("clientOrderId"));
    if (begins) this.#held.set(id, { whole: intent.money("whole"), cost: NOTHING, parts: new Set() });
    this.#facts.coverage.mark(`antecedent 30: ${begins ? "a plan is begun" : "a part is added"}${where}`);
    const again = moves.parts.find(({ number }) => this.#held.get(id)?.parts.has(number));
    if (again !== undefined) throw new Broken(this.id, `${name} buys part ${again.number} again, which it holds`);
  }

  #filled(event: Fact): void {
    const id = event.text("botId");
    const held = this.#held.get(id);
    if (!held) return;
    const fill = event.part("fill");
    const quantity = fill.money("quantity");
    const order = this.#facts.books.sentOrder(fill.text("clientOrderId"));
    const moves = order && this.#parts.get(order.intentId);
    const { name, position } = this.#facts.books.botOf(id);
    if (fill.text("side") === "buy") {
      held.cost += times(fill.money("price"), quantity);
      if (moves) moves.filled += quantity;
      // A part that no fill has reached was not bought, and may be later.
      for (const { number, from } of moves?.parts ?? []) if (moves && from < moves.filled) held.parts.add(number);
      const most = toNumber(held.whole) * (1 + MOVED_PCT / 100);
      if (toNumber(held.cost) > most)
        throw new Broken(
          this.id,
          `${name} has paid ${toNumber(held.cost).toFixed(2)} for what was sized to ${toNumber(held.whole).toFixed(2)}`,
        );
      return;
    }
    // The books have the fill already.
    const before = position + quantity;
    if (before > NOTHING) held.cost -= over(times(held.cost, quantity), before);
    for (const { number } of moves?.parts ?? []) held.parts.delete(number);
    // Which parts a stop has sold that was taken back and filled in part meanwhile is the bot's to say, too.
    if (!moves) held.parts.clear();
    this.#endIfFlat(id);
  }

  /** What somebody else took of a position is no part that the law could name: the bot says which it buys again. */
  #reduced(id: string): void {
    this.#held.get(id)?.parts.clear();
    this.#endIfFlat(id);
  }

  #endIfFlat(id: string): void {
    if (this.#held.has(id) && this.#facts.books.botOf(id).position === NOTHING) this.#held.delete(id);
  }
}

function movesOf(parts: readonly Fact[]): Moves {
  let from = NOTHING;
  const reached = parts.map((part) => {
    const begins = from;
    from += part.money("quantity");
    return { number: part.number("number"), from: begins };
  });
  return { parts: reached, filled: NOTHING };
}
