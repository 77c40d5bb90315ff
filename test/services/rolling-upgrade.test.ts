import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { readBooks } from "../kit/process-cluster/books.ts";
import { type Build, buildWith, ownVersion } from "../kit/process-cluster/build.ts";
import type { ClusterNode } from "../kit/process-cluster/node.ts";
import { People } from "../kit/process-cluster/people.ts";
import { broken, emptyNames, forbidden, liveBooks, unsettled, unsound, untrueNodes } from "../kit/process-cluster/referee.ts";
import { roll, versionsIn } from "../kit/process-cluster/rolling.ts";
import { ClusterStage } from "../kit/process-cluster/stage.ts";
import { pause } from "../kit/process-live-desk.ts";
import type { Change } from "../simulation/mutants/copy.ts";

/** `SEED=... vitest run --project services test/services/rolling-upgrade.test.ts` draws the same. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const SHAPE = { seed: SEED, engines: 2, gateways: 2, live: 1, paper: 2, bots: 4 };
const PROGRAMS = 2;
const TIMEOUT_MS = 300_000;
const REST_MAX_MS = 60_000;
const LOOK_MS = 500;

/** Above the version of the sources by number, and below it letter by letter. */
const NEXT = "0.10.0";
/** What the next version writes and no former one knows, at the start of a bot of which the name begins so: when, the test says. */
const NEW_EVENT = "bot-warmed";
const WARM = "warm";
/** It keeps books in another shape, too, which a former version must not take for its own. */
const CHANGES: readonly Change[] = [
  { file: "src/domain/event-codec.ts", find: '  "account-opened": true,', put: `  "account-opened": true,\n  "${NEW_EVENT}": true,` },
  { file: "src/domain/account.ts", find: '    case "panic-stalled":', put: `    case "panic-stalled":\n    case "${NEW_EVENT}":` },
  {
    file: "src/engine/bots.ts",
    find: 'return [{ type: "bot-started", botId: bot.spec.id }];',
    put: `const started = { type: "bot-started", botId: bot.spec.id, by: caller.user } as const;
      return name.startsWith("${WARM}") ? [started, { type: "${NEW_EVENT}", botId: bot.spec.id } as never] : [started];`,
  },
  { file: "src/engine/account-snapshots.ts", find: "const SNAPSHOT_VERSION = 7;", put: "const SNAPSHOT_VERSION = 8;" },
  { file: "src/engine/account-snapshots.ts", find: '"state":${this', put: '"books":${this' },
  { file: "src/engine/account-snapshots.ts", find: "state: AccountState };", put: "books: AccountState };" },
  { file: "src/engine/account-snapshots.ts", find: "...kept.state,", put: "...kept.books," },
];
/** What a process says that has met the event. */
const NEEDS_NEXT = new RegExp(
  `STORE_URL: row \\d+ holds the event "${NEW_EVENT}" of version 1, which version ${ownVersion()} does not know\\. Start version ${NEXT} or a newer one`,
);

const folder = temporaryFolder("upgrade");
afterAll(() => discard(folder));

const begunMs = Date.now();
const tell = (line: string) => void process.stdout.write(`SEED=${SEED}: ${((Date.now() - begunMs) / 1_000).toFixed(1)} s: ${line}\n`);

