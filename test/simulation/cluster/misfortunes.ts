import type { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import type { Dice } from "../world/dice.ts";
import type { Machine } from "../world/machine.ts";
import type { Person } from "../world/person.ts";
import type { Crew } from "./crew.ts";
import type { ClusterMember } from "./member.ts";

const LEASE_MS = 15_000;
/** Stops at a send last longer than any lease, so that another process has the account by then, */
const [STOP_MIN_MS, STOP_MAX_MS] = [18_000, 90_000];
/** or for a moment, in which it stays the process's own, and something may be decided that forbids what is about to leave. */
const [MOMENT_MIN_MS, MOMENT_MAX_MS] = [1_200, 6_000];
const MOMENT_ODDS = 0.4;
/** How often somebody halts the desk right then. */
const HALT_THEN_ODDS = 0.5;
/** Blofin takes a request for a minute, so that it matters more there; and there are fewer of them. */
const STOP_ODDS = { main: 0.25, swap: 0.6 } as const;
const LOSE_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
/** Within this after the end of a minute, bots decide on its candle. */
const [DECIDED_FROM_MS, DECIDED_TO_MS] = [600, 2_100];
const [HALT_MIN_MS, HALT_MAX_MS] = [5_000, 60_000];

export interface MisfortuneParts {
  readonly machine: Machine;
  readonly crew: Crew;
  readonly queue: MemoryQueueServer;
  readonly dice: Dice;
  readonly engines: number;
  /** Somebody who may halt the desk. */
  readonly people: () => readonly Person[];
}

/** What happens to the processes of a desk and to what lies between them. */
export class Misfortunes {
  readonly #parts: MisfortuneParts;

  constructor(parts: MisfortuneParts) {
    this.#parts = parts;
  }

  /** Plans the spells that the weather has. */
  plan(): void {
    const { machine, queue } = this.#parts;
    const { timeline, weather } = machine;
    this.#at("C1 kill", (member) => this.#parts.crew.kill(member));
    this.#at("C2 stall", (member, spanMs) => this.#stall(member, spanMs));
    this.#at("C3 cut off from the store", (member, spanMs) => this.#cutStore(member, spanMs));
    this.#at("C6 cut off from the queue", (member, spanMs) => {
      member.broker.cut();
      timeline.after(spanMs, () => member.generation.alive && member.broker.mend());
    });
    for (const { fromMs, untilMs } of weather.spellsOf("C4 store answer lost"))
      for (let atMs = fromMs; atMs < untilMs; atMs += LOSE_EVERY_MS) timeline.at(atMs, () => this.#lose());
    for (const { fromMs } of weather.spellsOf("C5 queue flushed"))
      timeline.at(fromMs, () => this.#mark("C5 queue flushed", () => queue.flush()));
    for (const { fromMs, untilMs } of weather.spellsOf("C5 queue down")) {
      timeline.at(fromMs, () => this.#mark("C5 queue down", () => queue.stop()));
      timeline.at(untilMs - 1, () => queue.start());
    }
    for (const command of ["halt", "panic"] as const)
      for (const { fromMs } of weather.spellsOf(`C9 ${command} at a candle's close`)) this.#haltAtClose(command, fromMs);
    for (const { fromMs } of weather.spellsOf("C7 hand-over")) timeline.at(fromMs, () => this.#handOver());
  }

  /** A process is about to send, and may be stopped right there. */
  maybeStop(member: ClusterMember, account: string, where: string): void {
    const { machine, crew } = this.#parts;
    const odds = account.startsWith("swap") ? STOP_ODDS.swap : STOP_ODDS.main;
    if (member.generation.frozen || !machine.weather.strikes("C8 stopped at a send", odds)) return;
    machine.coverage.mark(`antecedent 31: a process is stopped ${where}`);
    const { dice } = this.#parts;
    const isMoment = dice.chance(MOMENT_ODDS);
    if (isMoment && dice.chance(HALT_THEN_ODDS)) this.#halt("halt", "while it stands still");
    const spanMs = isMoment ? machine.weather.span(MOMENT_MIN_MS, MOMENT_MAX_MS) : machine.weather.span(STOP_MIN_MS, STOP_MAX_MS);
    crew.standStill(member, spanMs, where);
  }

  /** The answer to what a process sent is lost, and it may be told to end right there: who has its accounts next must not meet what it sent. */
  maybeEnd(member: ClusterMember): void {
    const { machine, crew } = this.#parts;
    if (member.isEnding || !machine.weather.strikes("C10 ended at a lost answer")) return;
    crew.end(member);
  }

  /** Everything goes on and can be reached. */
  end(): void {
    const { crew, queue } = this.#parts;
    queue.start();
    for (const member of crew.members) {
      member.isCut = false;
      // One that seldom writes still has calls to lose.
      member.process?.loseNothing();
      member.process?.wake();
      member.broker.mend();
    }
    crew.endFaults();
  }

  #at(id: string, strike: (member: ClusterMember, spanMs: number) => void): void {
    const { timeline, weather } = this.#parts.machine;
    for (const { fromMs, untilMs } of weather.spellsOf(id)) {
      timeline.at(fromMs, () => {
        const member = this.#somebody();
        if (member) this.#mark(id, () => strike(member, untilMs - fromMs), member);
      });
    }
  }

  #mark(id: string, strike: () => void, member?: ClusterMember): void {
    const { coverage, trace } = this.#parts.machine;
    coverage.mark(member ? `${id} (${member.role})` : id);
    trace.tell(`${id}${member ? ` of ${member.name}` : ""}`);
    strike();
  }

  #somebody(): ClusterMember | undefined {
    const { crew, dice } = this.#parts;
    const all = crew.members.filter(({ opened, isEnding }) => opened !== undefined && !isEnding);
    return all.length === 0 ? undefined : dice.pick(all);
  }

  #stall(member: ClusterMember, spanMs: number): void {
    if (spanMs > LEASE_MS) this.#parts.machine.coverage.mark("antecedent 31: a process stands still longer than its lease");
    this.#parts.crew.standStill(member, spanMs, "somewhere");
  }

  #cutStore(member: ClusterMember, spanMs: number): void {
    const { timeline } = this.#parts.machine;
    member.isCut = true;
    member.process?.stall();
    timeline.after(spanMs, () => {
      member.isCut = false;
      member.disturbedMs = timeline.nowMs;
      member.process?.wake();
    });
  }

  #lose(): void {
    const member = this.#somebody();
    if (!member || !this.#parts.machine.weather.strikes("C4 store answer lost")) return;
    member.disturbedMs = this.#parts.machine.timeline.nowMs;
    member.process?.lose(this.#parts.dice.chance(0.5) ? "request" : "answer");
  }

  /** Somebody halts the desk in the moment in which its bots want to enter, and allows it again later. */
  #haltAtClose(command: "halt" | "panic", fromMs: number): void {
    const { dice, machine } = this.#parts;
    const { timeline, wall, coverage } = machine;
    const closeMs = MINUTE_MS - ((wall.trueMs() + fromMs) % MINUTE_MS);
    timeline.at(fromMs + closeMs + dice.between(DECIDED_FROM_MS, DECIDED_TO_MS), () => {
      if (machine.weather.isOver) return;
      coverage.mark(`C9 ${command} at a candle's close`);
      this.#halt(command, "at the close");
    });
  }

  /** Somebody denies entries to the whole desk, and allows them again later. */
  #halt(command: "halt" | "panic", reason: string): void {
    const { dice, machine, people } = this.#parts;
    const person = dice.pick(people());
    person.want(command, undefined, (engine, caller) =>
      command === "halt" ? engine.halt(reason, undefined, caller) : engine.panic(reason, caller),
    );
    machine.timeline.after(dice.magnitude(HALT_MIN_MS, HALT_MAX_MS), () =>
      person.want("resume", undefined, (engine, caller) => engine.resume(caller)),
    );
  }

  /** Another engine joins; one that is too many by then ends. */
  #handOver(): void {
    const { crew, dice, engines } = this.#parts;
    const all = crew.engines.filter(({ opened }) => opened !== undefined);
    if (all.length <= engines) return this.#mark("C7 engine joins", () => crew.start("engine"));
    const member = dice.pick(all);
    this.#mark("C7 engine ends", () => crew.end(member));
  }
}
