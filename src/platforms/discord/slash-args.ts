import type { CommandInteractionOption } from "discord.js";

const SUBCOMMAND = 1;

export interface SlashLine {
  /** As `bot create`. */
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  /** The argument that is being typed. */
  readonly focused: string | undefined;
}

/** A slash command as the path and texts that the front door takes. */
export function slashLine(commandName: string, data: readonly CommandInteractionOption[]): SlashLine {
  const sub = data.find((option) => option.type === SUBCOMMAND);
  const options = sub === undefined ? data : (sub.options ?? []);
  const args: Record<string, string> = {};
  for (const { name, value } of options) if (value !== undefined) args[name] = argumentText(value);
  return {
    path: sub === undefined ? commandName : `${commandName} ${sub.name}`,
    args,
    focused: options.find((option) => option.focused === true)?.name,
  };
}

function argumentText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? plainNumber(value) : value;
}

/** A number without an exponent, digit for digit what JSON carried: 1e-7 becomes 0.0000001. */
export function plainNumber(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", lead = "", rest = "", exponentText = "0"] = match;
  const digits = `${lead}${rest}`;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, "0")}`;
}
