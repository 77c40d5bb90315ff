import type { MessageEntity, User } from "@grammyjs/types";
import { type FormattedText, linkEntity, unparsable } from "./entities.ts";

const TAGS = new Set("a b strong i em s strike del u ins tg-spoiler tg-emoji tg-time span pre code blockquote".split(" "));
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const SIMPLE = new Map([
  ...["b", "strong"].map((tag) => [tag, "bold"] as const),
  ...["i", "em"].map((tag) => [tag, "italic"] as const),
  ...["u", "ins"].map((tag) => [tag, "underline"] as const),
  ...["s", "strike", "del"].map((tag) => [tag, "strikethrough"] as const),
  ...["span", "tg-spoiler"].map((tag) => [tag, "spoiler"] as const),
]);

type OpenTag = { name: string; attributes: Map<string, string>; offset: number };
type UserById = (id: number) => User | undefined;

/** Parses the HTML dialect of the Bot API; every refusal has the words of the live service. */
export function parseHtml(source: string, userById: UserById): FormattedText {
  const open: OpenTag[] = [];
  const entities: MessageEntity[] = [];
  let text = "";
  for (let at = 0; at < source.length; ) {
    if (source[at] === "&") {
      const decoded = decodeReference(source, at);
      text += decoded.text;
      at = decoded.next;
    } else if (source[at] !== "<") {
      text += source.charAt(at);
      at += 1;
    } else if (source[at + 1] === "/") {
      at = closeTag(source, at, open);
      const tag = open.pop()!;
      entities.push(...entityOf(tag, text, entities, open, userById));
    } else {
      const { tag, next } = openTag(source, at, text.length);
      open.push(tag);
      at = next;
    }
  }
  const last = open.at(-1);
  if (last) throw unparsable(`Can't find end tag corresponding to start tag "${last.name}"`);
  return { text, entities };
}

