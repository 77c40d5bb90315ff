import { nearest, oneOf } from "../domain/nearest.ts";
import type { CommandInfo } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import { quoted } from "./arg-meta.ts";
import { commandsMeant } from "./commands-meant.ts";
import { badView, card } from "./view.ts";

/** Longest line that is read. */
export const LINE_MAX = 4_000;
const NAMED = /^([a-z][a-z0-9_]{0,31}):([\s\S]*)$/i;
/** Ids carry a platform's name before a colon; they are values, not named arguments. */
const PLATFORM_ID = /^(discord|telegram|terminal):/i;
const BUTTONS_MAX = 5;
/** More than so many commands are no guess but a list. */
const MEANT_MAX = 3;

export type Line = { readonly path: string; readonly args: Readonly<Record<string, string>> } | { readonly problem: View };

class LineProblem extends Error {}

interface Word {
  readonly text: string;
  /** The argument that it is for, when it was written as `name:value`. */
  readonly name: string | undefined;
  readonly quoted: boolean;
}

/**
 * Reads a typed line: `/bot start dip`, `bot create symbol:BTC/USDT params:"fast=9 slow=21"`, Telegram's `/bot_start@desk dip`.
 * What cannot be read is answered by a view that says why and what to do.
 */
export function parseLine(line: string, catalog: readonly CommandInfo[]): Line {
  const [first = ""] = line
    .trim()
    .replace(/^\/+\s*/, "")
    .split(/\s/, 1);
  const head = first.toLowerCase().replace(/@\w+$/, "");
  try {
    // A panic with a long story is still a panic.
    if (head === "panic") return readCommand(line.slice(0, LINE_MAX), head, catalog);
    if (line.length > LINE_MAX) {
      const [most, found] = [LINE_MAX, line.length].map((length) => length.toLocaleString("en"));
      throw new LineProblem(`A command has at most ${most} characters, this one has ${found}; send a shorter one.`);
    }
    if (head === "") return { path: "help", args: {} };
    if (head === "start") return startIdiom(line);
    return readCommand(line, head, catalog);
  } catch (thrown) {
    if (thrown instanceof LineProblem) return { problem: badView(thrown.message) };
    throw thrown;
  }
}

/** Telegram opens a chat with `/start`, and a link with a code arrives as `/start CODE`. */
function startIdiom(line: string): Line {
  const [, code] = /^\s*\/*\s*start(?:@\w+)?\s+(\S+)\s*$/i.exec(line) ?? [];
  return code === undefined ? { path: "help", args: {} } : { path: "access link", args: { code } };
}

function readCommand(line: string, head: string, catalog: readonly CommandInfo[]): Line {
  const body = line
    .trim()
    .replace(/^\/+\s*/, "")
    .replace(/^\S+/, head.replaceAll("_", " "));
  const info = catalog.filter(({ path }) => begins(body, path)).sort((a, b) => b.path.length - a.path.length)[0];
  if (!info) return { problem: unknownCommand(body.split(/\s+/).slice(0, 2).join(" "), catalog) };
  const rest = body.replace(pathPattern(info.path), "").trim();
  return { path: info.path, args: readArgs(rest, info) };
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(" ", "\\s+")}(?=\\s|$)`, "i");
}

function begins(body: string, path: string): boolean {
  return pathPattern(path).test(body);
}

/** Answers a path that no command has, with what it may have meant. */
export function unknownCommand(typed: string, catalog: readonly CommandInfo[]): View {
  const paths = catalog.map(({ path }) => path);
  const [first = ""] = typed.toLowerCase().split(/\s+/);
  const close = commandsMeant(typed, paths);
  const answer = card(`There is no command ${quoted(typed)}`).bad();
  if (close.length > 0 && close.length <= MEANT_MAX) {
    answer.line(`Did you mean ${oneOf(close.map((path) => `\`${path}\``))}?`);
    for (const path of close) answer.button(path, path);
    return answer.button("Help", "help").view();
  }
  const listed = close.length > 0 ? close : paths.filter((path) => path.startsWith(`${first} `));
  if (listed.length === 0) return answer.line("`help` shows all commands.").button("Help", "help").view();
  answer.line(`With \`${first}\` there are: ${listed.join(", ")}.`);
  for (const path of listed.slice(0, BUTTONS_MAX)) answer.button(path, path);
  return answer.view();
}

