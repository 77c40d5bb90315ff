import type { View } from "../../ports/view.ts";
import type { Conversation, Said } from "./conversation.ts";
import type { Front } from "./front.ts";
import type { TypedLine } from "./lines.ts";
import { echoOf } from "./private-lines.ts";
import type { Script } from "./script.ts";
import type { Turns } from "./turns.ts";

/** Stands for a line that nobody may read. */
const UNSHOWN = "…";

export interface SessionParts {
  readonly front: Front;
  readonly conversation: Conversation;
  readonly script: Script;
  readonly turns: Turns;
  /** Waited for before each line is looked at. */
  readonly told: () => Promise<void>;
}

/** Reads line after line and prints each answer before the next line is looked at. Resolves with "end" when the person ended the desk, with "eof" after the last line. */
export async function runSession(parts: SessionParts): Promise<"end" | "eof"> {
  const { front, turns, told } = parts;
  await told();
  const next = () => front.next(parts.conversation.hiddenPrompt);
  for (let line = await next(); line !== undefined; line = await next()) {
    if ((await answerLine(line, parts)) === "end") return "end";
    await told();
    await turns.alertsPrinted();
  }
  return "eof";
}

async function answerLine({ text, tornAt, hidden }: TypedLine, parts: SessionParts): Promise<"end" | "on"> {
  const { front, conversation, script, turns } = parts;
  if (hidden === true) return answerHidden(text, parts);
  const line = text.trim();
  if (line.startsWith("#") || (line === "" && !conversation.takesEnter)) return "on";
  const shown = echoOf(line, conversation.choices?.argument);
  // The alerts of a moved market come before its answer: moving it may wait for them.
  if (!conversation.movesMarket(line)) turns.hold();
  try {
    const echo = script.echo(shown);
    if (echo !== "") await front.print(echo);
    const onProgress = (view: View) => void front.print(script.progress(view, shown));
    const said = await (tornAt === undefined ? conversation.say(line, onProgress) : conversation.sayTorn(line, tornAt, onProgress));
    return await show(said, shown, parts);
  } finally {
    turns.release();
  }
}

async function answerHidden(text: string, parts: SessionParts): Promise<"end" | "on"> {
  const { conversation, turns } = parts;
  turns.hold();
  try {
    return await show(
      await conversation.enter(text, (view) => void parts.front.print(parts.script.progress(view, UNSHOWN))),
      UNSHOWN,
      parts,
    );
  } finally {
    turns.release();
  }
}

async function show(said: Said, command: string, { front, script }: SessionParts): Promise<"end" | "on"> {
  if (said.kind === "end") return "end";
  if (said.kind === "clear") front.clear();
  if (said.kind === "answer") await front.print(script.answer(said.view, command));
  return "on";
}
