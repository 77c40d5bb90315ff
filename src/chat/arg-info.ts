import { z } from "zod";
import type { ArgInfo } from "../ports/platform.ts";
import type { ArgMeta } from "./arg-meta.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { Command, Commands } from "./command.ts";

/** One argument of a command, read from its schema. */
export interface Argument {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly summary: string;
  readonly required: boolean;
  /** What it is when nothing is given, as it would be typed. */
  readonly preset: string | undefined;
  readonly meta: ArgMeta;
}

const PLAIN_TEXT: ArgMeta = { kind: "text" };

/** The arguments of a command. Which are required may depend on what was given. */
export function argumentsOf(command: Command, given: Readonly<Record<string, string>> = {}): readonly Argument[] {
  const asked = new Set(command.asks?.(given));
  return Object.entries(command.args).map(([name, schema]) => {
    const argument = argumentOf(name, schema);
    return asked.has(name) ? { ...argument, required: true } : argument;
  });
}

function argumentOf(name: string, outer: z.ZodType): Argument {
  let schema: z.core.$ZodType = outer;
  let summary: string | undefined;
  let meta: ArgMeta | undefined;
  let preset: string | undefined;
  for (;;) {
    const carried = z.globalRegistry.get(schema);
    summary ??= carried?.description;
    meta ??= carried?.argument;
    if (schema instanceof z.ZodPrefault) preset = String(schema.def.defaultValue);
    if (!(schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)) break;
    schema = schema.unwrap();
  }
  const required = !(outer instanceof z.ZodPrefault || outer instanceof z.ZodOptional);
  return { name, schema: outer, summary: summary ?? name, required, preset, meta: meta ?? PLAIN_TEXT };
}

/** What platforms, help and the README tell of a command, with an example that gives what is required. */
export function infoOf(path: string, command: Command): CatalogEntry {
  const known = argumentsOf(command);
  return { path, summary: command.summary, args: known.map(argInfoOf), example: exampleOf(path, known) };
}

function exampleOf(path: string, known: readonly Argument[]): string {
  const required = known.filter((argument) => argument.required);
  const shown = required.length > 0 ? required : known.slice(0, 1);
  const words = shown.map(({ name, meta }) => (known.length === 1 ? exampleValue(meta) : `${name}:${exampleValue(meta)}`));
  return [path, ...words].join(" ");
}

function exampleValue({ example = "..." }: ArgMeta): string {
  return example.includes(" ") ? `"${example}"` : example;
}

function argInfoOf({ name, summary: says, required, preset, meta }: Argument): ArgInfo {
  const summary = preset === undefined ? says : `${says} (${preset} unless given)`;
  const completes = meta.source !== undefined || meta.complete !== undefined || (meta.choices !== undefined && meta.kind === "text");
  return { name, summary, kind: meta.kind, required, choices: meta.kind === "choice" ? (meta.choices ?? []) : [], completes };
}

/** The catalog that platforms register, help explains and the README lists; sorted by path. */
export function catalogOf(commands: Commands): readonly CatalogEntry[] {
  return [...commands].map(([path, command]) => infoOf(path, command)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The argument that names bots, if the command has one. */
export function targetOf(command: Command, given: Readonly<Record<string, string>> = {}): Argument | undefined {
  return argumentsOf(command, given).find(({ meta }) => meta.target === true);
}
