/** Stands for a reason in the books when a person gave none. */
export const NO_REASON = "asked for";
/** The same for a panic. */
export const NO_PANIC_REASON = "panic";

/** A reason as a person gave it; undefined when there was none, for then there is nothing to print. */
export function givenReason(reason: string): string | undefined {
  return reason === "" || reason === NO_REASON || reason === NO_PANIC_REASON ? undefined : reason;
}

/** ` (news)`, or nothing when no reason was given. */
export function inBrackets(reason: string): string {
  const given = givenReason(reason);
  return given === undefined ? "" : ` (${given})`;
}
