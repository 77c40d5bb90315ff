import { z } from "zod";
import type { CommandInfo } from "../../ports/platform.ts";
import { LIST_MAX, TEXT_CHARS_MAX } from "./limits.ts";

const text = z.string().max(TEXT_CHARS_MAX);
const value = z
  .union(
    [
      text,
      z.number(),
      z.boolean(),
      z.array(z.union([text, z.number()])).max(LIST_MAX),
      z.record(z.string().max(TEXT_CHARS_MAX), z.number()),
    ],
    { error: `expected text, a number, true or false, a list of at most ${LIST_MAX} of the first two, or an object of numbers` },
  )
  .meta({
    id: "Value",
    description:
      "As it would be typed in chat; true and false are yes and no, a list is joined by commas, an object is written as `name=value`",
  });

export type Value = z.output<typeof value>;

/** What is sent back to go on: a confirmation or a second factor. */
export const proofs = {
  confirm: z.string().max(TEXT_CHARS_MAX).optional().meta({ description: "The token of a confirmation" }),
  factor: z.string().max(TEXT_CHARS_MAX).optional().meta({ description: "The token of a second factor that was approved" }),
};

/** The body of a command: its arguments by name. Which are required is asked for by the answer, as in chat. */
export function bodyOf({ args }: CommandInfo) {
  const shape = Object.fromEntries(
    args.map(({ name, summary, required, choices }) => {
      const described = `${summary}${required ? " (required)" : ""}${choices.length > 0 ? `: ${choices.join(", ")}` : ""}`;
      return [name, value.optional().meta({ description: described })];
    }),
  );
  return z.strictObject({ ...shape, ...proofs });
}

/** Arguments as they would be typed. */
export function argsOf(body: Readonly<Record<string, Value | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(body).flatMap(([name, each]) => (each === undefined ? [] : [[name, typed(each)]])));
}

function typed(each: Value): string {
  if (typeof each === "string") return each;
  if (typeof each === "boolean") return each ? "yes" : "no";
  if (typeof each === "number") return String(each);
  if (Array.isArray(each)) return each.join(",");
  return Object.entries(each)
    .map(([name, figure]) => `${name}=${figure}`)
    .join(" ");
}
