import { FORM_ACTION } from "../../chat/secret-forms/texts.ts";
import { UserError } from "../../domain/errors.ts";
import { Secret } from "../../domain/secret.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { FrontDoor, Place, Request } from "../../ports/platform.ts";
import type { OpenForm, SecretValues } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";
import { type Choices, choicesOf, picked } from "./choices.ts";
import { BAD_SECRET_LINE, hiddenPrompt, isSecretLine, NO_FORM, secretOf } from "./secret-lines.ts";
import { badSpan, badView, ownWord, plainView, type Span } from "./spoken.ts";
import { cut } from "./text.ts";

export const PLATFORM = "terminal";
/** The one place of the terminal and its one person. */
export const LOCAL = `${PLATFORM}:local`;
export const USER = { id: LOCAL, name: "you" };
const PLACE: Place = { platform: PLATFORM, id: LOCAL, direct: true };
const FOUND_WIDTH_MAX = 60;
const PANIC = /^\s*\/?panic(?:\s|$)/i;

/** Whether a line is the panic command, with or without a slash; it overtakes what else was typed. */
export function isPanic(line: string): boolean {
  return PANIC.test(line);
}

export interface ConversationOptions {
  readonly door: FrontDoor;
  readonly wait: (span: Span) => Promise<View>;
  readonly nextId: () => string;
  /** A person sits there: numbers pick from every answer, an empty line takes what is marked, `clear` clears. */
  readonly interactive: boolean;
}

/** What came of a line. */
export type Said = { readonly kind: "answer"; readonly view: View } | { readonly kind: "end" | "clear" | "nothing" };

type OnProgress = (view: View) => void;

/** Turns typed lines into answers, and knows what the last answer asked. */
export class Conversation {
  readonly #options: ConversationOptions;
  #choices: Choices | undefined;
  #form: OpenForm | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** What may be picked now. */
  get choices(): Choices | undefined {
    return this.#choices;
  }

  /** Whether a question is open: what is typed then may be an answer and no command. */
  get asks(): boolean {
    return this.#choices !== undefined && this.#choices.kind !== "next";
  }

  /** Whether an empty line picks something now. In a pipe it is just an empty line. */
  get takesEnter(): boolean {
    return this.#options.interactive && this.#choices?.enter !== undefined;
  }

  /** What to ask for where nothing that is typed is shown; undefined while no form is open. A pipe has no such place. */
  get hiddenPrompt(): string | undefined {
    return this.#options.interactive && this.#form ? hiddenPrompt(this.#form) : undefined;
  }

  /** Forgets what was asked. */
  close(): void {
    this.#choices = undefined;
    this.#form = undefined;
  }

  /** Whether this line moves the market: its alerts are shown before its answer. */
  movesMarket(line: string): boolean {
    return ownWord(line, false)?.kind === "wait";
  }