describe("a desk of several processes that is upgraded while it trades", () => {
  let stage: ClusterStage;
  let people: People;
  let next: Build;
  let over: Promise<void>;
  beforeAll(async () => {
    next = buildWith(join(folder, "next"), NEXT, CHANGES);
    stage = await ClusterStage.open(folder, SHAPE);
    people = new People(stage);
    await people.setUp();
    tell(`${people.bots.length} bots are made`);
    over = people.live(PROGRAMS);
  }, TIMEOUT_MS);
  afterAll(() => stage?.close());

  it("goes on process by process; a former one that meets what it does not know ends by itself and says which version it needs", {
    timeout: TIMEOUT_MS,
  }, async () => {
    let engines = 0;
    const former = await roll(stage, next, {
      tell,
      async replaced() {
        engines += 1;
        // Until now nobody had to end that was not asked to.
        if (engines === 1) expect(stage.nodes.flatMap(unwished)).toEqual([]);
        await people.beginAll(`${WARM}${engines}-`);
      },
    });
    const nodes = await stage.client.run({ token: people.adminToken, path: "system nodes" });
    expect(versionsIn(nodes)).toEqual([NEXT]);
    const gaveWay = former.filter(({ ownEnds }) => ownEnds.length > 0);
    expect(gaveWay.map(({ role }) => role)).toContain("gateway");
    for (const { name, ownEnds, said } of gaveWay) {
      expect([name, ownEnds[0]?.code]).toEqual([name, 70]);
      expect(said).toMatch(NEEDS_NEXT);
    }
    expect(stage.nodes.flatMap(unwished)).toEqual([]);
  });

  it("has lost and doubled nothing, and its books are the exchange's", { timeout: TIMEOUT_MS }, async () => {
    people.stop();
    await over;
    await stage.sayWell("system halt reason:comparison");
    let open = await openThings();
    for (const untilMs = Date.now() + REST_MAX_MS; open.length > 0 && Date.now() < untilMs; open = await openThings()) await pause(LOOK_MS);
    tell([...people.counts].map(([what, count]) => `${what} ${count}`).join(", "));
    const books = await readBooks(stage.database);
    const { facts } = books;
    const live = liveBooks(books);
    expect([...open, ...books.faults, ...people.faults]).toEqual([]);
    expect([...unsound(stage.world, live), ...forbidden(people, facts)]).toEqual([]);
    // A run in which nothing happened shows nothing.
    expect(people.counts.get("bot start done")).toBeGreaterThan(SHAPE.bots);
    expect(live[0]?.fills).toBeGreaterThan(0);
    expect(facts.some(({ event }) => event.type === NEW_EVENT)).toBe(true);
    // Who gives way does so in order: no start tells of a crash, and nobody is missed.
    expect(facts.filter(({ event }) => event.type === "process-gone" || event.crash !== undefined)).toEqual([]);
  });

  it("is not opened by a former version again, which says so and changes nothing", { timeout: TIMEOUT_MS }, async () => {
    // Nobody else has the accounts: they are there for whoever can read them.
    await Promise.all(stage.of("engine").map((node) => stage.retire(node)));
    const before = accountFacts(await readBooks(stage.database)).length;
    const engine = await stage.start("engine", "former-engine");
    const gateway = await stage.start("gateway", "former-gateway");
    await refused(engine);
    // It waits, and has the desk when nobody else has: then it finds what it does not know.
    await Promise.all(stage.of("gateway").map((node) => (node === gateway ? undefined : stage.retire(node))));
    await refused(gateway);
    await Promise.all([stage.retire(engine), stage.retire(gateway)]);
    await stage.start("gateway", "gateway-again", next);
    await stage.whenActive();
    const books = await readBooks(stage.database);
    expect(accountFacts(books)).toHaveLength(before);
    const start = books.facts.findLast(({ event }) => event.type === "desk-started");
    expect(start?.event).toMatchObject({ version: NEXT, safe: false });
    expect(start?.event.crash).toBeUndefined();
  });

  /** What is not yet as it must be at rest. */
  async function openThings(): Promise<string[]> {
    const books = await readBooks(stage.database);
    const nodes = await stage.client.run({ token: people.adminToken, path: "system nodes" });
    const own = [...broken(people.bots, books.facts), ...emptyNames(books.facts)];
    return [...unsettled(stage.world, liveBooks(books)), ...own, ...(await untrueNodes(stage, nodes))];
  }
});

const accountFacts = ({ facts }: Awaited<ReturnType<typeof readBooks>>) => facts.filter(({ stream }) => stream !== "desk");

/** Resolves when a process of the sources as they are has refused its start, for its reason. */
async function refused({ name, strangeEnds }: ClusterNode): Promise<void> {
  for (const untilMs = Date.now() + REST_MAX_MS; strangeEnds.length === 0 && Date.now() < untilMs; ) await pause(LOOK_MS);
  expect(strangeEnds[0]).toContain(`${name} ended by itself with 1:`);
  expect(strangeEnds[0]).toMatch(NEEDS_NEXT);
}

/** Ends of a process that nobody had asked for. */
function unwished({ name, ownEnds, strangeEnds }: ClusterNode): string[] {
  return [...ownEnds.map(({ code }) => `${name} ended by itself with ${code}`), ...strangeEnds];
}
