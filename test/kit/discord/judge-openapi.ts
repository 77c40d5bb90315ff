import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Answer, Call, Judge } from "./http.ts";
import { HABITS_ANYWHERE, THREAD_HABIT } from "./library-habits.ts";

type Json = Record<string, unknown>;

interface Operation {
  readonly parameters?: readonly { name: string; in: string }[];
  readonly requestBody?: { content: Record<string, unknown> };
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}

/** The wire has digits as text where the file says integer. */
const BIT_FIELDS = ["default_member_permissions", "allow", "deny", "permissions"];

/** Judges both sides of a call by Discord's published OpenAPI file: our requests closely, our own answers openly. */
export class OpenApiJudge implements Judge {
  readonly #path: string;
  readonly #compiled = new Map<string, ValidateFunction | undefined>();
  #loaded: { ajv: Ajv2020; paths: Record<string, Record<string, Operation>> } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  request(template: string, call: Call): string[] {
    const operation = this.#operation(template);
    if (!operation) return [`openapi: the published file has no ${template}`];
    const known = (operation.parameters ?? []).filter((parameter) => parameter.in === "query").map((parameter) => parameter.name);
    const stray = [...call.query.keys()].filter((key) => !known.includes(key)).map((key) => `openapi: unknown query parameter ${key}`);
    if (!operation.requestBody) return call.body === undefined ? stray : [...stray, "openapi: takes no body"];
    return [...stray, ...this.#judge("request", template, "requestBody/content/application~1json/schema", call.body ?? {})];
  }

  answer(template: string, answer: Answer): string[] {
    const described = this.#operation(template)?.responses[answer.status];
    if (!described) return answer.status < 400 ? [`openapi: no status ${answer.status} described`] : [];
    if (!described.content) return answer.body === undefined ? [] : [`openapi: ${answer.status} takes no body`];
    // What goes over the wire has no undefined keys.
    const wire = JSON.parse(JSON.stringify(answer.body ?? null)) as unknown;
    return this.#judge("answer", template, `responses/${answer.status}/content/application~1json/schema`, wire);
  }

  #operation(template: string): Operation | undefined {
    const [method = "", path = ""] = template.split(" ");
    return this.#load().paths[path]?.[method.toLowerCase()];
  }

  #judge(side: "request" | "answer", template: string, pointer: string, value: unknown): string[] {
    const [method = "", path = ""] = template.split(" ");
    const steps = path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
    const ref = `${side}#/paths/${steps}/${method.toLowerCase()}/${pointer}`;
    const validate = this.#compiled.get(ref) ?? this.#load().ajv.compile({ $ref: ref });
    this.#compiled.set(ref, validate);
    if (validate(value)) return [];
    const told = (validate.errors ?? []).filter(
      (error) => !["if", "anyOf", "oneOf"].includes(error.keyword) || validate.errors?.length === 1,
    );
    return told.slice(0, 5).map((error) => `openapi ${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`);
  }

  #load() {
    if (this.#loaded) return this.#loaded;
    const text = readFileSync(this.#path, "utf8");
    const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true, logger: false });
    for (const name of ["snowflake", "nonce", "int32", "int64", "double", "float", "uri", "date-time", "binary"]) ajv.addFormat(name, true);
    ajv.addSchema({ $id: "answer", ...adjust(JSON.parse(text) as Json, false) });
    ajv.addSchema({ $id: "request", ...adjust(JSON.parse(text) as Json, true) });
    this.#loaded = { ajv, paths: (JSON.parse(text) as { paths: Record<string, Record<string, Operation>> }).paths };
    return this.#loaded;
  }
}

/** Makes the file say what the wire does, and closes request objects so that a typo is seen. */
function adjust(document: Json, closed: boolean): Json {
  const schemas = (document.components as { schemas: Record<string, Json> }).schemas;
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const { discriminator: _, ...rest } = node as Json;
    const out: Json = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, visit(value)]));
    const properties = out.properties as Record<string, Json> | undefined;
    for (const name of BIT_FIELDS)
      if (properties?.[name]) properties[name] = { anyOf: [properties[name], { type: "string", pattern: "^\\d+$" }] };
    if (closed && properties && out.type === "object" && !out.allOf && out.additionalProperties === undefined) {
      for (const name of HABITS_ANYWHERE) properties[name] ??= {};
      out.additionalProperties = false;
    }
    for (const union of ["oneOf", "anyOf"])
      if (Array.isArray(out[union])) Object.assign(out, { [union]: undefined }, byType(out[union] as Json[], schemas, union));
    return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined));
  };
  const thread = schemas[THREAD_HABIT.schema]?.properties as Json | undefined;
  if (thread) thread[THREAD_HABIT.key] = { type: "integer" };
  return visit(document) as Json;
}

/** A union told apart by a numeric `type` becomes if/then: one typo gives one complaint instead of one for each member. */
function byType(members: Json[], schemas: Record<string, Json>, union: string): Json {
  const nulls = members.filter((member) => member.type === "null");
  const objects = members.filter((member) => member.type !== "null");
  const typed = objects.map((member) => {
    const name =
      String(member.$ref ?? "")
        .split("/")
        .at(-1) ?? "";
    const type = (schemas[name]?.properties as Record<string, { enum?: number[] }> | undefined)?.type;
    return { member, values: type?.enum };
  });
  if (typed.length < 2 || typed.some(({ values }) => !values)) return { [union]: members };
  const all = [...new Set(typed.flatMap(({ values }) => values ?? []))];
  const branches = all.map((value) => {
    const fitting = typed.filter(({ values }) => values?.includes(value)).map(({ member }) => member);
    return {
      if: { properties: { type: { const: value } }, required: ["type"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: fitting.length === 1 ? fitting[0] : { anyOf: fitting },
    };
  });
  const told = { type: "object", required: ["type"], properties: { type: { enum: all } }, allOf: branches };
  return nulls.length ? { if: { type: "null" }, else: told } : told;
}
