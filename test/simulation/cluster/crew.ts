import type { SharedOptions } from "../../../src/engine/cluster/shared.ts";
import type { OpenedEngine } from "../../../src/engine/open.ts";
import { DESK_STREAM } from "../../../src/engine/streams.ts";
import { AppendRefused, type Store } from "../../../src/ports/store.ts";
import { openQueue } from "../../../src/system/queue.ts";
import { SILENT } from "../../../src/system/silent-logger.ts";
import { MemoryProcess } from "../../kit/memory-cluster/process.ts";
import type { MemoryServer } from "../../kit/memory-cluster/server.ts";
import { openTestVault } from "../../kit/open-vault.ts";
import type { MemoryQueueServer } from "../../kit/queue/memory-server.ts";
import { testSignatures } from "../../kit/queue/signatures.ts";
import type { Referee } from "../referee/referee.ts";
import { ProcessClock } from "../world/clock.ts";
import type { Dice } from "../world/dice.ts";
import { Generation } from "../world/generation.ts";
import { gatedClock } from "../world/life.ts";
import type { Machine } from "../world/machine.ts";
import { GatedBroker } from "./broker.ts";
import type { ClusterDraw } from "./draw.ts";
import type { HoldersLaw } from "./holders.ts";
import { ClusterMember, type Role } from "./member.ts";
import { gatedSharing, watchedStore } from "./shared-store.ts";

/** Opens the product in a process that shares its desk. */
export type MemberOpener = (
  member: ClusterMember,
  store: Store,
  shared: SharedOptions,
  onFatal: (failure: unknown) => void,
) => Promise<OpenedEngine>;

export interface CrewParts {
  readonly machine: Machine;
  readonly referee: Referee;
  readonly holders: HoldersLaw;
  readonly draw: ClusterDraw;
  readonly dice: Dice;
  readonly server: MemoryServer;
  readonly queue: MemoryQueueServer;
  readonly open: MemberOpener;
}

/** What a start may fail with while others die, stand still or have the desk. */
const TRIED_AGAIN: ReadonlySet<string> = new Set(["TransientError", "StoreUnavailable", "StreamHeld", "QueueUnavailable"]);
const VACANCY_EVERY_MS = 1_000;
/** A clean end that takes longer is a kill, as of whoever supervises processes. */
const END_MAX_MS = 60_000;

/** Keeps the processes of a desk running: starts them, beats them, and starts another one in the place of one that died, under a new name. */
export class Crew {
  readonly members: ClusterMember[] = [];
  readonly #parts: CrewParts;
  readonly #travelMs: number;
  #born = 0;
  #deaths = 0;
  #faultsOver = false;
  #isOver = false;

  constructor(parts: CrewParts) {
    this.#parts = parts;
    this.#travelMs = parts.dice.pick([0, 1, 5, 40]);
  }

  /** Grows with whatever changes who does what. */
  get changes(): number {
    return this.#deaths + this.#parts.holders.changes;
  }

  get gateway(): ClusterMember | undefined {
    return this.members.findLast(({ role }) => role === "gateway");
  }

  get engines(): readonly ClusterMember[] {
    return this.members.filter(({ role, isEnding }) => role === "engine" && !isEnding);
  }

