import { messageOf } from "../domain/errors.ts";
import type { KeyEntry } from "../domain/events.ts";
import type { Secret } from "../domain/secret.ts";
import type { ButtonPress, FormDoor, FormSubmission, Request } from "../ports/platform.ts";
import type { OpenForm, SecretForm, SecretValues } from "../ports/secret-form.ts";
import type { View } from "../ports/view.ts";
import type { FormContinuation } from "./command.ts";
import type { DoorOptions } from "./door-options.ts";
import type { RecordedFacts } from "./recorded-facts.ts";
import { type Scrub, scrubbedError, scrubbedView, scrubberOf } from "./secret-forms/scrubbing.ts";
import { entryAt, FORM_ACTION, FORM_LIFE_MS, goneView, nextView, openView } from "./secret-forms/texts.ts";
import { sortValues } from "./secret-forms/values.ts";
import { TokenBook } from "./tokens.ts";
import { badView, card, viewOf } from "./view.ts";

/** Forms that may be open at once; the oldest goes first. */
const OPEN_MAX = 100;
/** 25 letters and digits hold 129 bits. */
const TOKEN_LENGTH = 25;
/** A Discord form holds no more, and no longer labels. */
const FIELDS_MAX = 5;
const LABEL_MAX = 45;
/** Stands for whoever used a form up: there is no second use, not by the same one either. */
const FILLED = "filled";

/** One use of a command that asks for secrets. */
export interface FormAsk {
  readonly request: Request;
  readonly form: SecretForm;
  readonly then: FormContinuation;
  /** Facts that the command recorded and that were not appended yet. */
  readonly recorded: RecordedFacts;
}

type Entered = Pick<FormSubmission, "token" | "values" | "user" | "place">;

interface Open {
  readonly ask: FormAsk;
  readonly entry: Exclude<KeyEntry, "page">;
  readonly values: Map<string, Secret>;
  /** Aborted when the form is over. */
  readonly over: AbortController;
  seenByChat: boolean;
}

/** Runs what a filled form was for, as the person who asked: authorizes again, audits, and turns a failure into a view. */
type Finish = (ask: FormAsk, work: () => Promise<View>) => Promise<View>;

/** Forms for secrets: in memory only, for one person at one place, for one use and ten minutes. */
export class SecretForms implements FormDoor {
  readonly #options: DoorOptions;
  readonly #finish: Finish;
  readonly #book: TokenBook<Open>;

  constructor(options: DoorOptions, finish: Finish) {
    this.#options = options;
    this.#finish = finish;
    this.#book = new TokenBook(options.clock, options.chance, { lifeMs: FORM_LIFE_MS, entriesMax: OPEN_MAX, length: TOKEN_LENGTH });
  }

