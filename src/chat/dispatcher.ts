import { messageOf, UserError } from "../domain/errors.ts";
import type { BotFacts } from "../ports/engine.ts";
import type { ButtonPress, Completion, FrontDoor, Place, Request } from "../ports/platform.ts";
import { StoreUnavailable } from "../ports/store.ts";
import type { View } from "../ports/view.ts";
import { type Asker, type People, peopleOf, samePerson } from "./access.ts";
import { AccessDenials } from "./access-denials.ts";
import { tokenDesk } from "./api-tokens.ts";
import { type Argument, argumentsOf, catalogOf, targetOf } from "./arg-info.ts";
import { auditOf } from "./audit.ts";
import { authorize } from "./authorize.ts";
import { askerOf, callOf, type Meant, type Proofs, type Voice } from "./call-of.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { Args, Call, Command } from "./command.ts";
import { completionsOf } from "./complete.ts";
import { CONFIRM_ACTION, without } from "./confirmations.ts";
import type { DoorOptions } from "./door-options.ts";
import { approvedView, FACTOR_ACTION } from "./factors/texts.ts";
import type { Answered } from "./factors.ts";
import { failureView } from "./failures.ts";
import { Gate } from "./gate.ts";
import { offersOf, type Sight, sightOf } from "./known.ts";
import { type Line, parseLine, unknownCommand } from "./line.ts";
import { LongActions } from "./long-actions.ts";
import { parseArgs } from "./parse.ts";
import { QUESTION_ACTION, Questions } from "./questions.ts";
import { RecordedFacts } from "./recorded-facts.ts";
import { earlierResult } from "./repeats.ts";
import { exposedView, exposes, parseUnexposed, unexposed } from "./secret-forms/exposed.ts";
import { FORM_ACTION } from "./secret-forms/texts.ts";
import { type FormAsk, SecretForms } from "./secret-forms.ts";
import { badView, COMMAND_ACTION, card, viewOf } from "./view.ts";

/** How a request is run: a second run after a restart looks only at what the desk finished. */
export interface RunOptions {
  readonly onProgress?: ((view: View) => void) | undefined;
  readonly again?: boolean;
}

/** Finds, authorizes, parses, asks, confirms, runs and audits commands. The one door for platforms, tests and simulations. */
export class Dispatcher implements FrontDoor {
  readonly options: DoorOptions;
  readonly forms: SecretForms;
  readonly denials: AccessDenials;
  readonly #catalog: readonly CatalogEntry[];
  readonly #questions: Questions;
  readonly #gate: Gate;
  readonly #longActions: LongActions;
  readonly #proofs: Proofs;
  readonly #running = new Map<string, Promise<View>>();
  /** Requests that this process accepted and has not settled, and whether each is answered: a restart takes it for interrupted, and runs again what lowers risk. */
  readonly #accepted = new Map<string, boolean>();

