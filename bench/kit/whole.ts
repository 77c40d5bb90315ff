import { untrueAddresses } from "../../test/kit/process-cluster/addresses.ts";
import { readBooks } from "../../test/kit/process-cluster/books.ts";
import type { ClusterNode } from "../../test/kit/process-cluster/node.ts";
import { breakersIn } from "./breakers-in-books.ts";
import type { BenchCluster } from "./cluster.ts";

const ANSWER_MS = 5_000;
/** Between two looks at whether all is well, where nothing is timed by it: each asks every process, and whoever asks too often is sent away. */
export const WHOLE_EVERY_MS = 500;

interface Health {
  readonly parts?: readonly { readonly name: string; readonly ok: boolean }[];
}

/** Whether nothing is to be made good. */
export async function isAsItShouldBe(cluster: BenchCluster): Promise<boolean> {
  return (await isReady(cluster)) && (await isSound(cluster)) && breakersIn(await readBooks(cluster.stage.database)).open === 0;
}

/** Whether every process says that it is ready, or that it waits for the desk, and engines have all accounts together. */
export async function isReady({ stage, people }: BenchCluster): Promise<boolean> {
  if (!stage.active) return false;
  const untrue = await withinMs(untrueAddresses(stage, people.adminToken), ["nobody has answered"]);
  return untrue.length === 0;
}

/** Whether no engine calls anything a problem, and each account at the exchange is at one and held back by nothing. */
export async function isSound({ stage, engines, people }: BenchCluster): Promise<boolean> {
  const told = await Promise.all(engines.map((node) => partsAt(node, people.adminToken)));
  const sound = told.flat().filter(({ ok }) => ok);
  const accounts = sound.filter(({ name }) => name.startsWith("account "));
  return accounts.length === stage.world.seats.length && sound.filter(({ name }) => name === "engine").length === stage.of("engine").length;
}

/** What an engine says of itself; nothing when it says nothing in time. */
async function partsAt({ port }: ClusterNode, token: string): Promise<NonNullable<Health["parts"]>> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    return ((await answer.json()) as Health).parts ?? [];
  } catch {
    return [];
  }
}

/** What an answer is that does not come in time. */
async function withinMs<T>(answer: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS, late);
  });
  return Promise.race([answer.catch(() => late), over]).finally(() => clearTimeout(timer));
}
