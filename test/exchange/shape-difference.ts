/**
 * How the shape of an answer differs from a documented example, in both directions: keys that one has and the other has not, and JSON types that differ.
 * An empty list or object in the example says nothing about what is in it.
 */
export function shapeDifferences(example: unknown, ours: unknown, optional: ReadonlySet<string> = new Set(), path = "$"): string[] {
  const [expected, found] = [typeOf(example), typeOf(ours)];
  if (expected !== found) return [`${path}: documented as ${expected}, answered as ${found}`];
  if (Array.isArray(example) && Array.isArray(ours)) {
    if (example.length === 0) return [];
    if (ours.length === 0) return [`${path}: documented with rows, answered empty`];
    return ours.flatMap((row, index) => shapeDifferences(example[Math.min(index, example.length - 1)], row, optional, `${path}[${index}]`));
  }
  if (!isObject(example) || !isObject(ours)) return [];
  const documented = Object.keys(example);
  if (documented.length === 0) return [];
  const missing = documented.filter((key) => !(key in ours) && !optional.has(key)).map((key) => `${path}.${key}: missing`);
  const extra = Object.keys(ours)
    .filter((key) => !(key in example) && !optional.has(key))
    .map((key) => `${path}.${key}: not documented`);
  const inner = documented
    .filter((key) => key in ours)
    .flatMap((key) => shapeDifferences(example[key], ours[key], optional, `${path}.${key}`));
  return [...missing, ...extra, ...inner];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
