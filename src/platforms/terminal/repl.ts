import { createInterface, type Interface } from "node:readline/promises";
import type { FrontDoor } from "../../ports/platform.ts";
import { completed } from "./completer.ts";
import { type Conversation, isPanic } from "./conversation.ts";
import { curtained } from "./curtain.ts";
import type { Front } from "./front.ts";
import { HISTORY_LINES_MAX, type History } from "./history.ts";
import type { TypedLine } from "./lines.ts";
import type { Output } from "./output.ts";
import { looksPrivate } from "./private-lines.ts";

const PROMPT = "storm> ";
/** Readline measures the whole line at each key, so that a longer one would hold up the desk. */
export const TYPED_CHARS_MAX = 10_000;
/** What follows a line's maximum is dropped by so many characters at a time. */
const DROPPED_CHARS = 200;
/** Lines typed or pasted ahead; beyond them the terminal waits. */
const AHEAD_MAX = 1_000;
const CLEAR_SCREEN = "\u001b[2J\u001b[3J\u001b[H";
const CLEAR_BELOW = "\r\u001b[0J";

export interface ReplParts {
  readonly input: NodeJS.ReadableStream;
  readonly output: Output;
  readonly door: FrontDoor;
  readonly conversation: Conversation;
  readonly history: History;
  readonly onEnd: () => void;
}

/** A person at a terminal: a prompt with history and completion, and a typed line that survives what is printed meanwhile. */
export class Repl implements Front {
  readonly #parts: ReplParts;
  readonly #readline: Interface;
  readonly #ahead: TypedLine[] = [];
  #waiting: ((line: TypedLine | undefined) => void) | undefined;
  #closed = false;
  /** Ctrl+C was pressed and nothing was typed since. */
  #armed = false;
  #head: string | undefined;
  /** Asks for a secret: nothing that is typed is shown or remembered meanwhile. */
  #hidden: string | undefined;

  constructor(parts: ReplParts, history: string[]) {
    this.#parts = parts;
    const { input, output, door, conversation } = parts;
    this.#readline = createInterface({
      input,
      output: curtained(output.stream, () => this.#hidden !== undefined),
      terminal: true,
      prompt: PROMPT,
      history,
      historySize: HISTORY_LINES_MAX,
      removeHistoryDuplicates: true,
      completer: async (line: string): Promise<[string[], string]> => {
        if (this.#hidden !== undefined) return [[], line];
        const [offers, part] = await completed(line, door, conversation.choices).catch(() => [[], line] as const);
        return [[...offers], part];
      },
    });
    input.on("keypress", this.#onKey);
    this.#readline
      .on("line", this.#onLine)
      .on("history", this.#onHistory)
      .on("SIGINT", this.#onInterrupt)
      // A suspended desk would stand still with its positions open.
      .on("SIGTSTP", () => void this.print("The desk cannot be suspended, its bots would stand still. Ctrl+C twice stops it.\n"))
      .on("close", this.#onClose);
  }

  next(hiddenPrompt?: string): Promise<TypedLine | undefined> {
    this.#hidden = hiddenPrompt;
    const line = this.#typedAhead();
    if (line || this.#closed) return Promise.resolve(line && { ...line, hidden: hiddenPrompt !== undefined });
    const { promise, resolve } = Promise.withResolvers<TypedLine | undefined>();
    this.#waiting = resolve;
    this.#prompt();
    return promise;
  }

  reveal(): void {
    if (this.#hidden === undefined) return;
    this.#clearLine();
    this.#hidden = undefined;
    if (this.#waiting === undefined) return;
    void this.#parts.output.write("\n");
    this.#readline.prompt();
  }

  /** Prints above the prompt and what is typed there. */
  print(text: string): Promise<boolean> {
    if (this.#waiting === undefined || this.#closed) return this.#parts.output.write(text);
    const { rows } = this.#hidden === undefined ? this.#readline.getCursorPos() : { rows: 0 };
    const up = rows > 0 ? `\u001b[${rows}A` : "";
    const flushed = this.#parts.output.write(up + CLEAR_BELOW + text);
    // Readline would go up by the rows that the line had when it last drew it, over what was just printed.
    Object.assign(this.#readline, { prevRows: 0 });
    this.#prompt();
    return flushed;
  }

  clear(): void {
    void this.#parts.output.write(CLEAR_SCREEN);
  }

  close(): void {
    this.#parts.input.off("keypress", this.#onKey);
    this.#readline.close();
  }

  readonly #onLine = (text: string) => {
    this.#armed = false;
    const head = this.#head;
    this.#head = undefined;
    const hidden = this.#hidden !== undefined;
    if (hidden) void this.#parts.output.write("\n");
    const line = { ...(head === undefined ? { text, tornAt: undefined } : { text: head, tornAt: TYPED_CHARS_MAX }), hidden };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) return waiting(line);
    this.#ahead.push(line);
    if (this.#ahead.length >= AHEAD_MAX) this.#readline.pause();
  };

  readonly #onKey = () => {
    const { line } = this.#readline;
    if (line.length > TYPED_CHARS_MAX) this.#head ??= line.slice(0, TYPED_CHARS_MAX);
    if (this.#head !== undefined && line.length > DROPPED_CHARS) this.#clearLine();
  };

  /** Readline lets its listener take back what must not be kept. */
  readonly #onHistory = (history: string[]) => {
    const [newest] = history;
    const isCommand = this.#head === undefined && this.#hidden === undefined && !this.#parts.conversation.asks;
    if (newest !== undefined && (!isCommand || looksPrivate(newest) || /^\s*\d+\s*$/.test(newest))) history.shift();
    else this.#parts.history.save(history);
  };

  readonly #onInterrupt = () => {
    if (this.#armed && this.#readline.line === "") return this.close();
    this.#armed = true;
    this.#head = undefined;
    this.#parts.conversation.close();
    this.#clearLine();
    this.#hidden = undefined;
    void this.print("Press Ctrl+C again to stop the desk.\n");
  };

  readonly #onClose = () => {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#waiting) void this.#parts.output.write("\n");
    this.#waiting?.(undefined);
    this.#waiting = undefined;
    this.#parts.onEnd();
  };

  /** What was pasted beyond the last value of a form is dropped unseen, unless it is a panic. */
  #typedAhead(): TypedLine | undefined {
    for (let line = this.#ahead.shift(); line !== undefined; line = this.#ahead.shift())
      if (this.#hidden !== undefined || line.hidden !== true || isPanic(line.text)) return line;
    return undefined;
  }

  #prompt(): void {
    if (this.#hidden === undefined) this.#readline.prompt(true);
    else void this.#parts.output.write(this.#hidden);
  }

  #clearLine(): void {
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
  }
}
