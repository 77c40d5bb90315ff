/** What is printed where a secret would be. */
export const SECRET_MASK = "[secret]";

/** Node prints an object by calling the method under this registered symbol; naming it here keeps domain free of node: modules. */
const NODE_INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A key or token that no text, JSON or inspection shows. Only `reveal` opens it, so that each use can be found by that word. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SECRET_MASK;
  }

  toJSON(): string {
    return SECRET_MASK;
  }

  [Symbol.toPrimitive](): string {
    return SECRET_MASK;
  }

  [NODE_INSPECT](): string {
    return SECRET_MASK;
  }
}
