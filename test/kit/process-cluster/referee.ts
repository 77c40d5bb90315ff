import { foldLive, type LiveBooks } from "../process-live-books.ts";
import { truthOf, unsettledAt, unsoundAt } from "../process-live-referee.ts";
import { botEnds, type ClusterBooks, type ClusterFact } from "./books.ts";
import type { Outcome } from "./client.ts";
import type { KnownBot, People } from "./people.ts";
import type { ClusterStage } from "./stage.ts";
import type { ClusterWorld } from "./world.ts";

const DESK = "desk";
const PAPER = "account:paper:";

/** What is wrong at any moment: orders that were sent twice or never durable, intents that were accepted twice. */
export function unsound(world: ClusterWorld, books: readonly LiveBooks[]): string[] {
  return eachAccount(world, books, (seat, own) => unsoundAt(seat, own));
}

/** What is not as it must be at rest: nothing unanswered, books equal to the exchange's, every position covered or said to be naked. */
export function unsettled(world: ClusterWorld, books: readonly LiveBooks[]): string[] {
  world.advance();
  return eachAccount(world, books, (seat, own) => unsettledAt(truthOf(seat), own).map((fault) => `${seat.id}: ${fault}`));
}

function eachAccount(
  { seats }: ClusterWorld,
  books: readonly LiveBooks[],
  look: (seat: ClusterWorld["seats"][number], own: LiveBooks) => string[],
): string[] {
  return seats.flatMap((seat) => {
    const own = books.find(({ account }) => account === seat.id);
    return own ? look(seat, own) : [`${seat.id} has no books`];
  });
}

/** The books of accounts at the exchange. A fault of the fold is one of the books. */
export function liveBooks({ facts }: ClusterBooks): LiveBooks[] {
  return foldLive(facts);
}

/** Acknowledged bots that are not there once, and refused ones that are there; acknowledged stops that are not stopped, and starts that do not run. */
export function broken(bots: readonly KnownBot[], facts: readonly ClusterFact[]): string[] {
  const ends = botEnds(facts);
  return bots.flatMap(({ name, made, wanted }) => {
    const end = ends.get(name);
    const times = end?.created ?? 0;
    if (times > 1) return [`${name} exists ${times} times`];
    if (made === "yes" && times !== 1) return [`${name} was acknowledged and does not exist`];
    if (made === "no" && times > 0) return [`${name} exists, and its person was told that nothing was done`];
    if (wanted === "stopped" && !end?.isStopped) return [`${name} was to be stopped and is not`];
    if (wanted === "running" && !end?.isRunning) return [`${name} was started and does not run`];
    return [];
  });
}

/** Names that the desk keeps for bots that no account has, or has no more: nobody else can take them. */
export function emptyNames(facts: readonly ClusterFact[]): string[] {
  const names = new Map<string, string>();
  const made = new Set<string>();
  for (const { event } of facts) {
    if (event.type === "bot-registered") names.set(String(event.botId), String(event.name));
    else if (event.type === "bot-unregistered") names.delete(String(event.botId));
    else if (event.type === "bot-created") made.add((event.bot as { readonly id: string }).id);
    else if (event.type === "bot-deleted") made.delete(String(event.botId));
  }
  return [...names].flatMap(([botId, name]) => (made.has(botId) ? [] : [`the name ${name} is kept for ${botId}, which no account has`]));
}

/** Entries that were decided while everybody had been told that the desk is halted, and fills on paper that are in the books twice. */
export function forbidden({ halts }: People, facts: readonly ClusterFact[]): string[] {
  const seen = new Set<string>();
  return facts.flatMap(({ stream, wallMs, event }) => {
    if (event.type === "order-filled" && stream.startsWith(PAPER)) {
      const { fillId } = event.fill as { readonly fillId: string };
      if (seen.has(`${stream} ${fillId}`)) return [`${stream} has the fill ${fillId} twice`];
      seen.add(`${stream} ${fillId}`);
    }
    if (event.type !== "intent" || (event.intent as { readonly purpose: string }).purpose !== "entry") return [];
    const halt = halts.find(({ fromMs, untilMs }) => wallMs > fromMs && wallMs < untilMs);
    return halt ? [`${stream} decided to enter ${wallMs - halt.fromMs} ms after a halt was answered`] : [];
  });
}

/** Where `system nodes` says other than what is so, and where what is so is not as it should be at rest. */
export async function untrueNodes(stage: ClusterStage, { kind, text, table }: Outcome): Promise<string[]> {
  if (kind !== "done" || !table) return [`system nodes was not answered: ${text}`];
  const at = (column: string) => table.columns.indexOf(column);
  const shown = table.rows.map((row) => ({
    pid: Number(/process (\d+)/.exec(row[at("Machine")] ?? "")?.[1]),
    role: row[at("Role")] ?? "",
    isGone: row[at("Seen")] === "GONE",
    hasDesk: row[at("Desk")] === "yes",
    accounts: Number(row[at("Accounts")]),
    name: row[at("Process")] ?? "",
  }));
  const faults: string[] = [];
  const nodes = [...stage.of("engine"), ...(stage.active ? [stage.active] : [])];
  for (const { name, role, process } of nodes)
    if (!shown.some((row) => row.pid === process.pid && row.role === role && !row.isGone))
      faults.push(`system nodes does not show ${name}`);
  for (const { pid, role } of shown)
    if (!nodes.some(({ process }) => process.pid === pid))
      faults.push(`system nodes shows a ${role} of process ${pid}, which there is not`);
  const desks = shown.filter(({ hasDesk }) => hasDesk);
  if (desks.length !== 1 || desks[0]?.role !== "gateway") faults.push(`${desks.length} processes have the desk`);
  const holders = await stage.holders();
  for (const { name, accounts } of shown) {
    const held = holders.filter(({ _id, holder }) => holder === name && _id !== DESK).length;
    if (held !== accounts) faults.push(`system nodes says that ${name} has ${accounts} accounts, the database ${held}`);
  }
  const unplaced = holders.filter(({ _id, holder }) => _id.startsWith("account:") && holder === null);
  if (unplaced.length > 0) faults.push(`${unplaced.length} accounts are nobody's`);
  return faults;
}
