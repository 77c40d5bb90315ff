import { pause } from "../process-live-desk.ts";
import { untrueAddresses } from "./addresses.ts";
import { readBooks } from "./books.ts";
import { ClusterFaults, FAULT_KINDS, type FaultKind } from "./faults.ts";
import type { NodeRole } from "./node.ts";
import { People } from "./people.ts";
import { broken, emptyNames, forbidden, liveBooks, unsettled, unsound, untrueNodes } from "./referee.ts";
import { type ClusterShape, ClusterStage } from "./stage.ts";

/** Programs that send commands at the same time. */
const PROGRAMS = 3;
/** Everything is at rest at most so long after the last fault. */
export const CONVERGE_MAX_MS = 120_000;
const LOOK_EVERY_MS = 1_000;
/** Faults go on for so much longer where nobody has managed to halt the desk yet, or no process has ended by itself. */
const LACKING_MAX_MS = 60_000;
const TRY_AGAIN_MS = 500;

export interface ChaosOptions extends ClusterShape {
  /** An empty folder. */
  readonly folder: string;
  /** Every kind of fault comes once, and then more of them until so long after the first. */
  readonly forMs: number;
  /** The longest pause between two faults. */
  readonly pauseMaxMs: number;
  /** Told what happens, a line each. */
  readonly tell?: (line: string) => void;
}

/** What a run came to. */
export interface ChaosRound {
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** Answers by command and kind. */
  readonly commands: ReadonlyMap<string, number>;
  readonly bots: number;
  readonly intents: number;
  readonly sent: number;
  readonly fills: number;
  readonly alarms: number;
  readonly turns: number;
  /** Halts that were answered, and in which nothing may have been entered. */
  readonly halts: number;
  readonly ownEnds: number;
  readonly convergedMs: number;
  readonly engineTakeovers: ClusterFaults["engineTakeovers"];
  readonly gatewayTakeovers: readonly number[];
  readonly peakBytes: Readonly<Record<NodeRole, number>>;
  readonly faults: readonly string[];
}

/** Several processes of one desk, with everything failing that can, while people go on; then calm, and the comparison. */
export async function runChaos(options: ChaosOptions): Promise<ChaosRound> {
  const stage = await ClusterStage.open(options.folder, options);
  try {
    const people = new People(stage);
    await people.setUp();
    options.tell?.(`${people.bots.length} bots are made`);
    const faults = new ClusterFaults(stage, people);
    const weighing = setInterval(() => {
      for (const node of stage.nodes) node.weigh();
    }, LOOK_EVERY_MS);
    const living = people.live(PROGRAMS);
    await disturb(stage, people, faults, options);
    people.stop();
    await living;
    clearInterval(weighing);
    return await settle(stage, people, faults, options.tell);
  } finally {
    await stage.close();
  }
}

async function disturb(stage: ClusterStage, people: People, faults: ClusterFaults, options: ChaosOptions): Promise<void> {
  const { forMs, pauseMaxMs, tell } = options;
  const { draw } = stage;
  const due = [...FAULT_KINDS].sort(() => draw() - 0.5);
  const untilMs = Date.now() + forMs;
  const lacks = () => people.halts.length === 0 || stage.nodes.every(({ ownEnds }) => ownEnds.length === 0);
  const isDue = () => Date.now() < untilMs || (lacks() && Date.now() < untilMs + LACKING_MAX_MS);
  while (due.length > 0 || isDue()) {
    const kind = due.shift() ?? FAULT_KINDS[Math.floor(draw() * FAULT_KINDS.length)]!;
    // There may be nobody to whom it could happen just now.
    while (!(await faults.begin(kind))) await pause(TRY_AGAIN_MS);
    tell?.(kind);
    await pause(draw() * pauseMaxMs);
  }
  await faults.over();
}

