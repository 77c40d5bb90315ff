import { TransientError, UserError } from "../domain/errors.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import { type FrontDoor, NotSent, type Platform, type Request, type SendOptions } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import { Conversation, LOCAL, PLATFORM } from "./terminal/conversation.ts";
import { type Front, pipedFront } from "./terminal/front.ts";
import { History } from "./terminal/history.ts";
import { isTty, Output } from "./terminal/output.ts";
import { Repl } from "./terminal/repl.ts";
import { jsonScript, plainScript, type Script } from "./terminal/script.ts";
import { runSession } from "./terminal/session.ts";
import type { Span } from "./terminal/spoken.ts";
import { Turns } from "./terminal/turns.ts";

export interface TerminalOptions {
  /** The process's own streams when left out. */
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** One JSON line per view. */
  readonly json: boolean;
  /** A prompt for a person; by default where both ends are a terminal and `json` is off. */
  readonly interactive?: boolean;
  /** The desk ends after the last line of a pipe, as a script wants it. Otherwise it runs on and prints alerts. */
  readonly endsAtEof: boolean;
  readonly historyFile?: string | undefined;
  /** Moves a scripted market and returns what to show. Alerts of that time are delivered before it resolves. */
  readonly wait: (span: Span) => Promise<View>;
  /** Resolves when everything that happened so far was told. A script waits for it between its lines, so that equal runs print equal text. */
  readonly told?: () => Promise<void>;
  readonly clock: Clock;
  readonly colors: boolean;
  readonly welcome: () => View;
  /** Tells two runs that start in the same millisecond apart. */
  readonly chance?: Chance;
}

export interface Terminal extends Platform {
  /** Resolves when the person ends the desk, when a script is over, or when the platform was stopped. */
  readonly ended: Promise<void>;
}

const RUN_TOKEN_LENGTH = 6;

/** The terminal platform: a prompt for a person, or commands from a pipe. Nothing is read or printed before `start`. */
export function openTerminal(options: TerminalOptions): Terminal {
  return new TerminalPlatform(options);
}

/** Whether a person sits at this process: both ends are a terminal. */
export function personPresent(): boolean {
  return isTty(process.stdin) && isTty(process.stdout);
}

/** Writes a text to stdout where no desk runs, such as the help of the command line. */
export function say(text: string): void {
  process.stdout.write(text);
}

class TerminalPlatform implements Terminal {
  readonly name = PLATFORM;
  readonly edits = false;
  readonly #options: TerminalOptions;
  readonly #interactive: boolean;
  readonly #output: Output;
  readonly #input: NodeJS.ReadableStream;
  readonly #script: Script;
  readonly #turns: Turns;
  readonly #history: History;
  readonly #run: string;
  readonly #end = Promise.withResolvers<void>();
  #count = 0;
  #front: Front | undefined;
  #conversation: Conversation | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { input = process.stdin, output = process.stdout, json, colors, clock, chance } = options;
    this.#input = input;
    this.#interactive = !json && (options.interactive ?? (isTty(input) && isTty(output)));
    this.#output = new Output(output);
    this.#script = json ? jsonScript() : plainScript({ colors, interactive: this.#interactive, widthMax: () => this.#output.widthMax });
    this.#turns = new Turns(clock);
    this.#history = new History(options.historyFile);
    this.#run = clock.wall().toString(36) + (chance?.token(RUN_TOKEN_LENGTH) ?? "");
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  get reachable(): boolean {
    return !this.#output.closed;
  }

  async start(door: FrontDoor): Promise<void> {
    const { wait, welcome, told = nothingToTell } = this.#options;
    const conversation = new Conversation({ door, wait, nextId: () => this.#nextId(), interactive: this.#interactive });
    this.#conversation = conversation;
    const front = await this.#open(door, conversation);
    this.#front = front;
    void front.print(this.#script.notice(welcome(), "welcome"));
    const parts = { front, conversation, script: this.#script, turns: this.#turns };
    // A person at the prompt waits for nobody.
    const session = runSession({ ...parts, told: this.#interactive ? nothingToTell : told });
    void session.then((reason) => this.#over(reason));
  }

  async stop(): Promise<void> {
    this.#turns.release();
    this.#front?.close();
    await this.#history.saved();
    this.#end.resolve();
  }

  async send(place: string, view: View, { repeatOf }: SendOptions): Promise<string> {
    this.#check(place);
    const id = this.#nextId();
    await this.#alert(this.#script.alert(view, { repeat: repeatOf !== undefined }));
    return id;
  }

  async edit(place: string, _messageId: string, view: View): Promise<void> {
    this.#check(place);
    await this.#alert(this.#script.alert(view, { updated: true }));
  }

  async settleInterrupted(_request: Request, view: View): Promise<void> {
    // A form that was filled in elsewhere asks for nothing any more.
    if (this.#conversation?.hiddenPrompt !== undefined && view.form === undefined) {
      this.#conversation.close();
      this.#front?.reveal();
    }
    await this.#alert(this.#script.notice(view, "interrupted"));
  }

  async #open(door: FrontDoor, conversation: Conversation): Promise<Front> {
    if (!this.#interactive) return pipedFront(this.#input, this.#output);
    const parts = { input: this.#input, output: this.#output, door, conversation, history: this.#history };
    return new Repl({ ...parts, onEnd: () => this.#end.resolve() }, await this.#history.load());
  }

  async #alert(text: string): Promise<void> {
    if (this.#output.closed) throw new NotSent("Nobody reads the terminal's output any more.");
    const printed = await this.#turns.alert(() => this.#front?.print(text) ?? this.#output.write(text));
    if (!printed) throw new TransientError("The terminal's output was closed before the message was through.");
  }

  #check(place: string): void {
    if (place !== LOCAL && `${PLATFORM}:${place}` !== LOCAL) throw new UserError(`The terminal has one place, ${LOCAL}; found ${place}.`);
  }

  #over(reason: "end" | "eof"): void {
    if (reason === "eof" && !this.#interactive && !this.#options.endsAtEof) return;
    this.#front?.close();
    this.#end.resolve();
  }

  #nextId(): string {
    this.#count += 1;
    return `${PLATFORM}:${this.#run}:${this.#count}`;
  }
}

async function nothingToTell(): Promise<void> {}
