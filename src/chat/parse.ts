import { UserError } from "../domain/errors.ts";
import { type Argument, argumentsOf, infoOf } from "./arg-info.ts";
import type { Args, Command } from "./command.ts";
import { isProof } from "./confirmations.ts";
import { nothingToName, resolveKnown, type Sight } from "./known.ts";
import { unknownArgument } from "./line.ts";

/** Parsed arguments, the first one that is still missing, or the one whose value is wrong. */
export type Parsed =
  | { readonly kind: "complete"; readonly args: Args }
  | { readonly kind: "missing"; readonly argument: Argument }
  | { readonly kind: "wrong"; readonly argument: Argument; readonly sentence: string };

/** Reads typed values by the command's schemas and against what exists. Throws UserError on an argument that the command does not have. */
export function parseArgs(path: string, command: Command, raw: Readonly<Record<string, string>>, sight: Sight): Parsed {
  const known = argumentsOf(command, raw);
  for (const name of Object.keys(raw)) {
    if (isProof(name) || known.some((argument) => argument.name === name)) continue;
    throw new UserError(unknownArgument(name, infoOf(path, command)));
  }
  const args: Args = {};
  for (const argument of known) {
    const { name, schema } = argument;
    const value = raw[name];
    if (value === undefined && argument.required) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) return { kind: "wrong", argument, sentence: `${name}: ${parsed.error.issues[0]?.message ?? "not understood"}.` };
    try {
      args[name] = resolveKnown(argument, parsed.data, sight);
    } catch (thrown) {
      if (thrown instanceof UserError) return { kind: "wrong", argument, sentence: thrown.message };
      throw thrown;
    }
  }
  const missing = known.find(({ name, required }) => required && raw[name] === undefined);
  if (!missing) return { kind: "complete", args };
  const nothing = nothingToName(missing, sight);
  if (nothing === undefined) return { kind: "missing", argument: missing };
  const otherwise = command.otherwise?.({ accounts: sight.accounts(), bots: sight.bots });
  return { kind: "wrong", argument: missing, sentence: otherwise === undefined ? nothing : `${nothing} ${otherwise}` };
}
