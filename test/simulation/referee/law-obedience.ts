import { type Asked, Broken, type Facts, type Law, type SentOrder } from "./law.ts";
import type { LogRow } from "./log.ts";

/** Commands whose effect a repeat must not have again. A halt that is written twice is still one halt, and half a bot is made anew. */
const ONCE: ReadonlySet<string> = new Set(["start", "stop", "stop-close", "close"]);

const STARTS: ReadonlySet<string> = new Set(["start", "promote"]);

/** 7: after "stopped", "halted" or "panic" was answered, no entry is sent until somebody asks for the opposite. 8: what was answered is durable, once. */
export class ObedienceLaw implements Law {
  readonly id = "7";
  readonly #facts: Facts;
  readonly #wallMs: () => number;
  /** Bots that may not enter, and those that somebody wants to start right now. */
  readonly #stopped = new Set<string>();
  readonly #starting = new Map<string, number>();
  readonly #stopping = new Map<string, boolean>();
  #halt: { untilMs: number | undefined } | undefined;
  #resuming = 0;
  #resumedSince = false;

  constructor(facts: Facts, wallMs: () => number) {
    this.#facts = facts;
    this.#wallMs = wallMs;
  }

  asked({ command, bot }: Asked): void {
    if (STARTS.has(command) && bot !== undefined) {
      this.#stopped.delete(bot);
      this.#starting.set(bot, (this.#starting.get(bot) ?? 0) + 1);
      if (this.#stopping.has(bot)) this.#stopping.set(bot, true);
    }
    if ((command === "stop" || command === "stop-close") && bot !== undefined) this.#stopping.set(bot, (this.#starting.get(bot) ?? 0) > 0);
    if (command === "resume") {
      this.#halt = undefined;
      this.#resuming += 1;
      this.#resumedSince = true;
    }
    if (command === "halt" || command === "panic") this.#resumedSince = this.#resuming > 0;
  }

  done(asked: Asked): void {
    const { coverage, books } = this.#facts;
    coverage.mark(`antecedent 8: ${asked.command} is answered`);
    const batches = books.requests.get(asked.requestId)?.size ?? 0;
    if (batches === 0) throw new Broken("8", `${asked.requestId} was answered "done" and nothing of it is durable`);
    if (batches > 1 && ONCE.has(asked.command)) throw new Broken("8", `${asked.requestId} had its effect ${batches} times`);
    this.#ended(asked);
    const { command, bot } = asked;
    if ((command === "stop" || command === "stop-close") && bot !== undefined) {
      if (this.#stopping.get(bot) === false) this.#stopped.add(bot);
      this.#stopping.delete(bot);
    }
    if ((command === "halt" || command === "panic") && !this.#resumedSince) this.#halt = { untilMs: asked.untilMs };
  }

  refused(asked: Asked, because: string): void {
    this.#facts.coverage.mark(`refused: ${asked.command}`);
    this.#ended(asked);
    if (asked.bot !== undefined && asked.command.startsWith("stop")) this.#stopping.delete(asked.bot);
    // Entries may not be denied in memory either, once somebody has tried to allow them.
    if (asked.command === "resume" && because !== "") this.#resumedSince = true;
  }

  sent(order: SentOrder): void {
    const sent = this.#facts.books.sentOrder(order.clientOrderId);
    if (sent?.purpose !== "entry") return;
    const { name } = this.#facts.books.botOf(sent.bot);
    if (this.#stopped.size > 0) this.#facts.coverage.mark("antecedent 7: an entry while some bot is stopped");
    if (this.#stopped.has(name)) throw new Broken(this.id, `${name} was stopped and sent an entry`);
    if (this.#isHalted()) throw new Broken(this.id, `the desk was halted and ${name} sent an entry`);
  }

  durable({ event, stream }: LogRow): void {
    // A halt that ended when the machine's clock said so has ended, also when that clock was wrong and is set back later.
    if (event.type === "resumed") this.#isHalted();
    if (event.type === "wish-denied" && event.text("code") === "halted") this.#facts.coverage.mark("antecedent 7: a halt denies an entry");
    if (event.type !== "order-filled" || event.text("purpose") !== "entry" || !stream.startsWith("account:paper:")) return;
    const { name } = this.#facts.books.botOf(event.text("botId"));
    if (this.#stopped.has(name)) throw new Broken(this.id, `${name} was stopped and an entry of it filled`);
  }

  #isHalted(): boolean {
    if (this.#halt?.untilMs !== undefined && this.#halt.untilMs <= this.#wallMs()) this.#halt = undefined;
    return this.#halt !== undefined;
  }

  #ended({ command, bot }: Asked): void {
    if (STARTS.has(command) && bot !== undefined) this.#starting.set(bot, Math.max(0, (this.#starting.get(bot) ?? 0) - 1));
    if (command === "resume") this.#resuming = Math.max(0, this.#resuming - 1);
  }
}
