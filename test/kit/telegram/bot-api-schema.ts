import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export type JsonSchema = {
  $ref?: string;
  type?: string;
  const?: string | number | boolean;
  enum?: (string | number | boolean)[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  minLength?: number;
  maxLength?: number;
};

/** `definitions` holds every type, plus `params:<method>`, `result:<method>`, `update` and `message`. */
export type BotApiSchema = { $id: string; methods: string[]; definitions: Record<string, JsonSchema> };

const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/bot-api-schema", import.meta.url));

/** The schema of exactly the Bot API version that grammY speaks, built once per version and machine. */
export function loadBotApiSchema(): BotApiSchema {
  const version = createRequire(import.meta.url)("@grammyjs/types/package.json").version as string;
  const builder = createHash("sha256")
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest("hex")
    .slice(0, 12);
  // With the packages that it is made of: what a run of tests leaves in its temporary folder goes with the run.
  mkdirSync(CACHE, { recursive: true });
  const cached = join(CACHE, `bot-api-schema-${version}-${builder}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, "utf8")) as BotApiSchema;
  const schema = buildBotApiSchema();
  // Several test files may build at once: each writes its own file, the rename decides.
  const draft = `${cached}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(schema));
  renameSync(draft, cached);
  return schema;
}

/** An upload stands in the schema as the constant FILE: the judge puts it in place of `attach://…`. */
const SOURCE = `import type { ApiMethods, Message, Update } from "@grammyjs/types";
export declare const methods: ApiMethods<"FILE">;
export declare const update: Update;
export declare const message: Message;`;

export function buildBotApiSchema(): BotApiSchema {
  const fileName = fileURLToPath(new URL("./virtual-bot-api.ts", import.meta.url));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    lib: ["lib.es5.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => name === fileName || fileExists(name);
  host.readFile = (name) => (name === fileName ? SOURCE : readFile(name));
  const program = ts.createProgram([fileName], options, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(fileName);
  if (!source) throw new Error("The compiler did not take the virtual source file");
  const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!);
  const typeNamed = (name: string) => checker.getTypeOfSymbol(declared.find((symbol) => symbol.name === name)!);
  return walk(checker, typeNamed("methods"), { update: typeNamed("update"), message: typeNamed("message") });
}

function walk(checker: ts.TypeChecker, methods: ts.Type, objects: Record<string, ts.Type>): BotApiSchema {
  const walker = new SchemaWalker(checker);
  const names: string[] = [];
  for (const method of checker.getPropertiesOfType(methods)) {
    const signature = checker.getSignaturesOfType(checker.getTypeOfSymbol(method), ts.SignatureKind.Call)[0]!;
    const args = signature.parameters[0];
    walker.definitions[`params:${method.name}`] = args
      ? walker.schemaOf(checker.getTypeOfSymbol(args))
      : { type: "object", properties: {}, additionalProperties: false };
    walker.definitions[`result:${method.name}`] = walker.schemaOf(signature.getReturnType());
    names.push(method.name);
  }
  for (const [name, type] of Object.entries(objects)) walker.definitions[name] = walker.schemaOf(type);
  return { $id: "bot-api", methods: names, definitions: walker.definitions };
}

class SchemaWalker {
  readonly definitions: Record<string, JsonSchema> = {};
  private readonly names = new Map<ts.Type, string>();
  private readonly checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.checker = checker;
  }

  schemaOf(type: ts.Type): JsonSchema {
    const literal = literalOf(this.checker, type);
    if (literal !== undefined) return { const: literal };
    if (type.flags & ts.TypeFlags.StringLike) return { type: "string" };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: "number" };
    if (type.flags & ts.TypeFlags.Boolean) return { type: "boolean" };
    if (type.isUnion()) return this.unionOf(type.types);
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.reference(type);
    throw new Error(`No JSON Schema is known for the type ${this.checker.typeToString(type)}`);
  }

  private unionOf(members: ts.Type[]): JsonSchema {
    const present = members.filter((member) => !(member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)));
    const literals = present.map((member) => literalOf(this.checker, member));
    if (literals.every((literal) => literal !== undefined)) {
      const both = literals.includes(true) && literals.includes(false) && literals.length === 2;
      if (both) return { type: "boolean" };
      return literals.length === 1 ? { const: literals[0]! } : { enum: literals };
    }
    const only = present[0];
    if (present.length === 1 && only) return this.schemaOf(only);
    const seen = new Map(present.map((member) => [JSON.stringify(this.schemaOf(member)), member]));
    return { anyOf: [...seen.keys()].map((text) => JSON.parse(text) as JsonSchema) };
  }

  private reference(type: ts.Type): JsonSchema {
    let name = this.names.get(type);
    if (!name) {
      const wanted = type.aliasSymbol?.name ?? type.symbol?.name ?? "Intersection";
      name = `${wanted.replace(/\W/g, "")}.${this.names.size}`;
      this.names.set(type, name);
      this.definitions[name] = this.checker.isArrayType(type) ? this.arrayOf(type) : this.objectOf(type);
    }
    return { $ref: `#/definitions/${name}` };
  }

  /** Arrays are definitions too: rich text is a string or an array of itself. */
  private arrayOf(type: ts.Type): JsonSchema {
    const item = this.checker.getTypeArguments(type as ts.TypeReference)[0]!;
    return { type: "array", items: this.schemaOf(item) };
  }

  private objectOf(type: ts.Type): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const property of this.checker.getPropertiesOfType(type)) {
      const value = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
      if (value.flags & ts.TypeFlags.Never) continue;
      const schema = this.schemaOf(value);
      properties[property.name] = schema.type === "string" ? { ...schema, ...lengthsIn(this.docOf(property)) } : schema;
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    return { type: "object", properties, required, additionalProperties: false };
  }

  private docOf(property: ts.Symbol): string {
    return ts.displayPartsToString(property.getDocumentationComment(this.checker));
  }
}

function literalOf(checker: ts.TypeChecker, type: ts.Type): string | number | boolean | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (type.flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type) === "true";
  return undefined;
}

/** Limits "after entities parsing" hold for the parsed text, which only the rules can see. */
function lengthsIn(doc: string): Pick<JsonSchema, "minLength" | "maxLength"> {
  const found = /(\d+)-(\d+) characters(?! after entit)/.exec(doc);
  return found ? { minLength: Number(found[1]), maxLength: Number(found[2]) } : {};
}