  constructor(options: DoorOptions) {
    this.options = options;
    this.forms = new SecretForms(options, (ask, work) => this.#finishForm(ask, work));
    this.denials = new AccessDenials(options);
    this.#catalog = catalogOf(options.commands);
    this.#questions = new Questions(options.clock, options.chance);
    this.#gate = new Gate(options);
    this.#longActions = new LongActions(options.clock, options.chance);
    this.#proofs = { factors: this.#gate.factors, linkCodes: this.#gate.linkCodes, tokens: tokenDesk(options) };
  }

  catalog(): readonly CatalogEntry[] {
    return this.#catalog;
  }

  mustStore(path: string): boolean {
    const command = this.options.commands.get(path);
    return command !== undefined && !command.readOnly;
  }

  parse(line: string): Line {
    return parseUnexposed(line, this.#catalog, this.options.commands);
  }

  isPrivate(request: Request): boolean {
    const command = this.options.commands.get(request.path);
    if (!command || command.private || exposes(request)) return true;
    // A name that does not exist is no secret of whoever mistyped it.
    return ["denied", "locked"].includes(this.#verdict(command, request).kind);
  }

  isAllowed(request: Request): boolean {
    const command = this.options.commands.get(request.path);
    return command !== undefined && this.#verdict(command, request).kind === "allowed";
  }

  async accept(request: Request): Promise<"new" | "seen"> {
    const { store, clock } = this.options;
    // Nothing comes of it but an answer, so a stranger writes nothing here.
    if (exposes(request) || !this.isAllowed(request)) return "new";
    this.#accepted.set(request.id, this.#accepted.get(request.id) ?? false);
    try {
      return await store.accept({ requestId: request.id, wallMs: clock.wall(), body: JSON.stringify({ request }) });
    } catch (thrown) {
      // What lowers risk is obeyed even when it cannot be written down first.
      if (thrown instanceof StoreUnavailable && this.options.commands.get(request.path)?.rerun) return "new";
      this.#accepted.delete(request.id);
      throw thrown;
    }
  }

  /** Whether this process accepted a request and still has to answer it: then no restart interrupted it. */
  isUnderWay(requestId: string): boolean {
    return this.#accepted.has(requestId);
  }

  async handle(request: Request, onProgress?: (view: View) => void): Promise<View> {
    const running = this.#running.get(request.id);
    if (running) return running;
    const answer = this.#settled(request, onProgress);
    this.#running.set(request.id, answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(request.id);
    }
  }

  press(press: ButtonPress): Promise<{ request: Request } | { view: View }> {
    return Promise.resolve(this.#pressed(press));
  }

  complete(
    path: string,
    argument: string,
    typed: string,
    user: string,
    args: Readonly<Record<string, string>>,
    place?: string,
  ): Promise<readonly Completion[]> {
    const command = this.options.commands.get(path);
    const asked = command && argumentsOf(command).find(({ name }) => name === argument);
    if (!command || !asked) return Promise.resolve([]);
    const asker = { user, place };
    const bots = this.options.engine.bots();
    const verdict = authorize(command, without(args, [asked.name]), this.#people(), asker, bots);
    if (verdict.kind !== "allowed") return Promise.resolve([]);
    return Promise.resolve(completionsOf(asked, typed, this.#sight(command, asker, bots)));
  }

  answer(text: string, requestId: string, user: Request["user"], place: Place, question?: string): Answered | undefined {
    const { factors } = this.#gate;
    if (question?.startsWith(FACTOR_ACTION)) return factors.answerTo(question, text, { requestId, user, place });
    if ("path" in parseLine(text, this.#catalog)) return undefined;
    if (question?.startsWith(QUESTION_ACTION)) return this.#questions.answerTo(question, text, { requestId, user, place });
    return factors.answer(text, { requestId, user, place }) ?? this.#questions.answer(text, requestId, user, place);
  }

  /** Runs a request to its view; a failure is a view too. */
  async run(request: Request, options: RunOptions = {}): Promise<View> {
    try {
      const heard = unexposed(request, this.options.commands);
      return this.#longActions.shorten(heard ? await this.#run(heard, options) : exposedView());
    } catch (thrown) {
      return failureView(thrown, request.path, this.options);
    }
  }

  async #settled(request: Request, onProgress: ((view: View) => void) | undefined): Promise<View> {
    const view = await this.run(request, { onProgress });
    if (!this.#accepted.has(request.id)) return view;
    this.#accepted.set(request.id, true);
    await this.#settleAnswered();
    return view;
  }

  /** What could not be settled is tried again with the next answer: whatever undoes it, as a resume does a panic, comes by here. */
  async #settleAnswered(): Promise<void> {
    const { store, logger } = this.options;
    for (const [requestId, isAnswered] of this.#accepted) {
      if (!isAnswered) continue;
      try {
        await store.settle(requestId);
        this.#accepted.delete(requestId);
      } catch (thrown) {
        logger.error({ requestId, error: messageOf(thrown) }, "an answered request could not be settled; the next answer tries again");
        return;
      }
    }
  }

  async #run(request: Request, { onProgress, again }: RunOptions): Promise<View> {
    const { commands, engine, desk } = this.options;
    const command = commands.get(request.path);
    if (!command) return unknownCommand(request.path, this.#catalog);
    const all = engine.bots();
    const verdict = this.#verdict(command, request, all);
    if (verdict.kind === "denied" || verdict.kind === "locked") return this.denials.deny(request, verdict.kind === "locked");
    const done = earlierResult(request.id, desk.state, again ? [] : engine.accounts());
    if (done !== undefined) return card(`Already done: ${done}`).view();
    const sight = this.#sight(command, askerOf(request), all);
    const privately = command.private === true;
    const ask = (argument: Argument, problem?: string): View => {
      const { [argument.name]: _, ...kept } = request.args;
      const values = offersOf(argument, sight);
      return this.#questions.ask(
        { ...request, args: kept },
        { argument, values, privately, ...(problem === undefined ? {} : { problem }) },
      );
    };
    if (verdict.kind === "missing") {
      const target = targetOf(command, request.args);
      return target && all.length > 0 && this.#isAnswer(request, target) ? ask(target, verdict.sentence) : badView(verdict.sentence);
    }
    const parsed = parseArgs(request.path, command, request.args, sight);
    if (parsed.kind === "missing") return ask(parsed.argument);
    if (parsed.kind === "wrong")
      return this.#isAnswer(request, parsed.argument)
        ? ask(parsed.argument, parsed.sentence)
        : badView(parsed.sentence, `\`help ${request.path}\` shows how it is used.`);
    const recorded = new RecordedFacts();
    const call = this.#call(request, parsed.args, { all, bots: verdict.bots }, recorded, onProgress);
    const held = await this.#gate.hold(command, call, request);
    return held ?? approvedView(await this.#effect(command, () => command.run(call), request, recorded), command, request);
  }

  /** Whether an argument is what a person has just answered a question with. */
  #isAnswer(request: Request, { name }: Argument): boolean {
    return this.#questions.answeredBy(request.id) === name;
  }

  async #effect(command: Command, work: () => ReturnType<Command["run"]>, request: Request, recorded: RecordedFacts): Promise<View> {
    const { desk } = this.options;
    try {
      const view = viewOf(await work());
      if (!command.readOnly && !view.form)
        await desk.append(() => [...recorded.atTurn(() => this.isAllowed(request)), auditOf(command, request, view.title)], request.id);
      this.#forgetLocked(recorded);
      return view;
    } catch (thrown) {
      if (thrown instanceof UserError && recorded.certain.length > 0) await desk.append(recorded.certain);
      throw thrown;
    }
  }

  /** What a filled form was for is authorized, audited and answered like the command that opened it. */
  async #finishForm({ request, recorded }: FormAsk, work: () => ReturnType<Command["run"]>): Promise<View> {
    const command = this.options.commands.get(request.path);
    try {
      if (!command || this.#verdict(command, request).kind !== "allowed") return await this.denials.deny(request, false);
      return this.#longActions.shorten(await this.#effect(command, work, request, recorded));
    } catch (thrown) {
      return failureView(thrown, request.path, this.options);
    }
  }

  #pressed(press: ButtonPress): { request: Request } | { view: View } {
    const { action } = press;
    if (action.startsWith(QUESTION_ACTION)) return this.#questions.press(press);
    if (action.startsWith(CONFIRM_ACTION)) return this.#gate.confirmations.press(press);
    if (action.startsWith(FACTOR_ACTION)) return this.#gate.factors.press(press);
    if (action.startsWith(FORM_ACTION)) return this.forms.press(press);
    const command = action.startsWith(COMMAND_ACTION) ? action.slice(COMMAND_ACTION.length) : this.#longActions.commandOf(action);
    if (command === undefined) return { view: badView("This button no longer works. Send the command instead.") };
    const line = parseLine(command, this.#catalog);
    if ("problem" in line) return { view: line.problem };
    const { requestId: id, user, place, answerHandle } = press;
    return { request: { id, ...line, user, place, ...(answerHandle === undefined ? {} : { answerHandle }) } };
  }

  #call(request: Request, args: Args, meant: Meant, recorded: RecordedFacts, onProgress: RunOptions["onProgress"]): Call<Args> {
    const voice: Voice = {
      record: (event, look) => recorded.add(event, look),
      progress: (view) => onProgress?.(this.#longActions.shorten(viewOf(view))),
      secretForm: (form, then) => {
        // What knows secrets shows no interim views.
        onProgress = undefined;
        return this.forms.open({ request, form, then, recorded });
      },
    };
    const parts = { options: this.options, catalog: this.#catalog, people: this.#people(), proofs: this.#proofs, voice };
    return callOf(request, args, meant, parts);
  }

  /** A lock ends at once what its person was about to do. */
  #forgetLocked({ events }: RecordedFacts): void {
    const { links } = this.options.desk.state;
    for (const event of events) {
      if (event.type !== "access-locked") continue;
      const isGone = (user: string) => samePerson(links, user, event.user);
      for (const book of [this.#gate, this.#questions, this.forms]) book.forget(isGone);
    }
  }

  #verdict(command: Command, request: Request, all = this.options.engine.bots()) {
    return authorize(command, request.args, this.#people(), askerOf(request), all);
  }

  #people(): People {
    return peopleOf(this.options.desk.state, this.options.owners);
  }

  #sight(command: Command, asker: Asker, all: readonly BotFacts[]): Sight {
    const need = command.role === "anyone" ? "viewer" : command.role;
    return sightOf(this.options, this.#people(), { asker, need, paths: this.#catalog.map(({ path }) => path), all });
  }
}
