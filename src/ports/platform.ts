import { TransientError } from "../domain/errors.ts";
import type { OpenForm, SecretValues } from "./secret-form.ts";
import type { View } from "./view.ts";

/** Where a message was written or is to be shown. */
export interface Place {
  readonly platform: string;
  /** Unique on the whole desk: the platform's name, a colon and its own id, as `discord:123`. */
  readonly id: string;
  /** A place where only that person reads. */
  readonly direct: boolean;
}

/** One use of a command. `id` is unique per platform event, so that a repeated event is found. */
export interface Request {
  readonly id: string;
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  /** How the platform can edit its unfinished answer after a restart; opaque to everyone else. */
  readonly answerHandle?: string;
}

/** What a platform may offer while a person types an argument. */
export interface Completion {
  readonly value: string;
  readonly label: string;
}

/** What platforms talk to: the chat layer's front door. */
export interface FrontDoor {
  readonly forms: FormDoor;
  /** The commands to register, in the platform's own idiom. */
  catalog(): readonly CommandInfo[];
  /** Reads a typed line such as `/bot start dip` or Telegram's `/bot_start@OurBot dip`: the command with its arguments, or a view that says what is wrong with it. */
  parse(line: string): { path: string; args: Readonly<Record<string, string>> } | { problem: View };
  /** Whether a request must be stored before it is confirmed: everything but read-only commands. */
  mustStore(path: string): boolean;
  /** Whether the answer is for that person only, decided from memory so that a deferral can be private. */
  isPrivate(request: Request): boolean;
  /** Whether that person may do this here and now, decided from memory: what costs the desk something is for them alone. */
  isAllowed(request: Request): boolean;
  /** Stores a request durably, unless nothing but a refusal can come of it; `seen` when it was stored before. */
  accept(request: Request): Promise<"new" | "seen">;
  /** Runs an accepted (or read-only) request to its answer. Never rejects: a failure is a view. `onProgress` gets interim views of long work. */
  handle(request: Request, onProgress?: (view: View) => void): Promise<View>;
  /** A button: the request that it stands for, or a view that says why it no longer works. */
  press(press: ButtonPress): Promise<{ request: Request } | { view: View }>;
  /** What may follow in an argument, for that person at that place: what is granted at a place counts only there. */
  complete(
    path: string,
    argument: string,
    typed: string,
    user: string,
    args: Readonly<Record<string, string>>,
    place?: string,
  ): Promise<readonly Completion[]>;
  /**
   * What a free-text message answers when a question is open for that person at that place: a request, or a view that says why it answers none.
   * `question` is the id of the one that it was typed for, where the platform knows it.
   */
  answer(
    text: string,
    requestId: string,
    user: { id: string; name: string },
    place: Place,
    question?: string,
  ): { request: Request } | { view: View } | undefined;
}

/** Some or all values of a form, as one person entered them at one place. */
export interface FormSubmission {
  readonly token: string;
  readonly values: SecretValues;
  readonly user: Request["user"];
  readonly place: Place;
}

/** What a platform needs to show a form and to hand in what was entered. Everything here is decided from memory. */
export interface FormDoor {
  /** The form behind a token, at once, so that it can be shown where a deferral is not allowed; or why it cannot be filled in. */
  look(token: string, user: string, place: string): OpenForm | { readonly problem: View };
  /** The form that waits for that person at that place, where a typed text is taken as its value. */
  at(user: string, place: string): OpenForm | undefined;
  /**
   * Hands values in. While some are missing or wrong the answer's `form` names what is still to be entered, in a plain tone when
   * nothing was wrong. Values are never stored and a complete form is used up. Never rejects: a failure is a view.
   */
  submit(submission: FormSubmission): Promise<View>;
}

export interface ButtonPress {
  readonly requestId: string;
  /** The button's `action` text as the view carried it. */
  readonly action: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  readonly answerHandle?: string;
}

export interface CommandInfo {
  /** As `bot create`, or one word for those that stand alone. */
  readonly path: string;
  readonly summary: string;
  readonly args: readonly ArgInfo[];
}

export interface ArgInfo {
  readonly name: string;
  readonly summary: string;
  readonly kind: "text" | "integer" | "number" | "choice" | "flag";
  readonly required: boolean;
  readonly choices: readonly string[];
  /** True when `FrontDoor.complete` has something to offer. */
  readonly completes: boolean;
}

export interface SendOptions {
  /** Equal on every repeat of the same message, so that a platform that can will drop the second one. At most 25 characters. */
  readonly nonce: string;
  /** Set when an earlier try may have arrived: the message says so visibly. */
  readonly repeatOf?: string;
}

/** A TransientError after which the message surely did not arrive, as after a 429: its next try needs no mark. */
export class NotSent extends TransientError {
  /** How long that place takes nothing more, where the platform said so. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A chat platform. Contract: `start` resolves once the first connection attempt was begun, never waits for the network, and reconnects by itself. */
export interface Platform {
  readonly name: string;
  /** False while messages cannot be delivered; alerts wait or fail over meanwhile. */
  readonly reachable: boolean;
  /** False where what was written stays as it is, as in a terminal: alike alerts are then never folded into one message that is edited. */
  readonly edits: boolean;
  start(door: FrontDoor): Promise<void>;
  stop(): Promise<void>;
  /** Posts an alert and resolves with the platform's message id. Rejects with TransientError when it may be tried again (with NotSent when it surely did not arrive), with UserError when that place is gone for good. */
  send(place: string, view: View, options: SendOptions): Promise<string>;
  /** Replaces a message that was sent before. */
  edit(place: string, messageId: string, view: View): Promise<void>;
  /** Tells the person of a request what became of it where its answer cannot be returned: after a crash, or when its form was filled in elsewhere. */
  settleInterrupted(request: Request, view: View): Promise<void>;
}
