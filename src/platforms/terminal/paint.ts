import type { View } from "../../ports/view.ts";

const ESCAPE = "\u001b[";
const COLORS: Readonly<Record<View["tone"], string>> = { plain: "1", good: "32", bad: "31", warning: "33" };
const DIM = "2";
const BOLD = "1";
const OFF = `${ESCAPE}0m`;

/** Colors text, or leaves it alone. */
export interface Paint {
  tone(tone: View["tone"], text: string): string;
  dim(text: string): string;
  /** Makes what stands between backticks bold and drops them. */
  commands(text: string): string;
}

/** Colors by escape codes, or texts as they are where there are none; the backticks around commands go either way. */
export function paintOf(colors: boolean): Paint {
  const wrap = (code: string, text: string) => (colors && text !== "" ? `${ESCAPE}${code}m${text}${OFF}` : text);
  return {
    tone: (tone, text) => wrap(COLORS[tone], text),
    dim: (text) => wrap(DIM, text),
    commands: (text) => text.replace(/`([^`\n]+)`/g, (_, command: string) => wrap(BOLD, command)),
  };
}
