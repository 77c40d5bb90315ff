import { oneLine } from "../../domain/visible-text.ts";
import { isSecretLine } from "./secret-lines.ts";
import { cut } from "./text.ts";

/** Words for what must stay between the person and the vault. */
const SECRET_WORD = /(?:^|[\s_-])(?:api_?key|key|secret|pass(?:phrase|word)?|token|code|totp)\b/i;
const NAMED_SECRET = /(?:^|[\s_-])(?:api_?key|key|secret|pass(?:phrase|word)?|token|code|totp)\s*[:=]/i;
const CONNECTS = /^\/?account[\s_]+connect\b/i;
/** A long run of letters and digits is a key more often than a word. */
const RUN = /[A-Za-z0-9+/=_.-]{20,}/g;
const ECHO_WIDTH_MAX = 200;

/** Whether a line looks as if it held a key or a secret. */
export function looksPrivate(line: string): boolean {
  if (NAMED_SECRET.test(line) || CONNECTS.test(line) || isSecretLine(line)) return true;
  return (line.match(RUN) ?? []).some((run) => /\d/.test(run) && /[A-Za-z]/.test(run));
}

/** A typed line as it may be shown and piped on: without what looks secret, and not too long. */
export function echoOf(line: string, asked: string | undefined): string {
  if (isSecretLine(line)) return "secret …";
  if (asked !== undefined && SECRET_WORD.test(asked)) return "…";
  if (!looksPrivate(line)) return cut(oneLine(line), ECHO_WIDTH_MAX);
  const words = oneLine(line).split(" ").slice(0, 2);
  return [...words.filter((word) => !looksPrivate(word) && /^[/a-z]+$/i.test(word)), "…"].join(" ");
}
