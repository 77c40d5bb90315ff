import { UserError } from "../domain/errors.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { ButtonPress, Place, Request } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import { samePerson, TERMINAL_USER } from "./access.ts";
import { type Asked, CHANGED, FACTOR, mismatch, sameCommand, without } from "./confirmations.ts";
import { AskedLately } from "./factors/asked-lately.ts";
import { type CodeParts, digitsIn, OneTimeCodes, typedIn } from "./factors/one-time-codes.ts";
import { FACTOR_ACTION, stillWaiting, whichView } from "./factors/texts.ts";
import type { Enrolment, FactorDesk, Waiting } from "./identity.ts";
import { sameCode } from "./same-code.ts";
import { answersAt } from "./same-place.ts";
import { TokenBook } from "./tokens.ts";
import { Tries } from "./tries.ts";
import { badView, type Card, card } from "./view.ts";

const LIFE_MINUTES = 10;
const OPEN_MAX = 500;
/** Requests of one person that may wait for a factor at once; the oldest makes room. */
const OPEN_PER_PERSON_MAX = 5;
const TOKEN_LENGTH = 25;
/** What a person types elsewhere to approve. 8 letters and digits hold 41 bits, for five tries. */
const CODE_LENGTH = 8;
const WRONG_MAX = 5;
const PEOPLE_MAX = 1_000;

interface Pending extends Asked {
  /** As it could be typed, for the one who approves. */
  readonly line: string;
  /** What approves it from elsewhere, and here says which request digits are for. */
  readonly code: string;
  wrong: number;
  proven: boolean;
  /** Six digits that wait to be judged, by the request that brings them. */
  readonly typed: Map<string, string>;
}

type Open = { readonly token: string; readonly value: Pending };
type Answerer = Pick<ButtonPress, "requestId" | "user" | "place" | "answerHandle">;

/** What a press or a typed text stands for, or why it stands for nothing. */
export type Answered = { readonly request: Request } | { readonly view: View };

/**
 * The second factor of what raises risk or adds a key: six digits of an authenticator, an approval from another platform of the same person, or one at the
 * terminal. All of it is in memory: single use, ten minutes, bound to person, place, command and state of things.
 */
export class Factors implements FactorDesk {
  readonly #parts: CodeParts;
  readonly #codes: OneTimeCodes;
  readonly #book: TokenBook<Pending>;
  readonly #lately: AskedLately;
  readonly #wrong: Tries;

  constructor(parts: CodeParts) {
    this.#parts = parts;
    this.#codes = new OneTimeCodes(parts);
    this.#book = new TokenBook(parts.clock, parts.chance, { lifeMs: LIFE_MINUTES * MINUTE_MS, entriesMax: OPEN_MAX, length: TOKEN_LENGTH });
    this.#lately = new AskedLately(parts.clock);
    const limits = { triesMax: WRONG_MAX, perMs: LIFE_MINUTES * MINUTE_MS, peopleMax: PEOPLE_MAX };
    this.#wrong = new Tries(parts.clock, limits, parts.sharedTries && { all: parts.sharedTries, what: "approval" });
  }

  ask(request: Request, line: string, state: string): View {
    const { path, user, place } = request;
    this.#makeRoom(user.id);
    const code = this.#parts.chance.token(CODE_LENGTH);
    const bound = { path, args: without(request.args), user: user.id, place: place.id, state };
    const pending: Pending = { ...bound, line, code, wrong: 0, proven: false, typed: new Map() };
    const token = this.#book.issue(pending);
    this.#lately.note(pending);
    return this.#question(card("One more step: a second factor"), token, pending);
  }

