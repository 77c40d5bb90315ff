import { SECOND_MS } from "../domain/time.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { ButtonPress, Request } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import type { Question } from "./command.ts";
import { answersAt } from "./same-place.ts";
import { TokenBook } from "./tokens.ts";
import { badView, Card, card } from "./view.ts";

const LIFE_S = 60;
const OPEN_MAX = 1_000;
/** 25 letters and digits hold 129 bits. */
const TOKEN_LENGTH = 25;
export const CONFIRM_ACTION = "k:";
/** The argument that carries a confirmation. It is no argument of any command. */
export const CONFIRM = "confirm";
/** The argument that carries a second factor, in the same way. */
export const FACTOR = "factor";
const PROOFS: readonly string[] = [CONFIRM, FACTOR];

/** What a proof was asked about. It holds for exactly that. */
export interface Asked {
  readonly path: string;
  readonly args: Readonly<Record<string, string>>;
  readonly user: string;
  readonly place: string;
  readonly state: string;
}

/** Asks before something dangerous, and knows a true answer: one use, 60 s, the same person, place, command and state of things. */
export class Confirmations {
  readonly #book: TokenBook<Asked>;

  constructor(clock: Clock, chance: Chance) {
    this.#book = new TokenBook(clock, chance, { lifeMs: LIFE_S * SECOND_MS, entriesMax: OPEN_MAX, length: TOKEN_LENGTH });
  }

  /** A sentence, or a card that says more, with the button that means yes. A whole view is a refusal and stays as it is. */
  ask(request: Request, question: Exclude<Question, undefined>, state: string): View {
    if (typeof question !== "string" && !(question instanceof Card)) return question;
    const { path, user, place } = request;
    const token = this.#book.issue({ path, args: without(request.args), user: user.id, place: place.id, state });
    // Whoever types at the terminal sits at the machine, and scripts press no buttons.
    const piped = place.platform === "terminal" ? " At the terminal, the command with confirm:yes runs at once." : "";
    const asked = typeof question === "string" ? card("Please confirm").line(question) : question;
    return asked
      .warning()
      .line(`Press the button to confirm. It works once, for ${LIFE_S} s.${piped}`)
      .action(`Yes, ${path}`, CONFIRM_ACTION + token, "danger")
      .view();
  }

  /** The request that a confirmation's button stands for, or why it no longer works. */
  press({ action, requestId, user, place, answerHandle }: ButtonPress): { request: Request } | { view: View } {
    const token = action.slice(CONFIRM_ACTION.length);
    const found = this.#book.look(token, requestId);
    if (found.kind !== "valid") return { view: badView(GONE[found.kind]) };
    const { path, args } = found.value;
    const request = {
      id: requestId,
      path,
      args: { ...args, [CONFIRM]: token },
      user,
      place,
      ...(answerHandle === undefined ? {} : { answerHandle }),
    };
    const problem = mismatch(found.value, request);
    return problem === undefined ? { request } : { view: badView(problem) };
  }

  /** Uses a confirmation up. Answers why it does not hold, or undefined when it does. */
  redeem(token: string, request: Request, state: string): string | undefined {
    const found = this.#book.look(token, request.id);
    if (found.kind !== "valid") return GONE[found.kind];
    const problem = mismatch(found.value, request);
    if (problem !== undefined) return problem;
    this.#book.use(token, request.id);
    return found.value.state === state ? undefined : CHANGED;
  }

  /** Forgets what these users were asked. */
  forget(isGone: (user: string) => boolean): void {
    this.#book.drop(({ user }) => isGone(user));
  }
}

export const CHANGED = "Things have changed since this was asked. Nothing was done; send the command again.";

const GONE = {
  unknown: "This confirmation is not known any more. Nothing was done; send the command again.",
  expired: `This confirmation is older than ${LIFE_S} s. Nothing was done; send the command again.`,
  used: "This confirmation was used already, and it works once. Look at what came of it before you send the command again.",
};

/** Why what was asked is not what this request is, if it is not. */
export function mismatch(open: Asked, request: Request): string | undefined {
  if (open.user !== request.user.id) return "Only the person who was asked can confirm this.";
  if (!answersAt(open.place, request.place)) return "This can be confirmed only where it was asked.";
  return sameCommand(open, request) ? undefined : "This confirmation is for another command. Nothing was done.";
}

/** Whether two ask for the same command with the same arguments, whatever proofs came along. */
export function sameCommand(one: Pick<Request, "path" | "args">, other: Pick<Request, "path" | "args">): boolean {
  return one.path === other.path && sorted(without(one.args)) === sorted(without(other.args));
}

/** Arguments as the command knows them: without the proofs that the chat layer adds. */
export function without(args: Readonly<Record<string, string>>, left: readonly string[] = PROOFS): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !left.includes(name)));
}

/** Whether an argument carries a confirmation or a second factor, which no command sees. */
export function isProof(name: string): boolean {
  return PROOFS.includes(name);
}

function sorted(args: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
}
