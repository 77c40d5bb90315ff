import { SECRET_MASK } from "../domain/secret.ts";

/** How deep a logged value is followed, how many entries of a collection and how many causes of an error are kept. */
const DEPTH_MAX = 8;
const ENTRIES_MAX = 200;
const CAUSES_MAX = 6;

/** Keys whose value is hidden wherever they stand, in case a secret was not registered by value. */
const SECRET_KEY = /(?:^|[_-])(?:token|secret|password|passphrase|authorization|cookie|signature|api[_-]?key|private[_-]?key)$/i;
const CAMEL_SECRET_KEY = /(?:Token|Secret|Password|Passphrase|Authorization|Signature|ApiKey|PrivateKey)$/;

/** What is kept of an error besides its message: other properties (requests, headers, configurations) are where secrets hide. */
const ERROR_FACTS = ["code", "errno", "syscall", "status", "statusCode", "method"] as const;

const LINE_FIELDS: ReadonlySet<string> = new Set(["level", "time", "msg"]);

/**
 * A value as plain data for the log: errors with their chain of causes, secret keys hidden at any depth, circles and bottomless
 * structures cut, and nothing that could throw while it is written.
 */
export function loggable(value: unknown): unknown {
  return plainData(value, 0, new Set());
}

/** The fields of a log line. A fact named like one of the line's own fields gets an underscore, so that neither hides the other. */
export function loggableFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const field = (key: string) => (LINE_FIELDS.has(key) ? `${key}_` : key);
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [field(key), hidden(key) ? SECRET_MASK : loggable(value)]));
}

function hidden(key: string): boolean {
  return SECRET_KEY.test(key) || CAMEL_SECRET_KEY.test(key);
}

function plainData(value: unknown, depth: number, parents: Set<object>): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "symbol" || typeof value === "function") return `[${typeof value}]`;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value !== "object") return value;
  if (parents.has(value)) return "[circular]";
  if (depth >= DEPTH_MAX) return "[deeper]";
  const inside = new Set(parents).add(value);
  try {
    return ofObject(value, (inner) => plainData(inner, depth + 1, inside));
  } catch {
    return "[unreadable]";
  }
}

function ofObject(value: object, inner: (value: unknown) => unknown): unknown {
  if (value instanceof Error) return errorFacts(value, inner, 0);
  if (value instanceof URL) return value.href;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map)
    return ofEntries(
      [...value].map(([key, entry]) => [String(key), entry]),
      inner,
    );
  if (value instanceof Set) return ofList([...value], inner);
  if (Array.isArray(value)) return ofList(value, inner);
  if ("toJSON" in value && typeof value.toJSON === "function") return inner(value.toJSON());
  return ofEntries(Object.entries(value), inner);
}

function ofList(list: readonly unknown[], inner: (value: unknown) => unknown): unknown[] {
  const kept = list.slice(0, ENTRIES_MAX).map(inner);
  return list.length > ENTRIES_MAX ? [...kept, `[${list.length - ENTRIES_MAX} more]`] : kept;
}

function ofEntries(entries: [string, unknown][], inner: (value: unknown) => unknown): Record<string, unknown> {
  const kept = entries.slice(0, ENTRIES_MAX).map(([key, value]): [string, unknown] => [key, hidden(key) ? SECRET_MASK : inner(value)]);
  if (entries.length > ENTRIES_MAX) kept.push(["…", `[${entries.length - ENTRIES_MAX} more]`]);
  return Object.fromEntries(kept);
}

function errorFacts(error: Error, inner: (value: unknown) => unknown, causes: number): Record<string, unknown> {
  const facts: Record<string, unknown> = { name: String(error.name), message: String(error.message), stack: frames(error) };
  for (const key of ERROR_FACTS) {
    const fact: unknown = Reflect.get(error, key);
    if (typeof fact === "string" || typeof fact === "number") facts[key] = fact;
  }
  if (error instanceof AggregateError) facts.errors = ofList(error.errors, inner);
  if (error.cause !== undefined) {
    const followed = error.cause instanceof Error && causes < CAUSES_MAX;
    facts.cause = followed
      ? errorFacts(error.cause as Error, inner, causes + 1)
      : error.cause instanceof Error
        ? "[deeper]"
        : inner(error.cause);
  }
  return facts;
}

/** Only the frames: the first lines of a stack repeat the message. */
function frames(error: Error): string[] {
  return String(error.stack ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^at .+(?::\d+:\d+\)?|\(<anonymous>\)|native\)?)$/.test(line))
    .slice(0, 30);
}
