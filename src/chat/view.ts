import type { Picture } from "../ports/picture.ts";
import type { TextFile } from "../ports/text-file.ts";
import type { Button, Field, Table, View } from "../ports/view.ts";

/** Buttons carry at most this many bytes, so that they fit every platform. Longer commands are kept in memory behind a token. */
export const ACTION_BYTES_MAX = 60;
/** A table shows this many rows; the rest is counted. */
const TABLE_ROWS_MAX = 60;
/** A button that stands for a typed command begins so. */
export const COMMAND_ACTION = "c:";

type Column = Table["columns"][number];

/** A column of numbers. */
export function right(name: string): Column {
  return { name, align: "right" };
}

/** Builds a view: `card("dip is running").good().fields({ Symbol: "BTC/USDT" }).button("Stop", "bot stop dip")`. */
export class Card {
  readonly #title: string;
  #tone: View["tone"] = "plain";
  readonly #lines: string[] = [];
  readonly #fields: Field[] = [];
  #table: Table | undefined;
  #tableFirst = false;
  #rowsGiven = 0;
  readonly #buttons: Button[] = [];
  #question: View["question"];
  #picture: Picture | undefined;
  #file: TextFile | undefined;

  constructor(title: string) {
    this.#title = title;
  }

  good(): this {
    this.#tone = "good";
    return this;
  }

  bad(): this {
    this.#tone = "bad";
    return this;
  }

  warning(): this {
    this.#tone = "warning";
    return this;
  }

  /** Sentences, one per line; absent ones are left out. */
  line(...lines: readonly (string | undefined)[]): this {
    for (const each of lines) if (each !== undefined && each !== "") this.#lines.push(each);
    return this;
  }

  /** Named facts in the order given; absent ones are left out. */
  fields(facts: Readonly<Record<string, string | undefined>>): this {
    for (const [name, value] of Object.entries(facts)) if (value !== undefined) this.#fields.push({ name, value });
    return this;
  }

  table(columns: readonly (string | Column)[], rows: readonly (readonly string[])[]): this {
    this.#table = {
      columns: columns.map((column) => (typeof column === "string" ? { name: column, align: "left" } : column)),
      rows: rows.slice(0, TABLE_ROWS_MAX),
    };
    this.#rowsGiven = rows.length;
    return this;
  }

  /** Puts the table before the lines. */
  tableFirst(): this {
    this.#tableFirst = true;
    return this;
  }

  /** A button that stands for a command, as it would be typed. It is authorized anew as the person who presses it. */
  button(label: string, command: string, style: Button["style"] = "plain"): this {
    return this.action(label, COMMAND_ACTION + command, style);
  }

  /** A button with an action text of its own. */
  action(label: string, action: string, style: Button["style"] = "plain"): this {
    this.#buttons.push({ label, style, action });
    return this;
  }

  /** Shows a picture where the platform can. */
  picture(picture: Picture | undefined): this {
    this.#picture = picture;
    return this;
  }

  /** Hands a file over. */
  file(file: TextFile): this {
    this.#file = file;
    return this;
  }

  /** Marks the view as a question about an argument. `id` names it where an answer must count for no other. */
  asks(argument: string, freeText: boolean, id?: string): this {
    this.#question = { argument, freeText, ...(id === undefined ? {} : { id }) };
    return this;
  }

  view(): View {
    return {
      title: this.#title,
      tone: this.#tone,
      lines: [...this.#lines, ...leftOut(this.#rowsGiven)],
      fields: [...this.#fields],
      buttons: [...this.#buttons],
      ...(this.#table === undefined ? {} : { table: this.#table }),
      ...(this.#tableFirst ? { tableFirst: true } : {}),
      ...(this.#picture === undefined ? {} : { picture: this.#picture }),
      ...(this.#file === undefined ? {} : { file: this.#file }),
      ...(this.#question === undefined ? {} : { question: this.#question }),
    };
  }
}

/** A table that was cut says so after everything else, with the whole number: what a platform cuts besides, it counts by itself. */
function leftOut(rows: number): readonly string[] {
  if (rows <= TABLE_ROWS_MAX) return [];
  const left = rows - TABLE_ROWS_MAX;
  return [`${left === 1 ? "1 row more is" : `${left} rows more are`} left out: ${rows} in all.`];
}

/** Begins a view: a title, and what is added to it by calls. */
export function card(title: string): Card {
  return new Card(title);
}

/** A finished view of what a command may answer with. */
export function viewOf(answer: View | Card): View {
  return answer instanceof Card ? answer.view() : answer;
}

/** A refusal or failure in one sentence. */
export function badView(sentence: string, ...lines: readonly string[]): View {
  return card(sentence)
    .bad()
    .line(...lines)
    .view();
}
