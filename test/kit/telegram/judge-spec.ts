import { readFileSync } from "node:fs";
import type { Judge } from "./judge-types.ts";

type Field = { name: string; types: string[]; required: boolean; description: string };
type Entry = { name: string; fields?: Field[]; subtypes?: string[]; returns?: string[] };
type Spec = { version: string; methods: Record<string, Entry>; types: Record<string, Entry> };

/** Names that grammY knows already and this file, two versions behind, does not. */
const NEWER_NAMES = new Set([
  "InputRichMessage.blocks",
  "InputRichMessage.media",
  "BotCommand.is_ephemeral",
  "InlineKeyboardMarkup.force_reply",
  "ChatMemberAdministrator.can_send_welcome_messages",
]);
const NEWER_ANYWHERE = new Set(["ephemeral_message_parameters", "supports_join_request_queries", "can_manage_bots"]);

/** A second, independent opinion: names, types, required fields and the limits that are written in prose. */
export class SpecJudge implements Judge {
  private readonly spec: Spec;

  constructor(path: string) {
    this.spec = JSON.parse(readFileSync(path, "utf8")) as Spec;
  }

  request(method: string, args: unknown): string[] {
    const entry = this.spec.methods[method];
    return this.opinion(entry ? this.fields(method, entry.fields ?? [], args, "") : []);
  }

  result(method: string, result: unknown): string[] {
    const returns = this.spec.methods[method]?.returns ?? [];
    return this.opinion(returns.length ? this.value(returns, result, "/result") : []);
  }

  update(update: unknown): string[] {
    return this.opinion(this.value(["Update"], update, ""));
  }

  private opinion(faults: string[]): string[] {
    return faults.slice(0, 3).map((fault) => `${this.spec.version}: ${fault}`);
  }

  private fields(owner: string, fields: Field[], value: unknown, path: string): string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path || "/"} is not a ${owner}`];
    const known = new Map(fields.map((field) => [field.name, field]));
    const missing = fields.filter((field) => field.required && !(field.name in value)).map((field) => `${path}/${field.name} is missing`);
    const wrong = Object.entries(value).flatMap(([name, item]) => {
      const field = known.get(name);
      if (field) return [...this.value(field.types, item, `${path}/${name}`), ...proseLimits(field, item, `${path}/${name}`)];
      return NEWER_NAMES.has(`${owner}.${name}`) || NEWER_ANYWHERE.has(name) ? [] : [`${path}/${name} is not a field of ${owner}`];
    });
    return [...missing, ...wrong];
  }

  /** Fits when one alternative fits; otherwise the complaint of the alternative that comes closest. */
  private value(types: string[], value: unknown, path: string): string[] {
    let closest: string[] | undefined;
    for (const type of types) {
      const faults = this.typed(type, value, path);
      if (faults.length === 0) return [];
      if (!closest || faults.length < closest.length) closest = faults;
    }
    return closest ?? [];
  }

  private typed(type: string, value: unknown, path: string): string[] {
    if (type.startsWith("Array of ")) {
      if (!Array.isArray(value)) return [`${path} is not an array`];
      return value.flatMap((item, index) => this.typed(type.slice("Array of ".length), item, `${path}/${index}`));
    }
    const entry = this.spec.types[type];
    if (type === "InputFile") return typeof value === "string" ? [] : [`${path} is not a file`];
    if (entry?.subtypes?.length) return this.value(entry.subtypes, value, path);
    if (entry) return this.fields(type, entry.fields ?? [], value, path);
    return primitive(type, value) ? [] : [`${path} is not ${type}`];
  }
}

function primitive(type: string, value: unknown): boolean {
  if (type === "Integer") return Number.isInteger(value);
  if (type === "Float") return typeof value === "number";
  if (type === "String") return typeof value === "string";
  if (type === "True") return value === true;
  return type === "Boolean" ? typeof value === "boolean" : true;
}

/** "1-64 bytes", "0-200 characters": what holds only "after entities parsing" belongs to the rules. */
function proseLimits({ description }: Field, value: unknown, path: string): string[] {
  const found = /(\d+)-(\d+) (bytes|characters)(?! after entit)/.exec(description);
  if (!found || typeof value !== "string") return [];
  const size = found[3] === "bytes" ? Buffer.byteLength(value) : [...value].length;
  return size < Number(found[1]) || size > Number(found[2]) ? [`${path} has ${size} ${found[3]}, not ${found[1]} to ${found[2]}`] : [];
}
