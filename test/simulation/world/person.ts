import { UserError } from "../../../src/domain/errors.ts";
import { type WallMs, wallMs } from "../../../src/domain/time.ts";
import type { Caller, Engine, NewBot } from "../../../src/ports/engine.ts";
import type { Asked, Command } from "../referee/law.ts";
import type { Dice } from "./dice.ts";
import type { Timeline } from "./timeline.ts";

/** How a person reaches the desk: the engine of the process that runs now, and what they tell the referee. */
export interface Desk {
  /** Undefined while no process answers. */
  engine(): { readonly process: number; readonly engine: Engine } | undefined;
  wallMs(): number;
  asked(asked: Asked): void;
  done(asked: Asked): void;
  refused(asked: Asked, because: string): void;
  tell(line: string): void;
}

interface Errand {
  readonly asked: Asked;
  readonly run: (engine: Engine, caller: Caller) => Promise<unknown>;
}

/** Asked again after so long: when nobody answers, and when the answer was an incident. */
const AGAIN_MS = 5_000;
const HALT_MAX_MS = 20 * 60_000;

/**
 * Somebody at the desk, who makes bots and then stops, starts, closes, halts and panics as the dice say: one thing at a time, and with the same request id
 * again until it is answered, however many processes die over it.
 */
export class Person {
  readonly user: string;
  readonly #dice: Dice;
  readonly #timeline: Timeline;
  readonly #desk: Desk;
  readonly #bots: NewBot[];
  readonly #waiting: Errand[] = [];
  #current: Errand | undefined;
  /** The process that was asked last and may still answer. */
  #askedProcess: number | undefined;
  #asked = 0;
  #idle = false;

  constructor(user: string, dice: Dice, timeline: Timeline, desk: Desk, bots: NewBot[]) {
    this.user = user;
    this.#dice = dice;
    this.#timeline = timeline;
    this.#desk = desk;
    this.#bots = bots;
  }

  /** What was asked and not answered. */
  get open(): readonly Asked[] {
    return [...(this.#current ? [this.#current] : []), ...this.#waiting].map(({ asked }) => asked);
  }

  /** Makes and starts the bots, then does something every few minutes. */
  begin(everyMs: number): void {
    if (this.#bots.length === 0) return;
    for (const wish of this.#bots) {
      this.#want("create", wish.name, (engine, caller) => engine.createBot(wish, caller));
      this.#want("start", wish.name, (engine, caller) => engine.startBot(wish.name, caller));
    }
    const next = (): void => {
      if (this.#idle) return;
      this.#timeline.after(this.#dice.between(0.1, 2) * everyMs, () => {
        if (!this.#idle && this.#waiting.length < 3) this.#wish();
        next();
      });
    };
    next();
    this.#goOn();
  }

  /** Wants nothing more. */
  rest(): void {
    this.#idle = true;
  }

  #wish(): void {
    const wish = this.#dice.pick(this.#bots);
    const throwOf = this.#dice.next();
    if (throwOf < 0.3) return this.#want("start", wish.name, (engine, caller) => engine.startBot(wish.name, caller));
    if (throwOf < 0.45) return this.#want("stop", wish.name, (engine, caller) => engine.stopBot(wish.name, false, caller));
    if (throwOf < 0.55) return this.#want("stop-close", wish.name, (engine, caller) => engine.stopBot(wish.name, true, caller));
    if (throwOf < 0.7) return this.#want("close", wish.name, (engine, caller) => engine.closePosition(wish.name, caller));
    if (throwOf < 0.8) {
      const untilMs = this.#dice.chance(0.6) ? wallMs(this.#desk.wallMs() + this.#dice.magnitude(10_000, HALT_MAX_MS)) : undefined;
      return this.#want("halt", undefined, (engine, caller) => engine.halt("a look at the news", untilMs, caller), untilMs);
    }
    if (throwOf < 0.83) return this.#want("panic", undefined, (engine, caller) => engine.panic("enough", caller));
    this.#want("resume", undefined, (engine, caller) => engine.resume(caller));
  }

  #want(command: Command, bot: string | undefined, run: Errand["run"], untilMs?: WallMs): void {
    this.#asked += 1;
    this.#waiting.push({ asked: { command, requestId: `${this.user}-${this.#asked}-${command}`, bot, untilMs }, run });
    this.#goOn();
  }

  #goOn(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    this.#desk.asked(this.#current.asked);
    this.#ask(this.#current);
  }

  #ask(errand: Errand): void {
    const reached = this.#desk.engine();
    this.#askedProcess = reached?.process;
    this.#timeline.after(AGAIN_MS, () => this.#askAgain(errand));
    if (reached === undefined) return;
    this.#desk.tell(`${this.user} asks ${errand.asked.requestId} ${errand.asked.bot ?? ""}`);
    const caller = { requestId: errand.asked.requestId, user: this.user };
    errand.run(reached.engine, caller).then(
      () => this.#answered(errand, undefined),
      (failure: unknown) => {
        if (failure instanceof UserError) this.#answered(errand, failure.message);
        else this.#desk.tell(`${errand.asked.requestId} ended in an incident: ${String(failure)}`);
        if (!(failure instanceof UserError)) this.#askedProcess = undefined;
      },
    );
  }

  /** A process that still runs is left to answer; one that is gone never will. */
  #askAgain(errand: Errand): void {
    if (this.#current !== errand) return;
    const reached = this.#desk.engine();
    if (reached !== undefined && reached.process === this.#askedProcess) this.#timeline.after(AGAIN_MS, () => this.#askAgain(errand));
    else this.#ask(errand);
  }

  #answered(errand: Errand, refusal: string | undefined): void {
    if (this.#current !== errand) return;
    this.#current = undefined;
    this.#desk.tell(`${errand.asked.requestId} ${refusal === undefined ? "done" : `refused: ${refusal}`}`);
    if (refusal === undefined) this.#desk.done(errand.asked);
    else this.#desk.refused(errand.asked, refusal);
    this.#goOn();
  }
}
