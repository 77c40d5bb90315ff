import { type Decimal, floorToStep, max, min, ZERO } from "./money.ts";

/** A numbered part of a position that is built of several entries, with how much of it there is, or how much of it an order moves. In base. */
export interface Part {
  readonly number: number;
  readonly quantity: Decimal;
}

/** An order for numbered parts: it fills them one after the other. */
interface PartsOrder {
  readonly parts: readonly Part[];
  readonly filledQuantity: Decimal;
}

/** What parts hold together, in base. */
export function sumOf(parts: readonly Part[]): Decimal {
  return parts.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
}

/** A quantity in whole lots as so many parts, as equal as lots allow; the last one takes what is left over. A part of nothing is none. */
export function splitIntoParts(numbers: readonly number[], quantity: Decimal, lotSize: Decimal): Part[] {
  const each = floorToStep(quantity.dividedBy(numbers.length), lotSize);
  const last = quantity.minus(each.times(numbers.length - 1));
  const parts = numbers.map((number, index) => ({ number, quantity: index === numbers.length - 1 ? last : each }));
  return parts.filter((part) => !part.quantity.isZero());
}

/** The parts after a fill of an order that buys some. `received` is what is left of the fill after a fee in base. */
export function boughtParts(held: readonly Part[], order: PartsOrder, filled: Decimal, received: Decimal): Part[] {
  const moved = movedBy(order, filled);
  const fee = filled.minus(received);
  const last = moved.length - 1;
  return moved.reduce<Part[]>(
    (parts, { number, quantity }, index) => {
      const own = index === last ? quantity.minus(fee) : quantity;
      const before = parts.find((part) => part.number === number);
      const others = parts.filter((part) => part.number !== number);
      return [...others, { number, quantity: own.plus(before?.quantity ?? ZERO) }].sort((a, b) => a.number - b.number);
    },
    [...held],
  );
}

/** The parts after a fill of an order that sells some. */
export function soldParts(held: readonly Part[], order: PartsOrder, filled: Decimal): Part[] {
  const moved = new Map(movedBy(order, filled).map(({ number, quantity }) => [number, quantity]));
  return left(held.map(({ number, quantity }) => ({ number, quantity: max(ZERO, quantity.minus(moved.get(number) ?? ZERO)) })));
}

/** The parts of a position that something else has reduced, a stop or a person: the first ones go first. */
export function fittedParts(held: readonly Part[], quantity: Decimal): readonly Part[] {
  let over = sumOf(held).minus(quantity);
  if (over.isLessThanOrEqualTo(0)) return held;
  return left(
    held.map((part) => {
      const gone = min(over, part.quantity);
      over = over.minus(gone);
      return { ...part, quantity: part.quantity.minus(gone) };
    }),
  );
}

/** The parts after these were sold in whole lots: what is left of them is too little to be parts and goes to another one. */
export function withoutParts(held: readonly Part[], sold: readonly number[]): readonly Part[] {
  const [first, ...others] = held.filter(({ number }) => !sold.includes(number));
  if (!first) return held;
  const rest = sumOf(held.filter(({ number }) => sold.includes(number)));
  return [{ ...first, quantity: first.quantity.plus(rest) }, ...others];
}

/** What a fill moves of each part: what the fills before it have not. */
function movedBy({ parts, filledQuantity }: PartsOrder, filled: Decimal): Part[] {
  let before = filledQuantity;
  let rest = filled;
  return left(
    parts.map(({ number, quantity }) => {
      const done = min(before, quantity);
      before = before.minus(done);
      const now = min(rest, quantity.minus(done));
      rest = rest.minus(now);
      return { number, quantity: now };
    }),
  );
}

function left(parts: readonly Part[]): Part[] {
  return parts.filter(({ quantity }) => quantity.isGreaterThan(0));
}