  /** Opens a form instead of any other of that person at that place. Throws UserError where secrets are not taken. */
  async open(ask: FormAsk): Promise<View> {
    const { request, form } = ask;
    const entry = entryAt(request.place, request.path);
    checkForm(form);
    if (this.#options.commands.get(request.path)?.private !== true) throw new Error(`${request.path} opens a form, so it must be private`);
    const earlier = this.#waiting(request.user.id, request.place.id);
    if (earlier) this.#close(earlier.token, earlier.value);
    const open: Open = { ask, entry, values: new Map(), over: new AbortController(), seenByChat: false };
    const token = this.#book.issue(open);
    void this.#options.clock.sleep(FORM_LIFE_MS, open.over.signal).then(() => this.#end(open));
    return openView(openForm(token, open), entry, await this.#openPage(token, open));
  }

  look(token: string, user: string, place: string): OpenForm | { readonly problem: View } {
    const found = this.#find(token, user, place);
    return "problem" in found ? found : openForm(token, found.open);
  }

  at(user: string, place: string): OpenForm | undefined {
    const found = this.#waiting(user, place);
    return found && openForm(found.token, found.value);
  }

  submit(submission: FormSubmission): Promise<View> {
    return this.#submit(submission, true);
  }

  /** The button that leaves a form. */
  press({ action, user, place }: ButtonPress): { view: View } {
    const token = action.slice(FORM_ACTION.length);
    const found = this.#find(token, user.id, place.id);
    if ("problem" in found) return { view: found.problem };
    this.#close(token, found.open);
    return { view: card("Left it at that; nothing was done").view() };
  }

  /** Ends the forms of these users. */
  forget(isGone: (user: string) => boolean): void {
    const theirs = [...this.#book.open()].filter(({ value }) => isGone(value.ask.request.user.id));
    for (const { token, value } of theirs) this.#close(token, value);
  }

  async #submit({ token, values, user, place }: Entered, byChat: boolean): Promise<View> {
    const found = this.#find(token, user.id, place.id);
    if ("problem" in found) return found.problem;
    const { open } = found;
    const { good, problem } = sortValues(values, openForm(token, open).fields);
    for (const [name, value] of good) {
      this.#options.onSecret?.(value.reveal());
      open.values.set(name, value);
      open.seenByChat ||= byChat;
    }
    const left = openForm(token, open);
    if (problem !== undefined || left.fields.length > 0) return nextView(left, problem);
    const whole = Object.fromEntries(open.values);
    open.values.clear();
    this.#close(token, open);
    return this.#fulfil(open, whole);
  }

  async #fulfil({ ask, entry, seenByChat }: Open, values: SecretValues): Promise<View> {
    const scrub = scrubberOf(values);
    const enteredBy = seenByChat ? entry : "page";
    const view = await this.#finish(ask, async () => {
      try {
        return scrubbedView(viewOf(await ask.then(values, enteredBy)), scrub);
      } catch (thrown) {
        throw scrubbedError(thrown, scrub);
      } finally {
        refuseLeak(ask.recorded, scrub);
      }
    });
    if (view.tone === "bad") return { ...view, lines: [...view.lines, `To try again, send \`${ask.request.path}\` once more.`] };
    if (view.form || enteredBy === "page" || enteredBy === "terminal" || enteredBy === "api") return view;
    return { ...view, lines: [...view.lines, "It was entered in chat: rotate it when you can."] };
  }

  /** The address of the one-time page, where there is one. What is entered there is answered where the form was asked for. */
  async #openPage(token: string, open: Open): Promise<string | undefined> {
    const { keyPage, logger } = this.#options;
    if (!keyPage) return undefined;
    try {
      const { url, values } = await keyPage.open(open.ask.form, open.over.signal);
      void this.#takeFromPage(token, open, values);
      return url;
    } catch (thrown) {
      logger.warn({ error: messageOf(thrown) }, "the page for keys could not be opened");
      return undefined;
    }
  }

  async #takeFromPage(token: string, open: Open, values: Promise<SecretValues>): Promise<void> {
    const { request } = open.ask;
    const { user, place } = request;
    try {
      const entered = await values;
      if (open.over.signal.aborted) return;
      const view = await this.#submit({ token, values: entered, user, place }, false);
      await this.#options.tell?.(request, view);
    } catch (thrown) {
      if (!open.over.signal.aborted) this.#options.logger.warn({ error: messageOf(thrown) }, "the page for keys failed");
    }
  }

  #waiting(user: string, place: string): { readonly token: string; readonly value: Open } | undefined {
    for (const found of this.#book.open()) {
      const { request } = found.value.ask;
      if (request.user.id === user && request.place.id === place && !found.value.over.signal.aborted) return found;
    }
    return undefined;
  }

  #find(token: string, user: string, place: string): { readonly open: Open } | { readonly problem: View } {
    const found = this.#book.look(token, "");
    if (found.kind !== "valid") return { problem: goneView(found.kind) };
    const { request } = found.value.ask;
    if (request.user.id !== user) return { problem: badView("Only the person who was asked can fill this in.") };
    if (request.place.id !== place) return { problem: badView("This can be filled in only where it was asked.") };
    return { open: found.value };
  }

  #close(token: string, open: Open): void {
    this.#book.use(token, FILLED);
    this.#end(open);
  }

  #end(open: Open): void {
    open.values.clear();
    open.over.abort();
  }
}

/** No fact may hold a secret: it would lie in the store for good. */
function refuseLeak(recorded: RecordedFacts, scrub: Scrub): void {
  const facts = JSON.stringify(recorded.events);
  if (scrub(facts) === facts) return;
  recorded.clear();
  throw new Error("a command put a secret into a fact; none of its facts was kept");
}

function openForm(token: string, { ask, values }: Open): OpenForm {
  return { token, title: ask.form.title, fields: ask.form.fields.filter(({ name }) => !values.has(name)) };
}

function checkForm({ fields }: SecretForm): void {
  const names = new Set(fields.map(({ name }) => name));
  if (fields.length < 1 || fields.length > FIELDS_MAX || names.size < fields.length || fields.some(({ label }) => label.length > LABEL_MAX))
    throw new Error(`a form has 1 to ${FIELDS_MAX} fields with different names and labels of at most ${LABEL_MAX} characters`);
}
