import type { Request } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import { lineOf } from "../audit.ts";
import type { Command } from "../command.ts";
import { FACTOR, sameCommand } from "../confirmations.ts";
import { type Card, card } from "../view.ts";
import type { Asking } from "./asked-lately.ts";

/** A button below a request that waits for its factor: `s:TOKEN`, or `s:TOKEN:x` to leave it. */
export const FACTOR_ACTION = "s:";

/** A request that waits under a token; its code is typed where digits have to say which one they are for. */
export interface Waits {
  readonly token: string;
  readonly value: Asking & { readonly code: string };
}

/** Says what was approved: the one who gave the second factor reads it, whatever the command answers. */
export function approvedView(view: View, command: Command, request: Request): View {
  if (request.args[FACTOR] === undefined) return view;
  return {
    ...view,
    lines: [...view.lines, `Approved with a second factor: \`${lineOf(command, request)}\`. Not you? Send \`access lock\`.`],
  };
}

/** Asks which request digits are for, with what waits here and what was asked for lately and waits no more. */
export function whichView(title: string, open: readonly Waits[], lately: readonly Asking[]): View {
  const asked = card(title)
    .warning()
    .line("Digits alone do not say which one they are for, so nothing was approved and they are not used up.");
  list(asked, open, ({ code }) => `: type the digits, a space and \`${code}\``);
  for (const gone of lately.filter((each) => !open.some(({ value }) => sameCommand(each, value))))
    asked.line(`No longer waits: \`${gone.line}\``);
  return asked.line("Not all of this was you? Send `access lock`.").view();
}

/** Names what still waits after one was left, each with its way out. */
export function stillWaiting(on: Card, open: readonly Waits[]): View {
  if (open.length > 0) on.line("These still wait:");
  list(on, open, () => "");
  return on.view();
}

/** What waits, one line each, with its way out. */
function list(on: Card, open: readonly Waits[], howFor: (value: Waits["value"]) => string): void {
  for (const [index, { token, value }] of open.entries())
    on.line(`${index + 1}. \`${value.line}\`${howFor(value)}`).action(`Cancel ${index + 1}`, `${FACTOR_ACTION}${token}:x`, "danger");
}
