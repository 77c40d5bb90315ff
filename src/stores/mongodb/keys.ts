/**
 * Names of streams and rows as field names: neither a dot nor a dollar sign is left, none is empty, and none is a word of the language.
 * A character that stands alone where two make one cannot be kept by any database; it becomes the replacement character.
 */
export function keyOf(name: string): string {
  return `=${encodeURIComponent(name.toWellFormed()).replaceAll(".", "%2E")}`;
}

/** The name behind a field name. */
export function nameOf(key: string): string {
  return decodeURIComponent(key.slice(1));
}
