import { applyDeskEvent, type DeskState, emptyDesk } from "../domain/desk.ts";
import type { NamedBot } from "../domain/desk-facts.ts";
import { UserError } from "../domain/errors.ts";
import type { DeskEvent, Recorded } from "../domain/events.ts";
import { fromJson, toJson } from "../domain/money.ts";
import type { MarketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import { type Store, StoreUnavailable } from "../ports/store.ts";
import { isInStream } from "./account-snapshots.ts";
import { BotNames, nameTaken } from "./names.ts";
import { openStream, type StreamFold } from "./stream.ts";
import { DESK_STREAM, type StreamBook } from "./streams.ts";

type Halted = Extract<DeskEvent, { type: "halted" }>;
type Halt = NonNullable<DeskState["halt"]>;

export interface DeskParts extends Pick<DeskFold, "names" | "keptSequence"> {
  readonly stream: StreamFold<DeskState, DeskEvent>;
  readonly clock: Clock;
  readonly isHeld: boolean;
  /** How a bot is given its number where another process has the desk. */
  readonly register?: AskedNumber;
}

/** Asks the process that has the desk for a bot's number. Resolves with the bot's id once it is folded here. */
export type AskedNumber = (bot: NamedBot, marketMs: MarketMs, requestId: string) => Promise<string>;

/** The desk's stream: written here, or followed while another process writes it. */
export class Desk implements DeskLedger {
  readonly #writer: StreamFold<DeskState, DeskEvent>;
  readonly clock: Clock;
  /** Whether this process has the desk; otherwise what it appends is asked of the one that has. */
  readonly isHeld: boolean;
  readonly names: BotNames;
  readonly #register: AskedNumber | undefined;
  #marketMs: () => MarketMs;
  /** A halt that the store could not take yet: it holds all the same, and is written as soon as that is possible. */
  #unwritten: Halted | undefined;
  #writing = false;
  /** How far the newest snapshot has folded. */
  #keptSequence: number;

  constructor({ stream, names, clock, keptSequence, isHeld, register }: DeskParts) {
    this.#register = register;
    this.#writer = stream;
    this.#keptSequence = keptSequence;
    this.names = names;
    this.clock = clock;
    this.isHeld = isHeld;
    this.#marketMs = () => stream.state.marketMs;
  }

  get state(): Readonly<DeskState> {
    return this.#writer.state;
  }

  /** From now on events carry the market's own time. */
  followMarket(marketMs: () => MarketMs): void {
    this.#marketMs = marketMs;
  }

  /** A function is asked for its events once all earlier ones are folded. */
  append(events: readonly DeskEvent[] | (() => readonly DeskEvent[]), requestId?: string): Promise<void> {
    return this.#writer.append(events, this.#marketMs(), requestId);
  }

  /**
   * Gives a bot its name and the next number on the desk, once for a request. Resolves with its id; rejects with UserError where another one has the name. Whoever has the desk
   * gives all numbers, in one append each, so that nobody asks for one twice because others ask as well.
   */
  async register(bot: NamedBot, requestId: string): Promise<string> {
    if (this.#register) return this.#register(bot, this.#marketMs(), requestId);
    let botId = "";
    const events = (): DeskEvent[] => {
      const known = this.names.named(bot.name);
      if (known && (known.requestId !== requestId || known.account !== bot.account)) throw nameTaken(bot.name);
      botId = known?.botId ?? `b${this.state.botsEver + 1}`;
      return known ? [] : [{ type: "bot-registered", botId, ...bot }];
    };
    await this.append(events, requestId);
    return botId;
  }

  /** Keeps the fold, once enough has happened, so that a start reads a tail. */
  async snapshot(store: Store): Promise<void> {
    const { sequence } = this.state;
    if (sequence - this.#keptSequence < SNAPSHOT_EVENTS) return;
    this.#keptSequence = sequence;
    await store.saveSnapshot({ stream: DESK_STREAM, sequence, body: toJson({ version: SNAPSHOT_VERSION, state: this.state }) });
  }

  /** The halt in force, written or not. */
  get halt(): DeskState["halt"] {
    const { halt } = this.state;
    return this.#unwritten && halt ? longer(this.#unwritten, halt) : (this.#unwritten ?? halt);
  }

  /**
   * Denies entries from this moment on, durably when it resolves. With a store that cannot write, the halt holds in memory and is written later;
   * the rejection with UserError says so, for a restart before that would forget it.
   */
  async deny(asked: Halted, requestId: string): Promise<void> {
    try {
      // What is being written already is in force by then: a halt beside a panic must not make it less.
      await this.append(() => [this.#atLeast(asked)], requestId);
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      const halted = this.#atLeast(asked);
      this.#unwritten = halted;
      const what = halted.panic ? "Entries are denied, and positions are sold as soon as the store can write" : "Entries are denied";
      throw new UserError(
        `${what}, but the store cannot write that down now (${failure.message}): a restart before it can would forget it. Free disk space or fix its permissions.`,
        { cause: failure },
      );
    }
  }

  /** A halt never shortens the one in force: it lasts as long as the longer of the two. */
  #atLeast(asked: Halted): Halted {
    const { halt } = this;
    if (!halt || this.halted() === undefined) return asked;
    return { ...asked, untilMs: longer(asked, halt).untilMs, panic: asked.panic || halt.panic };
  }

  /** Writes down what a store in trouble could not take. */
  async writeHalt(): Promise<void> {
    const halted = this.#unwritten;
    if (!halted || this.#writing) return;
    this.#writing = true;
    try {
      // Somebody may have allowed entries again while this waited for its turn.
      await this.append(() => (this.#unwritten === halted ? [this.#atLeast(halted)] : []));
      if (this.#unwritten === halted) this.#unwritten = undefined;
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
    } finally {
      this.#writing = false;
    }
  }

  /** Why entries are denied on the whole desk, if they are. */
  halted(): string | undefined {
    const { halt } = this;
    if (!halt || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;
    return halt.panic ? `panic: ${halt.reason}` : `halted: ${halt.reason}`;
  }

  /** Allows entries again. */
  async allow(reason: string, by: string, requestId?: string): Promise<void> {
    await this.append([{ type: "resumed", reason, by }], requestId);
    this.#unwritten = undefined;
  }

  /** Writes down that a halt with an end has ended, unless another one that is being written has taken its place by then. */
  async endTimedHalt(): Promise<void> {
    if (!this.#isTimeOver()) return;
    await this.append(() => (this.#isTimeOver() ? [{ type: "resumed", reason: "the time of the halt is over", by: "desk" }] : []));
  }

  #isTimeOver(): boolean {
    const { halt } = this.state;
    return !this.#unwritten && halt?.untilMs !== undefined && halt.untilMs <= this.clock.wall();
  }
}

/** Which of two halts ends later. */
function longer<H extends Halt>(one: H, other: Halt): H | Halt {
  if (other.untilMs === undefined) return one.untilMs === undefined && one.panic ? one : other;
  return one.untilMs === undefined || one.untilMs >= other.untilMs ? one : other;
}

/** Grows whenever the shape of the fold changes; older snapshots are then not used. */
const SNAPSHOT_VERSION = 3;
/** A snapshot is written after so many events: a start reads no longer tail than that. */
const SNAPSHOT_EVENTS = 200;

/** Takes the desk's stream for this process. */
export async function openDesk(store: Store, clock: Clock, streams: StreamBook): Promise<Desk> {
  const { state, names, apply, keptSequence } = await deskFold(store);
  const stream = await openStream<DeskState, DeskEvent>({
    name: DESK_STREAM,
    state,
    store,
    clock,
    apply,
    onAppend: streams.appended,
    onTaken: streams.taken,
  });
  streams.add(DESK_STREAM, () => stream.end);
  return new Desk({ stream, names, clock, keptSequence, isHeld: true });
}

export interface DeskFold {
  readonly state: DeskState;
  readonly names: BotNames;
  readonly apply: (state: DeskState, recorded: Recorded<DeskEvent>) => void;
  /** How far the newest snapshot has folded. */
  readonly keptSequence: number;
}

/** The desk's fold as the newest snapshot left it, with the names beside it. */
export async function deskFold(store: Store): Promise<DeskFold> {
  const kept = await readSnapshot(store);
  const state = kept ?? emptyDesk();
  const names = new BotNames(state);
  const apply = (folded: DeskState, recorded: Recorded<DeskEvent>): void => {
    names.follow(folded, recorded);
    applyDeskEvent(folded, recorded);
  };
  return { state, names, apply, keptSequence: kept?.sequence ?? 0 };
}

/** Undefined when there is none or another build wrote it: the stream tells the same, only slower. */
async function readSnapshot(store: Store): Promise<DeskState | undefined> {
  const snapshot = await store.loadSnapshot(DESK_STREAM);
  if (!snapshot || !(await isInStream(store, snapshot))) return undefined;
  const { version, state } = fromJson(snapshot.body) as { version: number; state: DeskState };
  return version === SNAPSHOT_VERSION ? { ...emptyDesk(), ...state } : undefined;
}
