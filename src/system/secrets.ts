import { SECRET_MASK } from "../domain/secret.ts";

/** A derived form shorter than this would hide harmless text: two letters in hex are any four digits. The value itself is always hidden. */
const FORM_CHARS_MIN = 6;

/** JSON inside JSON inside JSON: a logged request body that quotes another one. */
const JSON_DEPTH_MAX = 3;

/** Characters that every encoder leaves alone. */
const NEVER_ENCODED = /[a-z0-9_]/i;

/**
 * Every secret that this process holds, known by value. Any text that leaves for a log is scrubbed of the value and of the
 * forms in which it travels: JSON, percent-encoded, base64 (also inside a longer base64 text), hex and byte lists.
 */
export class SecretRegistry {
  private readonly forms = new Set<string>();
  private pattern: RegExp | undefined;

  /** From now on `scrub` hides this value. An empty value is no secret. */
  register(value: string): void {
    if (value === "") return;
    for (const form of formsOf(value)) this.forms.add(form);
    const longestFirst = [...this.forms].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(longestFirst.map(patternOf).join("|"), "gi");
  }

  /** The text with every registered secret replaced by `[secret]`. */
  scrub(text: string): string {
    return this.pattern === undefined ? text : text.replace(this.pattern, SECRET_MASK);
  }
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
 * alone and a URL is often encoded by two of them in turn.
 */
function patternOf(form: string): string {
  return [...form].map((character) => (NEVER_ENCODED.test(character) ? character : anyEscapeOf(character))).join("");
}

function anyEscapeOf(character: string): string {
  const percent = [...Buffer.from(character, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const ways = [percent.replaceAll("%", "%25"), percent];
  if (character === " ") ways.push("+");
  let quoted = character;
  for (let depth = 0; depth < JSON_DEPTH_MAX; depth++) {
    quoted = JSON.stringify(quoted).slice(1, -1);
    ways.unshift(quoted);
  }
  return `(?:${[...new Set([...ways, character])].map(literal).join("|")})`;
}

/** The text as a pattern that matches exactly it. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