function readArgs(rest: string, info: CommandInfo): Record<string, string> {
  const [only] = info.args;
  if (info.args.length === 1 && only && only.kind === "text" && !only.required)
    return rest === "" ? {} : { [only.name]: unwrapped(rest, only.name) };
  const args: Record<string, string> = {};
  const loose: string[] = [];
  for (const word of joined(wordsOf(rest))) {
    if (word.name === undefined) {
      loose.push(word.text);
      continue;
    }
    const name = argNamed(word.name, info);
    if (Object.hasOwn(args, name)) throw new LineProblem(`${name}: is given twice; give it once.`);
    args[name] = word.text;
  }
  place(loose, args, info);
  return args;
}

/** Everything after a command whose one argument is a text is that text. */
function unwrapped(rest: string, name: string): string {
  const text = rest.toLowerCase().startsWith(`${name}:`) ? rest.slice(name.length + 1).trim() : rest;
  const [, inner] = /^"([^"]*)"$/.exec(text) ?? [];
  return inner ?? text;
}

function argNamed(typed: string, info: CommandInfo): string {
  const names = [...info.args.map(({ name }) => name), "confirm"];
  const found = names.find((name) => name.toLowerCase() === typed.toLowerCase());
  if (found !== undefined) return found;
  throw new LineProblem(unknownArgument(typed, info));
}

/** Says that a command has no such argument, and which it may have meant. */
export function unknownArgument(typed: string, info: CommandInfo): string {
  const names = info.args.map(({ name }) => name);
  const close = nearest(typed, names);
  const known = names.length === 0 ? "It takes none." : `It takes ${names.join(", ")}.`;
  return `\`${info.path}\` has no argument ${quoted(typed)}. ${close === undefined ? known : `Did you mean ${close}: ?`}`;
}

/** Words without a name fill the required arguments in their order (the first optional one where a command has no required one); the last text takes the rest. */
function place(loose: readonly string[], args: Record<string, string>, info: CommandInfo): void {
  const required = info.args.filter((arg) => arg.required);
  const open = (required.length > 0 ? required : info.args.slice(0, 1)).filter(({ name }) => !Object.hasOwn(args, name));
  const waiting = [...loose];
  for (const [index, { name, kind }] of open.entries()) {
    if (waiting.length === 0) return;
    const takesRest = index === open.length - 1 && kind === "text";
    args[name] = takesRest ? waiting.splice(0).join(" ") : waiting.shift()!;
  }
  if (waiting.length > 0)
    throw new LineProblem(
      `I do not know what ${quoted(waiting.join(" "))} is for. Write it as name:value; \`help ${info.path}\` lists the names.`,
    );
}

/** Joins `symbol:` with the word after it, for people who write a space there. */
function joined(words: readonly Word[]): readonly Word[] {
  const whole: Word[] = [];
  for (const word of words) {
    const before = whole.at(-1);
    if (before?.name !== undefined && before.text === "" && !before.quoted && word.name === undefined)
      whole[whole.length - 1] = { ...word, name: before.name };
    else whole.push(word);
  }
  return whole;
}

const QUOTES: Readonly<Record<string, string>> = { '"': '"', "'": "'", "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c" };

function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const [, name, after] = PLATFORM_ID.test(rest) ? [] : (NAMED.exec(rest) ?? []);
    const value = name === undefined ? rest : after!;
    const close = QUOTES[value[0] ?? ""];
    if (close !== undefined) {
      const end = closing(value, close);
      words.push({ text: value.slice(1, end).replaceAll(`\\${close}`, close), name, quoted: true });
      rest = value.slice(end + 1).trimStart();
    } else {
      const [word = ""] = /^\S*/.exec(value) ?? [];
      words.push({ text: word, name, quoted: false });
      rest = value.slice(word.length).trimStart();
    }
  }
  return words;
}

function closing(value: string, close: string): number {
  for (let index = 1; index < value.length; index++) {
    const ends = value[index] === close || (close === "\u201d" && value[index] === '"');
    if (ends && value[index - 1] !== "\\") return index;
  }
  throw new LineProblem(`The quote before ${quoted(value.slice(1))} is never closed; add one at its end.`);
}
