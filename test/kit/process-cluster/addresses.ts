import { readPrometheus } from "../prometheus-text.ts";
import type { ClusterNode } from "./node.ts";
import type { ClusterStage } from "./stage.ts";

const ANSWER_MS = 5_000;

/** What the HTTP addresses of the processes say that is not so, asked with a token of the desk; empty when each says what it is, and engines have all accounts together. */
export async function untrueAddresses(stage: ClusterStage, token: string): Promise<string[]> {
  const told = await Promise.all(stage.nodes.map((node) => toldBy(stage, node, token)));
  const held = told.reduce((sum, { accounts }) => sum + accounts, 0);
  const taken = (await stage.holders()).filter(({ _id, holder }) => _id.startsWith("account:") && holder !== null).length;
  const wrong = held === taken ? [] : [`engines say that they have ${held} accounts, the database ${taken}`];
  return [...told.flatMap(({ faults }) => faults), ...wrong];
}

async function toldBy(stage: ClusterStage, node: ClusterNode, token: string): Promise<{ faults: string[]; accounts: number }> {
  const ask = async (path: string, method = "GET") => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${node.port}${path}`, { method, headers, signal: AbortSignal.timeout(ANSWER_MS) });
    return { status: answer.status, text: await answer.text() };
  };
  try {
    const [live, ready] = [await ask("/api/health/live"), await ask("/api/health/ready")];
    const said = `${live.status} ${ready.status} ${/"status":"(\w+)"/.exec(ready.text)?.[1]}`;
    const expected = node.role === "engine" || node === stage.active ? "200 200 up" : "200 503 waiting";
    const faults = said === expected ? [] : [`${node.name} says ${said} and not ${expected}: ${ready.text}`];
    if (node.role === "gateway") return { faults, accounts: 0 };
    const misled = await ask("/api/commands/system/health", "POST");
    if (misled.status !== 421) faults.push(`${node.name} answers a command with ${misled.status}: ${misled.text}`);
    const samples = readPrometheus((await ask("/metrics")).text);
    return { faults, accounts: samples.find(({ name }) => name === "scalpstorm_accounts_held")?.value ?? Number.NaN };
  } catch (failure) {
    return { faults: [`${node.name} does not answer: ${String(failure)}`], accounts: 0 };
  }
}
