import { oneLine, visible } from "../../domain/visible-text.ts";
import type { TextFile } from "../../ports/text-file.ts";
import type { Field, View } from "../../ports/view.ts";
import type { Choices } from "./choices.ts";
import type { Paint } from "./paint.ts";
import { sketchLines } from "./sketch.ts";
import { tableLines } from "./table.ts";
import { padded, widthOf, withoutMarks } from "./text.ts";

const SIGNS: Readonly<Record<View["tone"], string>> = { plain: "·", good: "✓", bad: "✗", warning: "!" };
const INDENT = "  ";
const GAP = "  ";
/** Lines of a file that a person at a terminal is shown; where nothing is to be cut, all of them. */
const FILE_LINES_MAX = 200;

export interface Look {
  readonly paint: Paint;
  /** Columns of the terminal; Infinity where nothing is to be cut. */
  readonly widthMax: number;
}

/** What stands around a view's title. */
export interface Frame {
  readonly prefix?: string;
  readonly suffix?: string;
}

/** A view as text that ends with a line end. Equal views give equal texts. */
export function renderView(view: View, { paint, widthMax }: Look, { prefix = "", suffix = "" }: Frame = {}): string {
  const title = paint.tone(view.tone, `${SIGNS[view.tone]} ${withoutMarks(oneLine(view.title))}`);
  const lines = [`${prefix}${title}${suffix === "" ? "" : ` ${suffix}`}`];
  const table =
    view.table && view.table.columns.length > 0 ? tableLines(view.table, Math.max(1, widthMax - INDENT.length), paint).map(indented) : [];
  const sketch = view.picture === undefined ? [] : sketchLines(view.picture, widthMax - INDENT.length).map(indented);
  const sentences = view.lines.flatMap((line) => paint.commands(visible(line)).split("\n").map(indented));
  const facts = [...sentences, ...fieldLines(view.fields, paint)];
  lines.push(...sketch, ...(view.tableFirst === true ? [...table, ...facts] : [...facts, ...table]));
  if (view.file !== undefined) lines.push(...fileLines(view.file, widthMax));
  return `${lines.join("\n")}\n`;
}

/** What can be picked: numbered for a question, as commands to type after an ordinary answer. Empty when there is nothing. */
export function renderChoices({ kind, items, enter, freeText }: Choices, { paint, widthMax }: Look): string {
  if (kind === "next") {
    const commands = items.map(({ label, command }) => oneLine(command ?? label));
    return commands.length === 0 ? "" : `${paint.dim(`${INDENT}next: ${commands.join(" · ")}`)}\n`;
  }
  const entries = items.map(({ label }, index) => `${index + 1}) ${oneLine(label)}`);
  const hints = [...(freeText ? ["or type it"] : []), ...(enter === undefined ? [] : [`Enter: ${enter + 1}`])];
  const hint = hints.length === 0 ? [] : [paint.dim(`(${hints.join("; ")})`)];
  return wrapped([...entries, ...hint], widthMax)
    .map((line) => `${INDENT}${line}\n`)
    .join("");
}

/** A file as its text, not indented, so that it can be copied as it is. */
function fileLines({ name, text }: TextFile, widthMax: number): readonly string[] {
  const all = visible(text).trimEnd().split("\n");
  const shown = widthMax === Number.POSITIVE_INFINITY ? all : all.slice(0, FILE_LINES_MAX);
  const left = all.length - shown.length;
  const more =
    left === 0
      ? []
      : [`${INDENT}... and ${left} more lines of ${name}. Ask for less, or where files are sent: Discord, Telegram or the API.`];
  return [`${INDENT}${name}:`, ...shown, ...more];
}

function fieldLines(fields: readonly Field[], paint: Paint): readonly string[] {
  const names = fields.map(({ name }) => oneLine(name));
  const width = Math.max(0, ...names.map(widthOf));
  return fields.flatMap(({ value }, index) => {
    const name = paint.dim(padded(names[index] ?? "", width));
    const [first = "", ...more] = paint.commands(visible(value)).split("\n");
    return [`${INDENT}${name}${GAP}${first}`.trimEnd(), ...more.map((line) => `${INDENT}${" ".repeat(width)}${GAP}${line}`.trimEnd())];
  });
}

function wrapped(entries: readonly string[], widthMax: number): readonly string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const longer = lines.length === 0 ? entry : `${lines.at(-1)}${GAP}${entry}`;
    if (lines.length > 0 && INDENT.length + widthOf(longer) <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(entry);
  }
  return lines;
}

function indented(line: string): string {
  return `${INDENT}${line}`.trimEnd();
}
