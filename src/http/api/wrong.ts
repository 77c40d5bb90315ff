/** One thing that a schema found wrong in a request. */
export interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** What schemas call a kind of value, in words. */
const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "an object",
  object: "an object",
  undefined: "nothing",
  null: "null",
  NaN: "something else",
};
const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

/** The first thing that is wrong, by its place. What was sent is not repeated, but for the names of fields: it may be a secret. */
export function wrongText({
  validation: [first],
  validationContext = "request",
}: {
  validation: readonly Fault[];
  validationContext?: string;
}): string {
  const at = [validationContext, ...(first?.instancePath.split("/").filter((part) => part !== "") ?? [])].join(".");
  return `${at}: ${first === undefined ? "not understood" : wordsOf(first)}.`;
}

function wordsOf({ keyword, message = "not understood", params = {} }: Fault): string {
  // The words of our own schemas are for people already.
  if (message.startsWith("expected")) return message;
  switch (keyword) {
    case "invalid_type": {
      const [, wanted = "", found = ""] = /expected (\w+), received (\w+)/.exec(message) ?? [];
      return `expected ${KINDS[wanted] ?? wanted}, found ${KINDS[found] ?? found}`;
    }
    case "too_small":
      return `expected at least ${String(params.minimum)}${unitOf(params)}`;
    case "too_big":
      return `expected at most ${String(params.maximum)}${unitOf(params)}`;
    case "invalid_value":
      return `expected one of ${listOf(params.values)}, found something else`;
    case "unrecognized_keys":
      return `expected only fields of docs/openapi.json, found ${listOf(params.keys)}`;
    default:
      return message;
  }
}

function unitOf({ origin }: Readonly<Record<string, unknown>>): string {
  return (typeof origin === "string" && UNITS[origin]) || "";
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.join(", ") : "none";
}