  async say(line: string, onProgress: OnProgress): Promise<Said> {
    const own = ownWord(line, this.#options.interactive);
    if (own?.kind === "wait") return this.#answer(own.span === undefined ? badSpan(line) : await this.#wait(own.span));
    if (own) return own.kind === "end" ? { kind: "end" } : { kind: "clear" };
    try {
      return await this.#heard(line, onProgress);
    } catch (thrown) {
      if (thrown instanceof UserError) return this.#answer(badView(thrown.message));
      return this.#answer(badView("Something went wrong on our side", "Look at what it changed before you send it again."));
    }
  }

  /** Takes what was typed where nothing is shown. Nothing typed leaves the form; a panic is one anywhere. */
  async enter(text: string, onProgress: OnProgress): Promise<Said> {
    const form = this.#form;
    const [field] = form?.fields ?? [];
    if (isPanic(text)) return this.say(text, onProgress);
    if (form === undefined || field === undefined) return this.#answer(NO_FORM);
    if (text.trim() !== "") return this.#submit(form, { [field.name]: new Secret(text) });
    const { door, nextId } = this.#options;
    const left = await door.press({ requestId: nextId(), action: FORM_ACTION + form.token, user: USER, place: PLACE });
    return this.#answer("view" in left ? left.view : NO_FORM);
  }

  /** Answers a line that was too long to be read whole. Half a command is none, but a panic with a long story is still a panic. */
  async sayTorn(head: string, charsMax: number, onProgress: OnProgress): Promise<Said> {
    if (isPanic(head)) return this.say(head, onProgress);
    const most = charsMax.toLocaleString("en");
    return this.#answer(badView(`A line has at most ${most} characters, this one is longer; it was dropped. Send a shorter one.`));
  }

  async #heard(line: string, onProgress: OnProgress): Promise<Said> {
    if (isSecretLine(line)) return this.#named(line);
    const choices = this.#offered();
    if (line === "") return choices?.enter === undefined ? { kind: "nothing" } : this.#pick(choices, choices.enter, onProgress);
    const index = choices && picked(choices, line);
    if (choices && index !== undefined) return this.#pick(choices, index, onProgress);
    const { door } = this.#options;
    const parsed = door.parse(line);
    if ("path" in parsed) {
      const { path, args } = parsed;
      return this.#answer(await this.#run({ id: this.#options.nextId(), path, args, user: USER, place: PLACE }, onProgress));
    }
    if (choices?.freeText === true) {
      const answered = door.answer(line, this.#options.nextId(), USER, PLACE);
      if (answered) return this.#answer("view" in answered ? answered.view : await this.#run(answered.request, onProgress));
    } else if (choices && choices.kind !== "next") return { kind: "answer", view: unpicked(choices, line) };
    return this.#answer(parsed.problem);
  }

  /** A script's line with one value of the form that is open. */
  async #named(line: string): Promise<Said> {
    const form = this.#options.door.forms.at(USER.id, PLACE.id);
    if (form === undefined) return this.#answer(NO_FORM);
    const values = secretOf(line);
    return values === undefined ? { kind: "answer", view: BAD_SECRET_LINE } : this.#submit(form, values);
  }

  async #submit({ token }: OpenForm, values: SecretValues): Promise<Said> {
    const said = this.#answer(await this.#options.door.forms.submit({ token, values, user: USER, place: PLACE }));
    // Where all went well and more is to come, the next prompt says enough.
    const isPart = said.kind === "answer" && said.view.form !== undefined && said.view.tone === "plain";
    return isPart && this.#options.interactive ? { kind: "nothing" } : said;
  }

  /** What was shown with numbers: in a pipe only questions are. */
  #offered(): Choices | undefined {
    return this.#options.interactive || this.#choices?.kind !== "next" ? this.#choices : undefined;
  }

  async #pick(choices: Choices, index: number, onProgress: OnProgress): Promise<Said> {
    const action = choices.items[index]?.action;
    if (action === undefined) return this.#answer(plainView("Left it at that; nothing was done"));
    const { door, nextId } = this.#options;
    const pressed = await door.press({ requestId: nextId(), action, user: USER, place: PLACE });
    return this.#answer("view" in pressed ? pressed.view : await this.#run(pressed.request, onProgress));
  }

  async #run(request: Request, onProgress: OnProgress): Promise<View> {
    const { door } = this.#options;
    if (door.mustStore(request.path)) {
      try {
        await door.accept(request);
      } catch {
        return badView("Nothing was done", "Your request could not be stored, so it was not carried out. Try again in a moment.");
      }
    }
    return door.handle(request, onProgress);
  }

  async #wait(span: Span): Promise<View> {
    try {
      return await this.#options.wait(span);
    } catch (thrown) {
      return badView(thrown instanceof UserError ? thrown.message : "The market could not be moved. Try again in a moment.");
    }
  }

  #answer(view: View): Said {
    this.#form = view.form;
    this.#choices = !view.form && (view.buttons.length > 0 || view.question) ? choicesOf(view) : undefined;
    return { kind: "answer", view };
  }
}

function unpicked({ items }: Choices, line: string): View {
  const expected = items.length === 1 ? "1" : `a number from 1 to ${items.length}`;
  return badView(`Expected ${expected} or a command, found "${cut(oneLine(line), FOUND_WIDTH_MAX)}". The question is still open.`);
}
