import { MINUTE_MS } from "../domain/time.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { ButtonPress, Place, Request } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import type { Argument } from "./arg-info.ts";
import { FACTOR_ACTION } from "./factors/texts.ts";
import { answersAt } from "./same-place.ts";
import { type Redeemed, TokenBook } from "./tokens.ts";
import { badView, card } from "./view.ts";

const LIFE_MS = 15 * MINUTE_MS;
const OPEN_MAX = 1_000;
const TOKEN_LENGTH = 20;
/** Discord has room for 25 buttons; one is for leaving. */
const OFFERS_MAX = 20;
/** A button that answers a question: `q:TOKEN:N`, or `q:TOKEN:x` to leave it. */
export const QUESTION_ACTION = "q:";

/** The id of the one question that a message asks, as `FrontDoor.answer` takes it, by the actions of its buttons; undefined where it asks none, or lists several. */
export function questionOf(actions: readonly string[]): string | undefined {
  const asking = actions.filter((each) => each.startsWith(QUESTION_ACTION) || each.startsWith(FACTOR_ACTION));
  const [id, ...others] = new Set(asking.map((each) => each.split(":").slice(0, 2).join(":")));
  return others.length === 0 ? id : undefined;
}

interface Open {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly argument: string;
  readonly offers: readonly string[];
  readonly freeText: boolean;
  readonly user: string;
  readonly place: string;
  /** It was put where only that person reads it. */
  readonly privately: boolean;
}

/** What is missing, what may be offered for it, and why an earlier answer was none. */
export interface Missing {
  readonly argument: Argument;
  readonly values: readonly string[];
  readonly privately: boolean;
  readonly problem?: string;
}

/** Asks for missing arguments, with buttons and by typed text, and turns each answer into a fuller request. */
export class Questions {
  readonly #book: TokenBook<Open>;

  constructor(clock: Clock, chance: Chance) {
    this.#book = new TokenBook(clock, chance, { lifeMs: LIFE_MS, entriesMax: OPEN_MAX, length: TOKEN_LENGTH });
  }

  ask(request: Request, { argument, values, privately, problem }: Missing): View {
    const offers = values.slice(0, OFFERS_MAX);
    const freeText = argument.meta.freeText !== false;
    const { path, args, user, place } = request;
    const token = this.#book.issue({ path, args, argument: argument.name, offers, freeText, user: user.id, place: place.id, privately });
    const title = argument.meta.question ?? `Which ${argument.name}?`;
    const more = beginsAlike(title, argument.summary) ? "." : `: ${argument.summary}.`;
    const asked = card(title).line(problem, `For \`${path}\`${more}`);
    if (problem !== undefined) asked.warning();
    for (const [index, offer] of offers.entries()) asked.action(offer, `${QUESTION_ACTION}${token}:${index}`);
    if (values.length > offers.length) asked.line(`${values.length - offers.length} more can be typed.`);
    return asked
      .action("Cancel", `${QUESTION_ACTION}${token}:x`, "danger")
      .asks(argument.name, freeText, QUESTION_ACTION + token)
      .view();
  }

  /** The request that a question's button stands for, or why it no longer works. */
  press({ action, requestId, user, place, answerHandle }: ButtonPress): { request: Request } | { view: View } {
    const [, token = "", picked = ""] = action.split(":");
    const found = this.#book.look(token, requestId);
    if (found.kind !== "valid") return { view: goneView(found) };
    const { value: open } = found;
    if (open.user !== user.id || !isFor(open, place)) return { view: badView("This question was put to somebody else.") };
    const value = open.offers[Number(picked)];
    if (picked !== "x" && value === undefined) return { view: goneView({ kind: "unknown" }) };
    this.#book.use(token, requestId);
    if (value === undefined) return { view: card("Left it at that; nothing was done").view() };
    return { request: requestFor(open, value, { requestId, user, place, ...(answerHandle === undefined ? {} : { answerHandle }) }) };
  }

  /** The request that a typed text completes, when a question is open for that person at that place. */
  answer(text: string, requestId: string, user: Request["user"], place: Place): { request: Request } | undefined {
    const again = this.#book.usedBy(requestId);
    if (again) return { request: requestFor(again, text, { requestId, user, place }) };
    for (const { token, value: open } of this.#book.open()) {
      if (open.user !== user.id || !isFor(open, place) || !open.freeText) continue;
      this.#book.use(token, requestId);
      return { request: requestFor(open, text, { requestId, user, place }) };
    }
    return undefined;
  }

  /**
   * The request that a text completes which was typed for one question and for no other, or why that one takes no answer any more. Undefined where it was
   * put to somebody else. `question` is its id, as the question carried it.
   */
  answerTo(question: string, text: string, by: Answerer): { request: Request } | { view: View } | undefined {
    const [, token = ""] = question.split(":");
    const found = this.#book.look(token, by.requestId);
    if (found.kind !== "valid") return { view: goneView(found) };
    const { value: open } = found;
    if (open.user !== by.user.id || !isFor(open, by.place) || !open.freeText) return undefined;
    this.#book.use(token, by.requestId);
    return { request: requestFor(open, text, by) };
  }

  /** Forgets what these users were asked. */
  forget(isGone: (user: string) => boolean): void {
    this.#book.drop(({ user }) => isGone(user));
  }

  /** The argument that a request's newest answer was for. */
  answeredBy(requestId: string): string | undefined {
    return this.#book.usedBy(requestId)?.argument;
  }
}

function isFor(open: Open, place: Place): boolean {
  return open.privately ? answersAt(open.place, place) : open.place === place.id;
}

/** Whether a summary would only say again what the question says, as "Which bot, group, or all" does below "Which bot?". */
function beginsAlike(question: string, summary: string): boolean {
  const [a, b] = [question, summary].map((text) => text.toLowerCase().split(/\W+/).slice(0, 2).join(" "));
  return a === b;
}

type Answerer = Pick<ButtonPress, "requestId" | "user" | "place" | "answerHandle">;

function requestFor(open: Open, value: string, { requestId, user, place, answerHandle }: Answerer): Request {
  const args = { ...open.args, [open.argument]: value };
  return { id: requestId, path: open.path, args, user, place, ...(answerHandle === undefined ? {} : { answerHandle }) };
}

function goneView(found: Exclude<Redeemed<Open>, { kind: "valid" }>): View {
  if (found.kind === "used") return badView("This question was answered already.");
  return badView("This question is no longer open. Send the command again.");
}
