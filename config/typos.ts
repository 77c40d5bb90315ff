import type { ConfigProblem } from "../src/domain/errors.ts";
import type { Setting } from "./setting.ts";

/** Single-character slips up to which an unknown name is taken for a misspelt setting. */
const SLIPS_MAX = 2;

/**
 * Names that begin like one of our settings and nearly are one. Everything else in the environment belongs to other programs
 * and is none of our business.
 */
export function typosIn(
  environment: Readonly<Record<string, string | undefined>>,
  settings: readonly Pick<Setting<unknown>, "name" | "secret">[],
): ConfigProblem[] {
  const known = settings.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  // A name of one word with this ending may well be another program's.
  const open = settings.filter(({ name, secret }) => !secret && name.includes("_")).map(({ name }) => name);
  const names = Object.keys(environment).filter((name) => environment[name]?.trim() && !known.includes(name));
  return names.sort().flatMap((name) => {
    const plain = open.find((each) => name === `${each}_FILE`);
    if (plain !== undefined) return [refused(name, `Only a secret can come from a file: write the value into ${plain}, or remove it.`)];
    const [nearest] = known
      .filter((each) => firstWord(each) === firstWord(name) || joined(each) === joined(name))
      .map((each) => ({ name: each, slips: slipsBetween(each, name) }))
      .filter(({ slips }) => slips <= SLIPS_MAX)
      .sort((a, b) => a.slips - b.slips);
    return nearest === undefined ? [] : [refused(name, `Did you mean ${nearest.name}? Rename or remove it.`)];
  });
}

function refused(setting: string, remedy: string): ConfigProblem {
  return { setting, problem: "there is no such setting", remedy };
}

function joined(name: string): string {
  return name.toUpperCase().replaceAll("_", "");
}

function firstWord(name: string): string {
  return name.toUpperCase().split("_")[0] ?? "";
}

/** Insertions, deletions and replacements that turn one name into the other. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
