import { SECRET_MASK } from "../domain/secret.ts";

/** A derived form shorter than this would hide harmless text: two letters in hex are any four digits. The value itself is always hidden. */
const FORM_CHARS_MIN = 6;

/** JSON inside JSON inside JSON: a logged request body that quotes another one. */
const JSON_DEPTH_MAX = 3;

/** Secrets of people that are hidden at once, and their characters: room for every form that may be open and many tokens. */
const PASSING_MAX = 100;
const PASSING_CHARS_MAX = 20_000;

/** In a line of JSON an unescaped quote behind a brace or comma begins a key or a value, and only a key has a colon behind it. So few letters protect nothing. */
const PLAIN_KEY = /((?<=[{,])"[A-Za-z]{1,7}":)/;

/** Characters that every encoder leaves alone. */
const NEVER_ENCODED = /[a-z0-9_]/i;

/**
 * Every secret that this process holds, known by value. Any text that leaves for a log is scrubbed of the value and of the
 * forms in which it travels: JSON, percent-encoded, base64 (also inside a longer base64 text), hex and byte lists.
 */
export class SecretRegistry {
  readonly #kept = new Set<string>();
  /** Those of people, the one that came first in front. */
  readonly #passing = new Set<string>();
  /** Made at the first text after a change: many may come between two lines. */
  #pattern: RegExp | undefined;

  /** From now on `scrub` hides this value, as long as the process lives: a setting, or a key that is stored. An empty value is no secret. */
  register(value: string): void {
    if (value === "" || this.#kept.has(value)) return;
    this.#kept.add(value);
    this.#passing.delete(value);
    this.#pattern = undefined;
  }

  /** Hides what a person entered or was shown once, until newer ones take its room: however many come, a line costs the same. What was refused may still come back in an exchange's words. */
  registerPassing(value: string): void {
    if (value === "" || this.#kept.has(value)) return;
    this.#passing.delete(value);
    this.#passing.add(value);
    let chars = [...this.#passing].reduce((sum, { length }) => sum + length, 0);
    for (const oldest of this.#passing) {
      if (this.#passing.size <= PASSING_MAX && chars <= PASSING_CHARS_MAX) break;
      this.#passing.delete(oldest);
      chars -= oldest.length;
    }
    this.#pattern = undefined;
  }

  /** The text with every registered secret replaced by `[secret]`. */
  scrub(text: string): string {
    if (this.#kept.size + this.#passing.size === 0) return text;
    this.#pattern ??= patternOfAll([...this.#kept, ...this.#passing]);
    return text.replace(this.#pattern, SECRET_MASK);
  }

  /** A line of JSON scrubbed like any text, but for its keys that are short words: a passphrase such as `level` must not take a log apart. */
  scrubLine(line: string): string {
    return line
      .split(PLAIN_KEY)
      .map((part, index) => (index % 2 === 1 ? part : this.scrub(part)))
      .join("");
  }
}

function patternOfAll(secrets: readonly string[]): RegExp {
  const forms = new Set(secrets.flatMap((value) => [...formsOf(value)]));
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(patternOf).join("|"), "gi");
}

/** The value as it is, base64 of it, and its bytes in hex, percent and decimal. How each character may be escaped is `patternOf`'s part. */
function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value, "utf8");
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const derived = [...base64Forms(bytes), hex.join(""), hex.join(" "), `%${hex.join("%")}`, [...bytes].join(",")];
  return new Set([value, ...derived.filter((form) => form.length >= FORM_CHARS_MIN)]);
}

/**
 * Base64 of the value alone and of its inner part at each of the three alignments, which is what is found inside the base64 of
 * a longer text such as `user:secret`; in both alphabets.
 */
function base64Forms(bytes: Buffer): string[] {
  const alone = bytes.toString("base64").replace(/=+$/, "");
  const inner = [0, 1, 2].map((lead) => {
    const shifted = Buffer.concat([Buffer.alloc(lead), bytes]);
    return shifted.subarray(lead === 0 ? 0 : 3, shifted.length - (shifted.length % 3)).toString("base64");
  });
  return [alone, ...inner].flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/**
 * A pattern for a text in which any character may be escaped or not, since each URL part, form and JSON writer leaves others
 * alone and a URL is often encoded by two of them in turn. No text has two ways to match it: what a JSON writer escapes begins with
 * a backslash, so neighbours of that kind are one unit, and what follows it begins with something else. Otherwise twenty
 * backslashes in a row would have a million ways to be read, and a log line with them would hold up the process.
 */
function patternOf(form: string): string {
  const runs = [...form].reduce<string[][]>((units, character) => {
    const before = units.at(-1);
    if (before && isQuoted(character) && isQuoted(before[0] ?? "")) before.push(character);
    else units.push([character]);
    return units;
  }, []);
  return runs.map((run) => (isQuoted(run[0] ?? "") ? anyEscapeOfRun(run) : anyEscapeOf(run[0] ?? ""))).join("");
}

/** Whether a JSON writer writes it with a backslash. */
function isQuoted(character: string): boolean {
  return quoted(character, 1) !== character;
}

/** Every way to write neighbours that JSON writers escape: each kind of them in one way, for a writer treats equal characters alike. */
function anyEscapeOfRun(run: readonly string[]): string {
  let ways: readonly ReadonlyMap<string, number>[] = [new Map()];
  for (const kind of new Set(run.map(kindOf)))
    ways = ways.flatMap((way) => Array.from({ length: waysOf("").length }, (_, index) => new Map([...way, [kind, index]])));
  return oneOf(ways.map((way) => run.map((character) => waysOf(character)[way.get(kindOf(character)) ?? 0] ?? character).join("")));
}

function kindOf(character: string): string {
  return character === "\\" || character === '"' ? character : "control";
}

/** A character quoted by JSON writers, percent-encoded twice, once, and as it is. */
function waysOf(character: string): readonly string[] {
  const percent = percentOf(character);
  const depths = Array.from({ length: JSON_DEPTH_MAX }, (_, depth) => quoted(character, JSON_DEPTH_MAX - depth));
  return [...depths, percent.replaceAll("%", "%25"), percent, character];
}

function anyEscapeOf(character: string): string {
  if (NEVER_ENCODED.test(character)) return character;
  const percent = percentOf(character);
  return oneOf([percent.replaceAll("%", "%25"), percent, ...(character === " " ? ["+"] : []), character]);
}

function percentOf(character: string): string {
  return [...Buffer.from(character, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** The text as it stands in JSON, in JSON inside of JSON, and so on. */
function quoted(text: string, depth: number): string {
  return depth === 0 ? text : quoted(JSON.stringify(text).slice(1, -1), depth - 1);
}

function oneOf(texts: readonly string[]): string {
  return `(?:${[...new Set(texts)].map(literal).join("|")})`;
}

/** The text as a pattern that matches exactly it. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