  begin(): void {
    this.start("gateway");
    for (let count = 0; count < this.#parts.draw.engines; count += 1) this.start("engine");
  }

  start(role: Role): void {
    const { timeline, trace, wall } = this.#parts.machine;
    this.#born += 1;
    const died = (_at: unknown, cause: string) => this.#died(member, cause);
    const generation = new Generation(this.#born, undefined, trace, died, (what) => this.#parts.referee.unexplained(what));
    const member: ClusterMember = new ClusterMember(role, generation, new ProcessClock(timeline, wall), this.#parts.queue.connect());
    this.members.push(member);
    trace.tell(`p${member.number} starts as ${member.name}`);
    this.#join(member).then(
      (opened) => {
        if (!generation.alive) return;
        member.opened = opened;
        member.disturbedMs = timeline.nowMs;
        trace.tell(`p${member.number} is open`);
      },
      (failure: unknown) => this.#failedStart(member, failure),
    );
  }

  async #join(member: ClusterMember): Promise<OpenedEngine> {
    const { server, machine, holders } = this.#parts;
    const { generation, name, role, number } = member;
    const clock = gatedClock(generation, member.clock);
    const facts = { name, role, pid: number, host: "simulation", version: "simulation", startedMs: machine.wall.now() };
    const travel = this.#travelMs === 0 ? undefined : () => machine.timeline.wait(this.#travelMs);
    const process = await MemoryProcess.join(server, facts, { clock, onTaken: () => this.#taken(member), travel });
    member.process = process;
    const queue = openQueue({ broker: new GatedBroker(generation, member.broker), clock, logger: SILENT, signatures: testSignatures() });
    member.queue = queue;
    const shared = {
      role,
      processName: name,
      ...gatedSharing(generation, process.store),
      queue,
      vault: openTestVault(),
      saw: () => undefined,
    };
    return this.#parts.open(member, watchedStore(process.store, number, holders), shared, (failure) => this.#fatal(member, failure));
  }

  beatAll(): void {
    for (const member of this.members) this.#beat(member);
  }

  #beat(member: ClusterMember): void {
    if (!member.opened || member.isBeating || member.isEnding || member.generation.frozen) return;
    member.isBeating = true;
    member.opened.pulse
      .beat()
      .catch((failure: unknown) => this.#beatFailed(member, failure))
      .finally(() => {
        member.isBeating = false;
      });
  }

  /** The process stands still, and goes on after a while from where it stood. */
  standStill(member: ClusterMember, spanMs: number, where: string): void {
    const { generation } = member;
    if (!generation.alive || generation.frozen) return;
    const { timeline, trace } = this.#parts.machine;
    trace.tell(`p${member.number} stands still for ${Math.round(spanMs)} ms ${where}`);
    generation.freeze();
    timeline.after(spanMs, () => this.goOn(member));
  }

  goOn(member: ClusterMember): void {
    const { generation, name } = member;
    if (!generation.alive || !generation.frozen) return;
    const { coverage, timeline, trace } = this.#parts.machine;
    if (this.#isGone(name)) coverage.mark("antecedent 31: a process goes on after others took what it had");
    trace.tell(`p${member.number} goes on`);
    member.disturbedMs = timeline.nowMs;
    generation.thaw();
  }

  kill(member: ClusterMember): void {
    member.generation.die("killed");
  }

  /** It gives back what it has, leaves, and ends. */
  end(member: ClusterMember): void {
    const { opened, process, queue, generation } = member;
    if (!opened || member.isEnding) return;
    member.isEnding = true;
    const { timeline, trace, coverage } = this.#parts.machine;
    trace.tell(`p${member.number} is to end`);
    timeline.after(END_MAX_MS, () => generation.die("it did not end in time"));
    const left = async () => {
      await opened.stop("it ends");
      await queue?.close();
      await generation.gate("store", "close", () => process?.store.close() ?? Promise.resolve());
      coverage.mark("antecedent 31: a process ends by itself");
    };
    left().then(
      () => generation.die("it has ended"),
      (failure: unknown) => {
        if (!isExplained(failure)) this.#parts.referee.unexplained(`process ${member.number} could not end: ${stackOf(failure)}`);
        generation.die("its end failed");
      },
    );
  }

  /** Nobody is killed or stands still any more; who is missing comes. */
  endFaults(): void {
    this.#faultsOver = true;
    for (const member of [...this.members]) this.goOn(member);
  }

  endAll(): void {
    this.#isOver = true;
    for (const { generation } of [...this.members]) generation.die("the run is over");
  }

  #died(member: ClusterMember, cause: string): void {
    const { machine, queue } = this.#parts;
    machine.trace.tell(`p${member.number} dies: ${cause}`);
    this.#deaths += 1;
    this.members.splice(this.members.indexOf(member), 1);
    member.process?.kill();
    member.broker.cut();
    queue.leave(member.broker);
    if (this.#isOver) return;
    if (member.role === "gateway") return this.#standBy();
    const downMs = this.#faultsOver ? 1_000 : this.#parts.dice.magnitude(500, this.#parts.draw.downMaxMs);
    machine.timeline.after(downMs, () => {
      if (!this.#isOver && this.engines.length < this.#parts.draw.engines) this.start("engine");
    });
  }

  /** A second gateway takes the desk when nobody has it any more. */
  #standBy(): void {
    this.#parts.machine.timeline.after(VACANCY_EVERY_MS, () => {
      if (this.#isOver || this.gateway) return;
      const holder = this.#parts.server.members().find(({ streams, isGone }) => !isGone && streams.includes(DESK_STREAM));
      if (holder) return this.#standBy();
      this.#parts.machine.coverage.mark("antecedent 31: another gateway takes the desk");
      this.start("gateway");
    });
  }

  #taken(member: ClusterMember): void {
    this.#parts.machine.coverage.mark("antecedent 31: a process learns that it was declared gone");
    member.generation.die("it was declared gone");
  }

  #isGone(name: string): boolean {
    return !this.#parts.server.members().some((each) => each.name === name && !each.isGone);
  }

  #beatFailed(member: ClusterMember, failure: unknown): void {
    this.#parts.machine.trace.tell(`a beat of p${member.number} failed: ${String(failure)}`);
    this.#parts.machine.coverage.mark("a beat fails and the next one comes");
    if (!isExplained(failure)) this.#parts.referee.unexplained(`a beat of process ${member.number} failed: ${stackOf(failure)}`);
  }

  /** What a process calls fatal ends it. Only what another process has taken explains it, or what the process itself has given back. */
  #fatal(member: ClusterMember, failure: unknown): void {
    if (!member.generation.alive) return;
    this.#parts.machine.trace.tell(`p${member.number} calls fatal: ${String(failure)}`);
    const isExplainedHere = failure instanceof AppendRefused && (this.#isGone(member.name) || member.isEnding);
    if (isExplainedHere) this.#parts.machine.coverage.mark("a process that lost its streams ends");
    else this.#parts.referee.unexplained(`process ${member.number} calls fatal: ${stackOf(failure)}`);
    member.generation.die("it called something fatal");
  }

  #failedStart(member: ClusterMember, failure: unknown): void {
    if (!member.generation.alive) return;
    this.#parts.machine.trace.tell(`p${member.number} could not start: ${String(failure)}`);
    if (isExplained(failure)) this.#parts.machine.coverage.mark("a start fails and is tried again");
    else this.#parts.referee.unexplained(`process ${member.number} could not start: ${stackOf(failure)}`);
    member.generation.die("it could not start");
  }
}

function isExplained(failure: unknown): boolean {
  return failure instanceof AppendRefused || (failure instanceof Error && TRIED_AGAIN.has(failure.name));
}

function stackOf(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
