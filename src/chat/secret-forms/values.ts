import { Secret } from "../../domain/secret.ts";
import { visible } from "../../domain/visible-text.ts";
import type { SecretField, SecretValues } from "../../ports/secret-form.ts";

/** No exchange's key, secret or passphrase is shorter or longer. */
const VALUE_CHARS_MIN = 4;
const VALUE_CHARS_MAX = 512;

/** Values fit to keep, and why the first of the others is not. */
export interface Sorted {
  readonly good: ReadonlyMap<string, Secret>;
  readonly problem: string | undefined;
}

/** Sorts what was entered by the fields that wait for it, without the invisible characters that pasting brings along. Repeats nothing of it. */
export function sortValues(values: SecretValues, waiting: readonly SecretField[]): Sorted {
  const good = new Map<string, Secret>();
  const known = waiting.map(({ name }) => name);
  if (!Object.keys(values).every((name) => known.includes(name)))
    return { good, problem: `Expected ${known.join(", ")}, found something else, so nothing was taken` };
  let problem: string | undefined;
  for (const { name, label } of waiting) {
    const entered = Object.hasOwn(values, name) ? values[name] : undefined;
    if (entered === undefined) continue;
    const value = visible(entered.reveal()).trim();
    if (value.length >= VALUE_CHARS_MIN && value.length <= VALUE_CHARS_MAX) good.set(name, new Secret(value));
    else problem ??= `${label}: expected ${VALUE_CHARS_MIN} to ${VALUE_CHARS_MAX} characters, found ${value.length}`;
  }
  if (good.size === 0) problem ??= `Expected ${known.join(", ")}, found nothing`;
  return { good, problem };
}
