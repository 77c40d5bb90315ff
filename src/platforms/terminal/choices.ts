import { oneLine } from "../../domain/visible-text.ts";
import type { Button, View } from "../../ports/view.ts";

/** A button's action that begins so is a command as it would be typed. */
const COMMAND_ACTION = "c:";

export interface Choice {
  readonly label: string;
  /** The command to type instead, where there is one. */
  readonly command: string | undefined;
  /** What the door understands; undefined for the terminal's own "Cancel". */
  readonly action: string | undefined;
}

/** What a person may pick after an answer. */
export interface Choices {
  readonly kind: "question" | "confirm" | "next";
  readonly items: readonly Choice[];
  /** The index that an empty line picks. Never something dangerous: nobody deletes by leaning on a key. */
  readonly enter: number | undefined;
  readonly freeText: boolean;
  /** The argument that is asked for. */
  readonly argument: string | undefined;
}

/** What a person may pick after a view: answers to its question, a yes or no where it confirms something dangerous, else what may come next. */
export function choicesOf(view: View): Choices {
  const next = nextOf(view);
  const { items } = next;
  const { question, buttons } = view;
  if (question) {
    const { argument, freeText } = question;
    return { kind: "question", items, enter: preferred(buttons), freeText, argument };
  }
  const isConfirm = buttons.some(({ style }) => style === "danger") && items.every(({ command }) => command === undefined);
  if (!isConfirm) return next;
  const cancel = { label: "Cancel", command: undefined, action: undefined };
  const at = buttons.findIndex(({ style }) => style !== "danger");
  const all = at === -1 ? [...items, cancel] : items;
  return { kind: "confirm", items: all, enter: at === -1 ? items.length : at, freeText: false, argument: undefined };
}

/** The commands that a view names, whatever it asks. */
export function nextOf({ buttons }: View): Choices {
  const items = buttons.map(({ label, action }) => ({ label, command: commandOf(action), action }));
  return { kind: "next", items, enter: undefined, freeText: false, argument: undefined };
}

/** The index of the choice that a line names: its number, or its label where something was asked. */
export function picked({ kind, items }: Choices, line: string): number | undefined {
  if (/^\d{1,3}$/.test(line)) {
    const index = Number(line) - 1;
    return items[index] === undefined ? undefined : index;
  }
  if (kind === "next") return undefined;
  const index = items.findIndex(({ label }) => oneLine(label).toLowerCase() === line.toLowerCase());
  return index === -1 ? undefined : index;
}

/** The command that a button stands for, as it would be typed. */
export function commandOf(action: string): string | undefined {
  return action.startsWith(COMMAND_ACTION) ? action.slice(COMMAND_ACTION.length) : undefined;
}

function preferred(buttons: readonly Button[]): number | undefined {
  const primary = buttons.findIndex(({ style }) => style === "primary");
  const index = primary === -1 ? buttons.findIndex(({ style }) => style !== "danger") : primary;
  return index === -1 ? undefined : index;
}
