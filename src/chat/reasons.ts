import type { DeskState } from "../domain/desk.ts";

/** Stands for a reason in the books when a person gave none. */
export const NO_REASON = "no reason given";
/** What stood for it in books of older versions. */
const OLDER: readonly string[] = ["asked for", "panic"];

/** A reason as a person gave it; undefined when there was none, for then there is nothing to print. */
export function givenReason(reason: string): string | undefined {
  return reason === "" || reason === NO_REASON || OLDER.includes(reason) ? undefined : reason;
}

/** ` (news)`, or nothing when no reason was given. */
export function inBrackets(reason: string): string {
  const given = givenReason(reason);
  return given === undefined ? "" : ` (${given})`;
}

/** The halt that denies entries at a moment; undefined where there is none or its time is over. */
export function haltAt(nowMs: number, { halt }: Pick<DeskState, "halt">): DeskState["halt"] {
  return halt?.untilMs !== undefined && halt.untilMs <= nowMs ? undefined : halt;
}

/** The reason that holds from now on: what was typed, else the one of the halt in force. */
export function reasonKept(typed: string, halt: DeskState["halt"]): string {
  return givenReason(typed) ?? halt?.reason ?? typed;
}

/** What to say where the desk was halted before, and why it is from now on. */
export function reasonLines(typed: string, halt: DeskState["halt"]): readonly (string | undefined)[] {
  const given = givenReason(typed);
  const reason = given === undefined || given === halt?.reason ? undefined : given;
  if (!halt) return [reason && `Reason: ${reason}.`];
  const was = halt.panic ? "A panic was on already" : "The desk was halted already";
  return [`${was}${inBrackets(halt.reason)}.`, reason && `Reason from now on: ${reason}.`];
}
