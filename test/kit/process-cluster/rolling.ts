import { pause } from "../process-live-desk.ts";
import type { Build } from "./build.ts";
import type { Outcome } from "./client.ts";
import type { ClusterNode, NodeRole } from "./node.ts";
import type { ClusterStage } from "./stage.ts";

const LOOK_MS = 100;
const THERE_MAX_MS = 60_000;

export interface RollOptions {
  /** Called when an engine of the new build is in the place of one of the former. */
  readonly replaced: () => Promise<void>;
  /** Told what happens, a line each. */
  readonly tell: (line: string) => void;
}

/**
 * Replaces every process of a desk by one of another build, in the order of docs/operating.md, "Upgrades": the gateway that waits, the engines one after the
 * other, the gateway in command. Returns the former ones, which have ended.
 */
export async function roll(stage: ClusterStage, build: Build, { replaced, tell }: RollOptions): Promise<readonly ClusterNode[]> {
  const former = stage.nodes;
  const start = (role: NodeRole, place: string) => stage.start(role, `${place}@${build.version}`, build);
  const waiting = former.filter((node) => node.role === "gateway" && node !== stage.active);
  for (const node of waiting) {
    await stage.retire(node);
    const standby = await start("gateway", node.name);
    await standby.process.logged("stands by", THERE_MAX_MS);
    tell(`${standby.name} waits`);
  }
  for (const node of former.filter(({ role }) => role === "engine")) {
    const engine = await start("engine", node.name);
    await hasAccount(stage, engine);
    await stage.retire(node);
    tell(`${engine.name} has accounts, and ${node.name} has ended`);
    await replaced();
  }
  for (const node of former.filter((each) => each.role === "gateway" && !waiting.includes(each))) {
    await stage.retire(node);
    tell(`${(await stage.whenActive()).name} has the desk`);
    await start("gateway", node.name);
  }
  return former;
}

/** Resolves when a process has an account. */
async function hasAccount(stage: ClusterStage, { name, process }: ClusterNode): Promise<void> {
  for (const untilMs = Date.now() + THERE_MAX_MS; ; await pause(LOOK_MS)) {
    const own = await stage.nameOf(process.pid);
    if (own !== undefined && (await stage.holders()).some(({ holder }) => holder === own)) return;
    if (Date.now() > untilMs) throw new Error(`${name} has no account after ${THERE_MAX_MS} ms: ${process.stderr.slice(-1_000)}`);
  }
}

/** The versions that `system nodes` shows, each once. */
export function versionsIn({ table }: Outcome): readonly string[] {
  const column = table?.columns.indexOf("Version") ?? -1;
  return [...new Set(table?.rows.map((row) => row[column] ?? ""))];
}
