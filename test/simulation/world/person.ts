import { UserError } from "../../../src/domain/errors.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { type WallMs, wallMs } from "../../../src/domain/time.ts";
import type { Caller, Engine, NewBot } from "../../../src/ports/engine.ts";
import { canary } from "../../kit/canary/canary.ts";
import type { Asked, Command } from "../referee/law.ts";
import { Resets } from "./breakers.ts";
import type { Dice } from "./dice.ts";
import { HandOrders } from "./hand-orders.ts";
import type { Timeline } from "./timeline.ts";
import type { PerpetualAccount, VenueAccount } from "./venue-account.ts";

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

type RealAccount = VenueAccount | PerpetualAccount;

interface Errand {
  readonly asked: Asked;
  readonly run: (engine: Engine, caller: Caller) => Promise<unknown>;
  readonly onAnswer: (refused: boolean) => void;
}

/** Asked again after so long: when nobody answers, and when the answer was an incident. */
const AGAIN_MS = 5_000;
const HALT_MAX_MS = 20 * 60_000;
/** Asked again after a refusal: soon, then each time after twice as long. */
const INSIST_MS = 20_000;
const INSIST_MAX_MS = 160_000;

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
  readonly #account: RealAccount | undefined;
  /** What somebody with an account for perpetuals enters without a bot. */
  readonly #hand: HandOrders | undefined;
  readonly #resets: Resets;
  readonly #waiting: Errand[] = [];
  #current: Errand | undefined;
  /** The process that was asked last and may still answer. */
  #askedProcess: number | undefined;
  #asked = 0;
  #idle = false;

  constructor(user: string, dice: Dice, timeline: Timeline, desk: Desk, bots: NewBot[], account: RealAccount | undefined) {
    this.user = user;
    this.#account = account;
    this.#dice = dice;
    this.#timeline = timeline;
    this.#desk = desk;
    this.#bots = bots;
    this.#resets = new Resets(dice.fork("resets"));
    this.#hand = account?.exchangeId === "blofin" ? new HandOrders(account.name, dice.fork("hand")) : undefined;
  }

  /** What was asked and not answered. */
  get open(): readonly Asked[] {
    return [...(this.#current ? [this.#current] : []), ...this.#waiting].map(({ asked }) => asked);
  }

  /** Makes and starts the bots, on paper or at an account of the exchange, then does something every few minutes. */
  begin(everyMs: number): void {
    if (this.#bots.length === 0) return;
    if (this.#account) this.#connect(this.#account);
    for (const wish of this.#bots) if (!this.#account) this.#make(wish);
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

  #make(wish: NewBot): void {
    this.want("create", wish.name, (engine, caller) => engine.createBot(wish, caller));
    this.want("start", wish.name, (engine, caller) => engine.startBot(wish.name, caller));
  }

  /** Connects the account and promotes a paper twin of each bot into it, again and again where it is refused. */
  #connect(real: RealAccount): void {
    const { name, exchangeId, environment, key } = real;
    const passphrase = "passphrase" in real ? { passphrase: new Secret(real.passphrase) } : {};
    const credentials = { apiKey: new Secret(key), secret: new Secret(canary("exchange secret")), ...passphrase };
    const account = { name, exchangeId, environment, credentials, enteredBy: "terminal", acknowledged: true } as const;
    const connect: Errand["run"] = (engine, caller) => engine.connectAccount(account, caller);
    this.#insist("connect", undefined, connect, INSIST_MS, () => {
      for (const wish of this.#bots) {
        const twin = { ...wish, name: `${wish.name}-paper` };
        this.want("create", twin.name, (engine, caller) => engine.createBot(twin, caller));
        this.#insist("promote", wish.name, (engine, caller) => engine.promoteBot(twin.name, name, wish.name, caller));
      }
    });
  }

  #insist(command: Command, bot: string | undefined, run: Errand["run"], waitMs = INSIST_MS, onDone: () => void = () => undefined): void {
    this.want(command, bot, run, undefined, (refused) => {
      if (!refused) onDone();
      else if (!this.#idle)
        this.#timeline.after(waitMs, () => this.#insist(command, bot, run, Math.min(2 * waitMs, INSIST_MAX_MS), onDone));
    });
  }

  /** Wants nothing more. */
  rest(): void {
    this.#idle = true;
  }

  #wish(): void {
    if (this.#hand?.wants()) {
      const { command, run } = this.#hand.wish();
      return this.want(command, undefined, run);
    }
    if (this.#resets.wants()) return this.want("reset", undefined, this.#resets.run);
    const wish = this.#dice.pick(this.#bots);
    const throwOf = this.#dice.next();
    if (throwOf < 0.3) return this.want("start", wish.name, (engine, caller) => engine.startBot(wish.name, caller));
    if (throwOf < 0.45) return this.want("stop", wish.name, (engine, caller) => engine.stopBot(wish.name, false, caller));
    if (throwOf < 0.55) return this.want("stop-close", wish.name, (engine, caller) => engine.stopBot(wish.name, true, caller));
    if (throwOf < 0.7) return this.want("close", wish.name, (engine, caller) => engine.closePosition(wish.name, caller));
    if (throwOf < 0.8) {
      const untilMs = this.#dice.chance(0.6) ? wallMs(this.#desk.wallMs() + this.#dice.magnitude(10_000, HALT_MAX_MS)) : undefined;
      return this.want("halt", undefined, (engine, caller) => engine.halt("a look at the news", untilMs, caller), untilMs);
    }
    if (throwOf < 0.83) return this.want("panic", undefined, (engine, caller) => engine.panic("enough", caller));
    this.want("resume", undefined, (engine, caller) => engine.resume(caller));
  }

  /** Asks for one thing, in its turn, until it is answered. */
  want(
    command: Command,
    bot: string | undefined,
    run: Errand["run"],
    untilMs?: WallMs,
    onAnswer: Errand["onAnswer"] = () => undefined,
  ): void {
    this.#asked += 1;
    this.#waiting.push({ asked: { command, requestId: `${this.user}-${this.#asked}-${command}`, bot, untilMs }, run, onAnswer });
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
    errand.onAnswer(refusal !== undefined);
    this.#goOn();
  }
}
