import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type BotApiSchema, type JsonSchema, loadBotApiSchema } from "./bot-api-schema.ts";

/** One opinion on what went over the wire. Each method returns sentences; none means nothing to object to. */
export interface Judge {
  request(method: string, args: unknown): string[];
  result(method: string, result: unknown): string[];
  update(update: unknown): string[];
}

const MAX_FAULTS_PER_VERDICT = 3;
/** Answers that the types describe too narrowly: an edited caption belongs to a message with media. */
const WIDER_RESULTS: Record<string, string> = { editMessageCaption: "message" };

/** Judges by the types that grammY itself is written in: unknown names are faults too. */
export class TypesJudge implements Judge {
  private readonly schema: BotApiSchema;
  private readonly ajv: Ajv;
  private readonly canonicalNames: Map<string, string>;

  constructor() {
    this.schema = loadBotApiSchema();
    this.ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false });
    this.ajv.addSchema(this.schema, this.schema.$id);
    this.canonicalNames = new Map(this.schema.methods.map((name) => [name.toLowerCase(), name]));
  }

  /** Method names are case-insensitive on the wire. */
  canonicalName(method: string): string | undefined {
    return this.canonicalNames.get(method.toLowerCase());
  }

  request(method: string, args: unknown): string[] {
    return this.verdict(`params:${method}`, withoutUploads(args));
  }

  result(method: string, result: unknown): string[] {
    return this.verdict(WIDER_RESULTS[method] ?? `result:${method}`, result);
  }

  update(update: unknown): string[] {
    return this.verdict("update", update);
  }

  /** Form fields are all text: which of them are JSON is decided by the declared type, never by looks. */
  fromFormFields(method: string, fields: Record<string, string>): Record<string, unknown> {
    const properties = this.resolve(this.schema.definitions[`params:${method}`]).properties ?? {};
    const entries = Object.entries(fields).map(([name, text]) => {
      const property = properties[name];
      return [name, property ? parseAs(this.kindsOf(property), text) : text] as const;
    });
    return Object.fromEntries(entries);
  }

  private verdict(definition: string, value: unknown): string[] {
    const validate = this.ajv.getSchema(`${this.schema.$id}#/definitions/${definition}`) as ValidateFunction | undefined;
    if (!validate) return [`nothing is known of ${definition}`];
    return validate(value) ? [] : worstFirst(validate.errors ?? []);
  }

  private resolve(schema: JsonSchema = {}): JsonSchema {
    return schema.$ref ? this.resolve(this.schema.definitions[schema.$ref.replace("#/definitions/", "")]) : schema;
  }

  private kindsOf(schema: JsonSchema): Set<string> {
    const plain = this.resolve(schema);
    if (plain.anyOf) return new Set(plain.anyOf.flatMap((branch) => [...this.kindsOf(branch)]));
    return new Set([plain.type ?? typeof (plain.const ?? plain.enum?.[0])]);
  }
}

function parseAs(kinds: Set<string>, text: string): unknown {
  if (kinds.size === 1 && kinds.has("string")) return text;
  if (kinds.has("string") && !/^-?\d+$/.test(text) && !kinds.has("object")) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function withoutUploads(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith("attach://") ? "FILE" : value;
  if (Array.isArray(value)) return value.map(withoutUploads);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutUploads(item)]));
}

/** A failed union complains once per branch; the deepest complaint is the one that names the culprit. */
function worstFirst(errors: ErrorObject[]): string[] {
  const depth = (error: ErrorObject) => error.instancePath.split("/").length;
  const ranked = [...errors].sort((a, b) => depth(b) - depth(a));
  const sentences = ranked.map((error) => {
    const { additionalProperty, allowedValue, allowedValues } = error.params as Record<string, unknown>;
    const detail = additionalProperty ?? allowedValue ?? allowedValues;
    const suffix = detail === undefined ? "" : ` (${JSON.stringify(detail).slice(0, 120)})`;
    return `${error.instancePath || "/"} ${error.message ?? error.keyword}${suffix}`;
  });
  return [...new Set(sentences)].slice(0, MAX_FAULTS_PER_VERDICT);
}
