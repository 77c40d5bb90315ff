import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { awaited, type Person, spoken } from "./desk-person.ts";

/** The two streams of a terminal, with everything that was printed, piece by piece. */
export class Console {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly printed: string[] = [];
  readonly news = new EventEmitter();

  constructor() {
    this.news.setMaxListeners(100);
    this.output.on("data", (chunk: Buffer) => {
      this.printed.push(stripVTControlCharacters(chunk.toString()).replace(/^\r/, ""));
      this.news.emit("printed");
    });
  }
}

const ALERT = "⚡ ";
const PROMPT = "storm> ";
/** What an answer begins with: the sign of its tone. What is typed and the prompt are printed, too. */
const ANSWER = /^[·✓✗!] /;

/** The person at the machine, typing at the prompt. */
export class TerminalPerson implements Person {
  readonly id = "terminal:local";
  readonly place = "terminal:local";
  readonly #console: Console;
  readonly #alerted = new Set<number>();
  #last = "";

  constructor(console: Console) {
    this.#console = console;
  }

  async run(line: string): Promise<string> {
    const { printed, input } = this.#console;
    const from = printed.length;
    input.write(`${line}\r`);
    const answer = () => printed.slice(from).find((text) => ANSWER.test(text));
    this.#last = await this.#when(answer, `the terminal did not answer "${line.slice(0, 80)}"`);
    return spoken(this.#last);
  }

  press(label: string): Promise<string> {
    const numbers = [...this.#last.matchAll(/(\d+)\) (.+?)(?= {2}|\n|$)/g)];
    const [, number] = numbers.find(([, , text]) => text === label) ?? [];
    if (number !== undefined) return this.run(number);
    // Ordinary buttons are commands to type here: the one with the label's first word.
    const [, next = ""] = /^ {2}next: (.*)$/m.exec(this.#last) ?? [];
    const [word = ""] = label.toLowerCase().split(" ");
    const command = next.split(" · ").find((each) => each.split(" ").includes(word));
    if (command === undefined) throw new Error(`nothing to pick for "${label}" in:\n${this.#last}`);
    return this.run(command);
  }

  type(text: string): Promise<string> {
    return this.run(text);
  }

  /** Each value at a prompt of its own, which shows nothing of it. */
  async enter(values: Readonly<Record<string, string>>): Promise<string> {
    const { printed, input } = this.#console;
    const from = printed.length;
    for (const [index, value] of Object.values(values).entries()) {
      const prompts = () => printed.slice(from - 1).filter((text) => text.includes("(not shown): ")).length;
      await this.#when(() => prompts() > index || undefined, "the terminal asked for no value");
      input.write(`${value}\r`);
    }
    const answer = () => {
      const at = printed.findIndex((text, index) => index >= from && ANSWER.test(text));
      // What is typed before the ordinary prompt is back counts as pasted with the secrets, and is dropped.
      return at >= 0 && printed.slice(at).some((text) => text.includes(PROMPT)) ? printed[at] : undefined;
    };
    this.#last = await this.#when(answer, "the terminal did not answer what was entered");
    return spoken(this.#last);
  }

  inPrivate(): Person {
    return this;
  }

  async nextAlert(matching: RegExp): Promise<string> {
    const { printed } = this.#console;
    const probe = () => {
      const at = printed.findIndex((text, index) => text.startsWith(ALERT) && !this.#alerted.has(index) && matching.test(spoken(text)));
      return at === -1 ? undefined : at;
    };
    const at = await this.#when(probe, `no alert that fits ${matching}`);
    this.#alerted.add(at);
    return spoken(printed[at]!);
  }

  alerts(matching: RegExp): string[] {
    const all = this.#console.printed.filter((text) => text.startsWith(ALERT)).map(spoken);
    return all.filter((text) => matching.test(text));
  }

  lookAt(): void {
    throw new Error("only one person sits at the terminal");
  }

  #when<T>(probe: () => T | undefined, hoped: string): Promise<T> {
    const { news, printed } = this.#console;
    const onNews = (look: () => void) => {
      news.on("printed", look);
      return () => void news.off("printed", look);
    };
    return awaited(probe, onNews, () => `${hoped}; it printed:\n${printed.slice(-8).join("")}`);
  }
}
