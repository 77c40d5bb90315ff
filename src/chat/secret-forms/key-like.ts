/** A run of the characters in which keys are written, with what pads base64. */
const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** What is only letters or only digits is a word or a number more often than a key. */
const MIXED = /(?=.*[A-Za-z])(?=.*\d)/;

function keysIn(text: string): number {
  return new Set((text.match(RUN) ?? []).filter((run) => MIXED.test(run))).size;
}

/** Whether a text holds something as long and as mixed as a key: enough to take it out of a chat, not enough to refuse a command. */
export function holdsKey(text: string): boolean {
  return keysIn(text) >= 1;
}

/** Whether a text looks like an API key with its secret: two or more different ones. */
export function looksLikeKeys(text: string): boolean {
  return keysIn(text) >= 2;
}