function openTag(source: string, at: number, offset: number): { tag: OpenTag; next: number } {
  const where = byteOffset(source, at);
  const nameEnd = at + 1 + /^[^\s>]*/.exec(source.slice(at + 1))![0].length;
  if (nameEnd >= source.length) throw unparsable(`Unclosed start tag at byte offset ${where}`);
  const name = source.slice(at + 1, nameEnd).toLowerCase();
  if (!TAGS.has(name)) throw unparsable(`Unsupported start tag "${name}" at byte offset ${where}`);
  const attributes = new Map<string, string>();
  const attribute = /\s*([^\s=>]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/y;
  attribute.lastIndex = nameEnd;
  let next = nameEnd;
  for (let found = readFlagOr(attribute, source, name); found; found = readFlagOr(attribute, source, name)) {
    attributes.set(found.key, decodeAll(found.value));
    next = attribute.lastIndex;
  }
  while (/\s/.test(source.charAt(next))) next += 1;
  if (next >= source.length) throw unparsable(`Unclosed start tag "${name}" at byte offset ${where}`);
  if (source[next] !== ">") {
    throw unparsable(`Expected equal sign in declaration of an attribute of the tag "${name}" at byte offset ${where}`);
  }
  if (name === "span" && attributes.get("class") !== "tg-spoiler") {
    throw unparsable(`Tag "span" must have class "tg-spoiler" at byte offset ${where}`);
  }
  return { tag: { name, attributes, offset }, next: next + 1 };
}

/** `expandable` of a quotation is the only attribute that may stand without a value. */
function readFlagOr(attribute: RegExp, source: string, tag: string): { key: string; value: string } | undefined {
  const from = attribute.lastIndex;
  const found = attribute.exec(source);
  if (found) return { key: found[1]!.toLowerCase(), value: found[2] ?? found[3] ?? found[4] ?? "" };
  const flag = tag === "blockquote" ? /\s+expandable/y : undefined;
  if (!flag) return undefined;
  flag.lastIndex = from;
  if (!flag.test(source)) return undefined;
  attribute.lastIndex = flag.lastIndex;
  return { key: "expandable", value: "" };
}

function closeTag(source: string, at: number, open: OpenTag[]): number {
  const where = byteOffset(source, at);
  const expected = open.at(-1);
  if (!expected) throw unparsable(`Unexpected end tag at byte offset ${where}`);
  const [whole, name = "", end] = /^<\/([^\s>]*)\s*(>?)/.exec(source.slice(at))!;
  if (!end) throw unparsable(`Unclosed end tag at byte offset ${where}`);
  if (name && name.toLowerCase() !== expected.name) {
    throw unparsable(`Unmatched end tag at byte offset ${where}, expected "</${expected.name}>", found "</${name.toLowerCase()}>"`);
  }
  return at + whole.length;
}

function entityOf(tag: OpenTag, text: string, earlier: MessageEntity[], open: OpenTag[], userById: UserById): MessageEntity[] {
  const { offset, attributes, name } = tag;
  const length = text.length - offset;
  if (length === 0) return [];
  const simple = SIMPLE.get(name);
  if (simple) return [{ type: simple, offset, length }];
  if (name === "blockquote") return [{ type: attributes.has("expandable") ? "expandable_blockquote" : "blockquote", offset, length }];
  if (name === "a") return [linkEntity(offset, length, attributes.get("href") ?? text.slice(offset), userById)];
  if (name === "tg-emoji") return [{ type: "custom_emoji", offset, length, custom_emoji_id: attributes.get("emoji-id") ?? "" }];
  if (name === "tg-time") return [dateTime(offset, length, attributes)];
  const inPre = open.at(-1)?.name === "pre" && open.at(-1)?.offset === offset;
  if (name === "code") return [codeOrLanguage(offset, length, inPre ? attributes.get("class") : undefined)];
  return [preOver(offset, length, earlier)];
}

function codeOrLanguage(offset: number, length: number, className: string | undefined): MessageEntity {
  const language = className?.startsWith("language-") ? className.slice("language-".length) : undefined;
  return language ? { type: "pre", offset, length, language } : { type: "code", offset, length };
}

/** `<pre><code class="language-x">` is one block with a language: the inner mark is absorbed. */
function preOver(offset: number, length: number, earlier: MessageEntity[]): MessageEntity {
  const inner = earlier.findIndex(
    (entity) => ["pre", "code"].includes(entity.type) && entity.offset === offset && entity.length === length,
  );
  const [absorbed] = inner >= 0 ? earlier.splice(inner, 1) : [];
  const language = absorbed?.type === "pre" ? absorbed.language : undefined;
  return language ? { type: "pre", offset, length, language } : { type: "pre", offset, length };
}

function dateTime(offset: number, length: number, attributes: Map<string, string>): MessageEntity {
  const format = attributes.get("format") ?? "";
  if (!/^(r|w?[dD]?[tT]?)$/.test(format)) throw unparsable(`Invalid date-time format "${format}"`);
  const date_time_format = format as MessageEntity.DateTimeMessageEntity["date_time_format"];
  return { type: "date_time", offset, length, unix_time: Number(attributes.get("unix")), date_time_format };
}

function decodeReference(source: string, at: number): { text: string; next: number } {
  const found = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?/i.exec(source.slice(at, at + 12));
  if (!found) return { text: "&", next: at + 1 };
  const [whole, hex, decimal, named] = found;
  const codePoint = hex ? Number.parseInt(hex, 16) : Number(decimal);
  if (named) return { text: NAMED[named.toLowerCase()]!, next: at + whole.length };
  if (codePoint === 0 || codePoint > 0x10ffff) return { text: "&", next: at + 1 };
  return { text: String.fromCodePoint(codePoint), next: at + whole.length };
}

function decodeAll(source: string): string {
  return source.replace(/&[#a-z0-9]+;?/gi, (reference) => {
    const { text, next } = decodeReference(reference, 0);
    return text + reference.slice(next);
  });
}

function byteOffset(source: string, at: number): number {
  return Buffer.byteLength(source.slice(0, at));
}
