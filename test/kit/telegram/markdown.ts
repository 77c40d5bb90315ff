import type { MessageEntity, User } from "@grammyjs/types";
import { type FormattedText, linkEntity, unparsable } from "./entities.ts";

type Mark = { token: string; type: "bold" | "italic" | "underline" | "strikethrough" | "spoiler" | "link"; label: string };
type OpenMark = Mark & { offset: number; sourceAt: number };

/** Longest first: `__` is an underline before it is two italics. */
const MARKS: Mark[] = [
  { token: "__", type: "underline", label: "Underline" },
  { token: "||", type: "spoiler", label: "Spoiler" },
  { token: "*", type: "bold", label: "Bold" },
  { token: "_", type: "italic", label: "Italic" },
  { token: "~", type: "strikethrough", label: "Strikethrough" },
];
const RESERVED = "_*[]()~`>#+-=|{}.!";

/** Parses MarkdownV2 strictly enough to refuse every price that was not escaped. */
export function parseMarkdownV2(source: string, userById: (id: number) => User | undefined): FormattedText {
  const parser = new MarkdownParser(source, userById);
  while (!parser.done) parser.step();
  return parser.finish();
}

class MarkdownParser {
  private readonly source: string;
  private readonly userById: (id: number) => User | undefined;
  private readonly open: OpenMark[] = [];
  private readonly entities: MessageEntity[] = [];
  private at = 0;
  private text = "";
  private quoteFrom: number | undefined;

  constructor(source: string, userById: (id: number) => User | undefined) {
    this.source = source;
    this.userById = userById;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  step(): void {
    const char = this.source.charAt(this.at);
    const next = this.source.charAt(this.at + 1);
    const lineStart = this.at === 0 || this.source[this.at - 1] === "\n";
    if (lineStart) this.quotation(char);
    if (lineStart && char === ">") this.at += 1;
    else if (char === "\\" && next > "\0" && next <= "~") this.plain(next, 2);
    else if (char === "`") this.code();
    else if (char === "[") this.start({ token: "[", type: "link", label: "TextUrl" });
    else if (char === "]" && this.open.at(-1)?.type === "link") this.link();
    else if (!this.mark()) this.literal(char);
  }

  finish(): FormattedText {
    this.quotation("");
    const last = this.open.at(-1);
    if (last) throw unparsable(`Can't find end of ${last.label} entity at byte offset ${this.bytesBefore(last.sourceAt)}`);
    return { text: this.text, entities: this.entities };
  }

  private plain(char: string, consumed: number): void {
    this.text += char;
    this.at += consumed;
  }

  private literal(char: string): void {
    if (RESERVED.includes(char)) throw unparsable(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
    this.plain(char, 1);
  }

  private quotation(firstOfLine: string): void {
    if (firstOfLine === ">") this.quoteFrom ??= this.text.length;
    else if (this.quoteFrom !== undefined) {
      this.entities.push({ type: "blockquote", offset: this.quoteFrom, length: this.text.length - this.quoteFrom });
      this.quoteFrom = undefined;
    }
  }

  private mark(): boolean {
    const mark = MARKS.find(({ token }) => this.source.startsWith(token, this.at));
    if (!mark) return false;
    const innermost = this.open.at(-1);
    if (innermost?.type === mark.type) this.close(innermost);
    else if (this.open.some((other) => other.type === mark.type)) this.literal(mark.token.charAt(0));
    else this.start(mark);
    return true;
  }

  private start(mark: Mark): void {
    this.open.push({ ...mark, offset: this.text.length, sourceAt: this.at });
    this.at += mark.token.length;
  }

  private close(mark: OpenMark): void {
    this.open.pop();
    this.at += mark.token.length;
    const length = this.text.length - mark.offset;
    if (length > 0 && mark.type !== "link") this.entities.push({ type: mark.type, offset: mark.offset, length });
  }

  private link(): void {
    const mark = this.open.pop()!;
    const length = this.text.length - mark.offset;
    const url = /^\]\(((?:\\.|[^)\\])*)\)/.exec(this.source.slice(this.at));
    if (!url && this.source[this.at + 1] === "(") throw unparsable(`Can't find end of a URL at byte offset ${this.bytesBefore(this.at)}`);
    const target = url ? url[1]!.replace(/\\(.)/g, "$1") : this.text.slice(mark.offset);
    this.entities.push(linkEntity(mark.offset, length, target, this.userById));
    this.at += url ? url[0].length : 1;
  }

  private code(): void {
    const fence = this.source.startsWith("```", this.at) ? "```" : "`";
    const from = this.at;
    const found = new RegExp(`^((?:\\\\[\\s\\S]|(?!${fence})[^\\\\])*)${fence}`).exec(this.source.slice(from + fence.length));
    const label = fence === "`" ? "Code" : "Pre";
    if (!found) throw unparsable(`Can't find end of ${label} entity at byte offset ${this.bytesBefore(from)}`);
    const raw = found[1]!.replace(/\\(.)/g, "$1");
    const language = fence === "```" ? /^(\w+)\n/.exec(raw)?.[1] : undefined;
    const content = language ? raw.slice(language.length + 1) : raw.replace(/^\n/, "");
    const place = { offset: this.text.length, length: content.length };
    if (content && fence === "`") this.entities.push({ type: "code", ...place });
    else if (content) this.entities.push(language ? { type: "pre", language, ...place } : { type: "pre", ...place });
    this.plain(content, fence.length + found[0].length);
  }

  private bytesBefore(at: number): number {
    return Buffer.byteLength(this.source.slice(0, at));
  }
}
