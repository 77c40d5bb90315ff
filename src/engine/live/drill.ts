import { TransientError, UserError } from "../../domain/errors.ts";
import { ZERO } from "../../domain/money.ts";
import { isProtective, type Order } from "../../domain/order.ts";
import { FLAT, isFlat } from "../../domain/position.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DrillStep } from "../../ports/venue-facts.ts";
import type { LiveAccount } from "./account.ts";
import { CLOCK_OFF_MAX_MS } from "./limits.ts";
import { refOf } from "./requests.ts";

const LOOK_EVERY_MS = 500;
const STEP_MAX_MS = 60_000;

/** What a drill does beside looking: it enters and closes like a person would. */
export interface DrillActions {
  enter(): Promise<string>;
  close(botId: string): Promise<void>;
}

/** The smallest real order life, and which of our assumptions it confirmed. */
export class Drill {
  readonly #account: LiveAccount;
  readonly #clock: Clock;
  readonly #told: (step: DrillStep) => void;
  readonly #steps: DrillStep[] = [];

  constructor(account: LiveAccount, clock: Clock, told: (step: DrillStep) => void) {
    this.#account = account;
    this.#clock = clock;
    this.#told = told;
  }

  async run({ enter, close }: DrillActions): Promise<readonly DrillStep[]> {
    await this.#keyAndClock();
    const botId = await enter();
    const entered = await this.#until(() => this.#bot(botId)?.position.fillCount !== 0);
    this.#say("a market entry within its price bound fills at once", entered, entered ? "filled" : "no fill within a minute");
    if (!entered) return this.#steps;
    await this.#fees(botId);
    await this.#found(botId);
    await this.#protected(botId);
    await close(botId);
    const flat = await this.#until(() => isFlat(this.#bot(botId)?.position ?? FLAT));
    this.#say(
      "a stop can be canceled and the position sold",
      flat,
      flat ? "closed" : "still open: close it at the exchange if it stays so",
    );
    return this.#steps;
  }

  async #keyAndClock(): Promise<void> {
    const { venue } = this.#account;
    if (!venue) return;
    const rights = await this.#answered(venue.checkKey());
    const [orders, withdraw, transfer] = [rights.mayOrder, rights.withdraw, rights.transfer].map(toldText);
    const told = `trade ${orders}, withdraw ${withdraw}, transfer ${transfer}`;
    if (rights.mayOrder === undefined) this.#step("the exchange tells what the key may do", "not tested", "this world of it does not tell");
    else this.#say("the exchange tells what the key may do", true, told);
    await this.#answered(venue.syncClock());
    const offsetMs = venue.clock()?.offsetMs ?? 0;
    this.#say("this machine's clock is right within a second", Math.abs(offsetMs) <= CLOCK_OFF_MAX_MS, `${Math.round(offsetMs)} ms apart`);
  }

  async #fees(botId: string): Promise<void> {
    const bot = this.#bot(botId);
    const fees = [...(bot?.results.values() ?? [])].reduce((sum, { fees: paid }) => sum.plus(paid), ZERO);
    const [, quote = ""] = bot?.spec.symbol.split(/[/:]/) ?? [];
    this.#say(
      "fills tell their fee and its coin",
      !fees.isZero(),
      fees.isZero() ? "no fee in a known coin" : `worth ${fees.toFixed(6)} ${quote}`,
    );
  }

  /** How long an accepted order stays unseen: the one open assumption of looking for lost answers. */
  async #found(botId: string): Promise<void> {
    const entry = [...this.#account.state.venue.closed.values(), ...this.#account.state.orders.values()].find(
      (order) => order.botId === botId && order.purpose === "entry",
    );
    const { venue } = this.#account;
    if (!entry || !venue) return;
    const begunMs = this.#clock.monotonicMs();
    const found = await this.#until(async () => (await venue.find(refOf(entry))).kind === "found");
    const tookMs = this.#clock.monotonicMs() - begunMs;
    this.#say(
      "an order is found by our own id within the lag that is assumed",
      found && tookMs < venue.traits.fenceMs,
      found ? `after ${Math.round(tookMs)} ms` : "not found within a minute",
    );
  }

  async #protected(botId: string): Promise<void> {
    const rests = () => this.#stop(botId)?.status === "open";
    const confirmed = await this.#until(rests);
    this.#say("a protective order rests at the exchange", confirmed, confirmed ? "accepted" : "not accepted within a minute");
    const { venue } = this.#account;
    const stop = this.#stop(botId);
    if (!venue || !stop) return;
    const listed = await this.#until(async () =>
      (await venue.openOrders(stop.symbol)).some(({ clientOrderId }) => clientOrderId === stop.clientOrderId),
    );
    this.#say("it is listed among the open orders under our id", listed, listed ? "listed" : "not listed within a minute");
  }

  /** Without an answer at the beginning there is no drill. Throws UserError. */
  async #answered<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
      throw new UserError(`The drill could not begin: ${failure.message}. Nothing was done; try again in a moment.`, { cause: failure });
    }
  }

  #stop(botId: string): Order | undefined {
    return [...this.#account.state.orders.values()].find((order) => order.botId === botId && isProtective(order));
  }

  #bot(botId: string) {
    return this.#account.state.bots.get(botId);
  }

  #say(assumption: string, confirmed: boolean, detail: string): void {
    this.#step(assumption, confirmed ? "confirmed" : "refuted", detail);
  }

  #step(assumption: string, outcome: DrillStep["outcome"], detail: string): void {
    const step: DrillStep = { assumption, outcome, detail };
    this.#steps.push(step);
    this.#told(step);
  }

  async #until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
    const endMs = this.#clock.monotonicMs() + STEP_MAX_MS;
    for (;;) {
      try {
        if (await holds()) return true;
      } catch (failure) {
        if (!(failure instanceof TransientError)) throw failure;
      }
      if (this.#clock.monotonicMs() >= endMs) return false;
      await this.#clock.sleep(LOOK_EVERY_MS);
    }
  }
}

function toldText(right: boolean | undefined): string {
  return right === undefined ? "not told" : right ? "yes" : "no";
}
