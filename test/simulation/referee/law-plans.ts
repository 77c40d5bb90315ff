import { type Exact, NOTHING, over, times, toNumber } from "./exact.ts";
import { Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { Fact, LogRow } from "./log.ts";

/** What prices may move between a decision and its fill, in percent. */
const MOVED_PCT = 3;

/** What a bot holds of a plan of several entries. */
interface Held {
  whole: Exact;
  cost: Exact;
  /** Parts that it has bought, by number. */
  readonly parts: Map<number, HeldPart>;
}

interface HeldPart {
  bought: Exact;
  held: Exact;
  /** Some of it was sold, so that it may be bought again. */
  isSold: boolean;
}

/** An intent's parts in the order in which its fills reach them, each with how much has filled when it is reached and when it is over. */
interface Moves {
  readonly side: string;
  readonly parts: readonly { readonly number: number; readonly from: Exact; readonly to: Exact }[];
  filled: Exact;
}

/**
 * 30: a position that is built of several entries never costs more than what its whole was sized to with the first of them, beyond what prices move meanwhile;
 * no part of it is bought again while it is held or sold again when it was, and none is added to what was not begun so.
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
    const moves = movesOf(intent);
    this.#parts.set(intent.text("intentId"), moves);
    if (intent.text("purpose") !== "entry") return this.#facts.coverage.mark(`antecedent 30: a part is sold${where}`);
    const id = intent.text("botId");
    const { name, position } = this.#facts.books.botOf(id);
    const begins = intent.has("whole");
    if (begins && position !== NOTHING) throw new Broken(this.id, `${name} begins a whole on top of what it holds`);
    // What it adds to may end while the wish is written down: it is then stopped at the send.
    if (!begins) this.#adds.add(intent.text("clientOrderId"));
    if (begins) this.#held.set(id, { whole: intent.money("whole"), cost: NOTHING, parts: new Map() });
    this.#facts.coverage.mark(`antecedent 30: ${begins ? "a plan is begun" : "a part is added"}${where}`);
    const again = moves.parts.find(({ number }) => this.#held.get(id)?.parts.get(number)?.isSold === false);
    if (again !== undefined) throw new Broken(this.id, `${name} buys part ${again.number} again, which it holds`);
  }

  #filled(event: Fact): void {
    const id = event.text("botId");
    const held = this.#held.get(id);
    if (!held) return;
    const fill = event.part("fill");
    const quantity = fill.money("quantity");
    const order = this.#facts.books.sentOrder(fill.text("clientOrderId"));
    const intended = order && this.#parts.get(order.intentId);
    // The stop that came with an entry sells all of a position, whatever the entry was to buy of it.
    const moves = intended?.side === fill.text("side") ? intended : undefined;
    const { name, position } = this.#facts.books.botOf(id);
    if (fill.text("side") === "buy") {
      held.cost += times(fill.money("price"), quantity);
      // A part that no fill has reached was not bought, and may be later.
      for (const part of moves ? movedBy(moves, quantity) : []) bought(held, part);
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
    for (const part of moves ? movedBy(moves, quantity) : []) this.#sold(name, held, part);
    for (const { number } of moves?.parts ?? []) markSold(held.parts.get(number));
    // Which parts a stop has sold that was taken back and filled in part meanwhile is the bot's to say, too.
    if (!moves) held.parts.clear();
    this.#endIfFlat(id);
  }

  /** Fees in the coin, and what is too little to be a part and goes to another one, are less than half of one. */
  #sold(name: string, { parts }: Held, { number, quantity }: Moved): void {
    const part = parts.get(number);
    if (!part) return;
    part.held -= quantity;
    this.#facts.coverage.mark("antecedent 30: a part that is known is sold");
    if (part.held * 2n < -part.bought) throw new Broken(this.id, `${name} sells part ${number} again, which it has sold`);
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

/** How much of a part a fill moves. */
interface Moved {
  readonly number: number;
  readonly quantity: Exact;
}

function movesOf(intent: Fact): Moves {
  let to = NOTHING;
  const reached = intent.list("parts").map((part) => {
    const from = to;
    to += part.money("quantity");
    return { number: part.number("number"), from, to };
  });
  return { side: intent.text("side"), parts: reached, filled: NOTHING };
}

/** One part after the other is filled. */
function movedBy(moves: Moves, quantity: Exact): Moved[] {
  const from = moves.filled;
  moves.filled += quantity;
  return moves.parts.flatMap((part) => {
    const begin = from > part.from ? from : part.from;
    const end = moves.filled < part.to ? moves.filled : part.to;
    return end > begin ? [{ number: part.number, quantity: end - begin }] : [];
  });
}

function bought({ parts }: Held, { number, quantity }: Moved): void {
  const part = parts.get(number);
  if (!part || part.isSold) parts.set(number, { bought: quantity, held: quantity, isSold: false });
  else {
    part.bought += quantity;
    part.held += quantity;
  }
}

function markSold(part: HeldPart | undefined): void {
  if (part) part.isSold = true;
}