async function settle(stage: ClusterStage, people: People, faults: ClusterFaults, tell: ChaosOptions["tell"]): Promise<ChaosRound> {
  const begunMs = Date.now();
  await haltAtLast(stage, begunMs);
  const look = async () => {
    const books = await readBooks(stage.database);
    const nodes = await stage.client.run({ token: people.adminToken, path: "system nodes" });
    return [
      ...unsettled(stage.world, liveBooks(books)),
      ...broken(people.bots, books.facts),
      ...emptyNames(books.facts),
      ...(await untrueNodes(stage, nodes)),
      ...(await untrueAddresses(stage, people.adminToken)),
    ];
  };
  let open = await look();
  while (open.length > 0 && Date.now() - begunMs < CONVERGE_MAX_MS) {
    await pause(LOOK_EVERY_MS);
    open = await look();
    tell?.(`${open.length} things are open: ${open[0] ?? ""}`);
  }
  const convergedMs = Date.now() - begunMs;
  for (const [words, count] of people.refusals) tell?.(`not done, ${count} times: ${words}`);
  // Whoever has nobody to talk to ends first, so that nothing is asked of those that are gone.
  await Promise.all(stage.of("engine").map((node) => node.end()));
  await Promise.all(stage.of("gateway").map((node) => node.end()));
  const books = await readBooks(stage.database);
  const live = liveBooks(books);
  const sum = (count: (each: (typeof live)[number]) => number) => live.reduce((total, each) => total + count(each), 0);
  const faulted = live.flatMap(({ bots }) =>
    [...bots.values()].flatMap(({ name, faulted }) => (faulted === undefined ? [] : [`${name} has faulted: ${faulted}`])),
  );
  const unexplained = live.flatMap(({ account, unexplained }) => unexplained.map((what) => `${account} booked ${what}`));
  const missing = [...faults.counts].flatMap(([kind, count]) => (count === 0 ? [`it never happened: ${kind}`] : []));
  const strange = stage.nodes.flatMap(({ strangeEnds }) => strangeEnds);
  const peak = (role: NodeRole) => Math.max(...stage.of(role).map(({ peakBytes }) => peakBytes));
  return {
    counts: faults.counts,
    commands: people.counts,
    bots: people.bots.length,
    intents: sum(({ orders }) => orders.size),
    sent: stage.world.seats.reduce((total, { line }) => total + line.placings.size, 0),
    fills: sum(({ fills }) => fills),
    alarms: sum(({ alarms }) => alarms.length),
    turns: books.turns,
    halts: people.halts.length,
    ownEnds: stage.nodes.reduce((total, { ownEnds }) => total + ownEnds.length, 0),
    convergedMs,
    engineTakeovers: faults.engineTakeovers,
    gatewayTakeovers: faults.gatewayTakeovers,
    peakBytes: { gateway: peak("gateway"), engine: peak("engine") },
    faults: [
      ...open,
      ...books.faults,
      ...unsound(stage.world, live),
      ...emptyNames(books.facts),
      ...forbidden(people, books.facts),
      ...unexplained,
      ...faulted,
      ...faults.problems,
      ...people.faults,
      ...strange,
      ...missing,
    ],
  };
}

/** Whatever is under way ends, and nothing new begins. A gateway may have died over the last halt or resume, or is just losing its right to the desk. */
async function haltAtLast(stage: ClusterStage, sinceMs: number): Promise<void> {
  const halt = "system halt reason:comparison";
  while (Date.now() - sinceMs < CONVERGE_MAX_MS) {
    const answer = await stage.say(halt);
    if (answer && answer.view.tone !== "bad") return;
    await pause(LOOK_EVERY_MS);
  }
  await stage.sayWell(halt);
}

/** A run in one sentence. */
export function saidOf(round: ChaosRound): string {
  const list = (counts: ReadonlyMap<string, number>) => [...counts].map(([what, count]) => `${what} ${count}`).join(", ");
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const megabytes = (bytes: number) => Math.round(bytes / 1_048_576);
  const range = (all: readonly number[]) => (all.length === 0 ? "-" : `${seconds(Math.min(...all))} to ${seconds(Math.max(...all))} s`);
  const { engineTakeovers: engines, gatewayTakeovers, peakBytes } = round;
  return [
    `faults: ${list(round.counts)}`,
    `commands: ${list(round.commands)}`,
    `${round.bots} bots, ${round.intents} intents, ${round.sent} orders sent, ${round.fills} fills, ${round.alarms} alarms`,
    `${round.halts} halts, streams changed hands ${round.turns} times, processes ended by themselves with 70 ${round.ownEnds} times`,
    `from the death of an engine to its first account elsewhere ${range(engines.map(({ firstMs }) => firstMs))}, to its last ${range(engines.map(({ lastMs }) => lastMs))}`,
    `from the death of a gateway to the first answer ${range(gatewayTakeovers)}`,
    `memory at most: gateway ${megabytes(peakBytes.gateway)} MB, engine ${megabytes(peakBytes.engine)} MB`,
    `at rest ${seconds(round.convergedMs)} s after the last fault`,
  ].join("; ");
}