  /** The request that a factor's button stands for, or why it no longer works. */
  press(press: ButtonPress): Answered {
    const [, token = "", leave] = press.action.split(":");
    const found = this.#meant(token, press);
    if ("view" in found) return found;
    const { pending, request } = found;
    if (leave === "x") {
      this.#book.use(token, press.requestId);
      return { view: stillWaiting(card("Left it at that; nothing was done"), this.#openFor(press.user.id, press.place)) };
    }
    return pending.proven ? { request } : { view: this.#question(card("Nobody has approved this yet"), token, pending) };
  }

  /**
   * The request that six typed digits prove, when one of that person waits at that place. Whether they are right is found out when it runs. Where different ones
   * wait, or were asked for lately, digits need the code of the one that they are for; without it they approve none and are not used up.
   */
  answer(text: string, by: Answerer): Answered | undefined {
    const typed = typedIn(text);
    if (typed === undefined || !this.#codes.isEnrolled(by.user.id)) return undefined;
    const { digits, code } = typed;
    const open = this.#openFor(by.user.id, by.place);
    const lately = this.#lately.at(by.user.id, by.place);
    const [newest] = open;
    if (newest === undefined) return undefined;
    const isClear = lately.every((each) => sameCommand(each, newest.value));
    const meant = code === undefined ? isClear && newest : open.find(({ value }) => sameCode(value.code, code));
    if (meant) return this.#typed(digits, meant.token, meant.value, by);
    return { view: whichView(code === undefined ? SEVERAL : `Nothing of yours waits here under \`${code}\``, open, lately) };
  }

  /** The request that digits prove which were typed for it and for no other. `question` is its id, as the question carried it. */
  answerTo(question: string, text: string, by: Answerer): Answered {
    const [, token = ""] = question.split(":");
    const found = this.#meant(token, by);
    if ("view" in found) return found;
    const digits = digitsIn(text);
    if (digits === undefined) return { view: this.#question(card("Expected the 6 digits of your authenticator"), token, found.pending) };
    return this.#typed(digits, token, found.pending, by);
  }

  /** Uses a factor up. Answers why it does not hold, or undefined when it does. */
  async redeem(token: string, request: Request, state: string): Promise<View | undefined> {
    const found = this.#book.look(token, request.id);
    if (found.kind !== "valid") return badView(GONE[found.kind]);
    const pending = found.value;
    const problem = mismatch(pending, request);
    if (problem !== undefined) return badView(problem);
    const typed = pending.typed.get(request.id);
    pending.typed.delete(request.id);
    if (typed !== undefined && !pending.proven) {
      const refusal = await this.#judge(token, pending, typed);
      if (refusal !== undefined) return refusal;
    }
    if (!pending.proven) return this.#question(card("Nobody has approved this yet"), token, pending);
    // Two proofs of one request may have been judged side by side: the first to arrive here uses it up.
    if (this.#book.look(token, request.id).kind !== "valid") return badView(GONE.used);
    this.#book.use(token, request.id);
    if (pending.state !== state) return badView(CHANGED);
    this.#lately.carriedOut(pending);
    return undefined;
  }

  approve(code: string, user: string): Waiting {
    const pending = this.#waiting(code, user);
    if (user !== TERMINAL_USER && platformOf(user) === platformOf(pending.user))
      throw new UserError(
        "This was asked on the same platform. Approve it from another one that is linked to you, or at the desk's terminal.",
      );
    pending.proven = true;
    return waitingOf(pending);
  }

  deny(code: string, user: string): Waiting {
    const pending = this.#waiting(code, user);
    this.#book.drop((each) => each === pending);
    return waitingOf(pending);
  }

  enrol(user: string): Promise<Enrolment> {
    return this.#codes.enrol(user);
  }

  /** Learns of that person's wrong codes and digits at other processes. */
  async recount(user: string): Promise<void> {
    await Promise.all([this.#wrong.recount(user), this.#codes.recount(user)]);
  }

  /** Forgets what these users wait for. */
  forget(isGone: (user: string) => boolean): void {
    this.#book.drop(({ user }) => isGone(user));
  }

  /** What waits under a token for whoever answers, with the request that it stands for. */
  #meant(token: string, by: Answerer): { readonly pending: Pending; readonly request: Request } | { readonly view: View } {
    const found = this.#book.look(token, by.requestId);
    if (found.kind !== "valid") return { view: badView(GONE[found.kind]) };
    const request = requestFor(found.value, token, by);
    const problem = mismatch(found.value, request);
    return problem === undefined ? { pending: found.value, request } : { view: badView(problem) };
  }

  #typed(digits: string, token: string, pending: Pending, by: Answerer): Answered {
    if (pending.typed.size < WRONG_MAX) pending.typed.set(by.requestId, digits);
    return { request: requestFor(pending, token, by) };
  }

  /** What that user may answer at that place, newest first. */
  #openFor(user: string, place: Place): readonly Open[] {
    return [...this.#book.open()].filter(({ value }) => value.user === user && answersAt(value.place, place));
  }

  #waiting(code: string, user: string): Pending {
    const { links } = this.#parts.desk.state;
    const atTerminal = user === TERMINAL_USER;
    if (!atTerminal && this.#wrong.left(user) === 0) throw new UserError(TOO_MANY);
    for (const { value } of this.#book.open()) {
      if (sameCode(value.code, code) && (atTerminal || samePerson(links, value.user, user))) return value;
    }
    if (!atTerminal && this.#wrong.miss(user) === 0) {
      this.forget((asker) => samePerson(links, asker, user));
      throw new UserError(TOO_MANY);
    }
    throw new UserError("Nothing of yours waits under that code: it is mistyped, older than 10 minutes, or forgotten at a restart.");
  }

  async #judge(token: string, pending: Pending, digits: string): Promise<View | undefined> {
    const answer = await this.#codes.check(pending.user, digits);
    if (answer === "right") {
      pending.proven = true;
      return undefined;
    }
    pending.wrong += 1;
    if (answer !== "too-many" && pending.wrong < WRONG_MAX) return this.#question(card(REFUSED[answer]), token, pending);
    this.#book.drop((each) => each === pending);
    return badView(REFUSED["too-many"], "Nothing was done. Send the command again and approve it another way, or try an hour later.");
  }

  /** The oldest of a person's open requests makes room for a new one. */
  #makeRoom(user: string): void {
    const { links } = this.#parts.desk.state;
    const mine = [...this.#book.open()].filter(({ value }) => samePerson(links, value.user, user)).map(({ value }) => value);
    const gone = new Set(mine.slice(OPEN_PER_PERSON_MAX - 1));
    this.#book.drop((each) => gone.has(each));
  }

  #question(asked: Card, token: string, { line, code, user }: Pending): View {
    const enrolled = this.#codes.isEnrolled(user);
    asked
      .warning()
      .line(`\`${line}\` needs something that is not on this device.`)
      .line(enrolled ? "Type the 6 digits that your authenticator shows now." : undefined)
      .line(
        `${enrolled ? "Or send" : "Send"} \`access approve code:${code}\` at the desk's terminal, or from an account of yours on another platform that is linked to this one. Then press Continue.`,
      )
      .line(`It waits ${LIFE_MINUTES} minutes; a restart of the desk forgets it. Not you? Send \`access lock\`.`)
      .action("Continue", FACTOR_ACTION + token, "primary")
      .action("Cancel", `${FACTOR_ACTION}${token}:x`, "danger");
    return (enrolled ? asked.asks("code", true, FACTOR_ACTION + token) : asked).view();
  }
}

const SEVERAL = "Several requests for a second factor were made here lately";

const TOO_MANY = `${WRONG_MAX} wrong codes: everything of yours that waited is over. Send the command again in ${LIFE_MINUTES} minutes.`;

const REFUSED = {
  wrong: "Those are not the digits that your authenticator shows now",
  used: "Those digits were used already; wait for the next ones",
  "too-many": "Too many wrong digits",
};

const GONE = {
  unknown: "This request is not known any more. Nothing was done; send the command again.",
  expired: `This request waited longer than ${LIFE_MINUTES} minutes. Nothing was done; send the command again.`,
  used: "This request was carried out or left already. Look at what came of it before you send the command again.",
};

function waitingOf({ line, user, place }: Pending): Waiting {
  return { line, user, place };
}

function platformOf(user: string): string {
  return user.split(":")[0] ?? "";
}

function requestFor({ path, args }: Pending, token: string, { requestId, user, place, answerHandle }: Answerer): Request {
  const handle = answerHandle === undefined ? {} : { answerHandle };
  return { id: requestId, path, args: { ...args, [FACTOR]: token }, user, place, ...handle };
}
