import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { clusterUnits } from "./cluster.ts";
import { crashUnits } from "./crashes.ts";
import { killUnits } from "./kills.ts";
import { liveUnits } from "./live.ts";
import { pageOf } from "./page.ts";
import { instanceUnits, simulationUnits } from "./simulation.ts";
import { sourcesOf } from "./sources.ts";
import { ProofState, type Unit } from "./state.ts";

/**
 * Long runs that the ordinary tests have no time for: `npm run proof`. Each unit is kept in docs/proof.json as soon as it is done, so that an
 * interrupted proof goes on where it was; a unit that other sources led to is done anew. Writes docs/proof.md. `npm run proof -- kills`,
 * `-- live`, `-- cluster`, `-- crashes`, `-- simulation` or `-- instances` runs one part.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = resolve(ROOT, "docs/proof.md");
const PARTS = {
  kills: killUnits,
  live: liveUnits,
  cluster: clusterUnits,
  crashes: crashUnits,
  simulation: simulationUnits,
  instances: instanceUnits,
} as const;

const wanted = new Set(process.argv.slice(2));
const state = new ProofState(resolve(ROOT, "docs/proof.json"));
const sources = {
  kills: sourcesOf("kills"),
  live: sourcesOf("live"),
  cluster: sourcesOf("cluster"),
  crashes: sourcesOf("crashes"),
  simulation: sourcesOf("simulation"),
  instances: sourcesOf("instances"),
};
const units: readonly Unit[] = Object.values(PARTS)
  .flatMap((unitsOf) => unitsOf())
  .filter(({ part }) => wanted.size === 0 || wanted.has(part));
for (const unit of units) {
  if (state.has(unit.name, sources[unit.part])) continue;
  const startedMs = Date.now();
  const { did, hash, faults } = await unit.run();
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  state.add({ name: unit.name, part: unit.part, sources: sources[unit.part], did, hash, faults, seconds, date });
  writeFileSync(PAGE, pageOf(state.results, sources));
  process.stdout.write(`${unit.name}: ${faults.length === 0 ? "equal" : "DIFFERENT"} (${seconds} s)\n`);
}
writeFileSync(PAGE, pageOf(state.results, sources));
const failed = state.results.filter(({ faults }) => faults.length > 0);
process.stdout.write(`${state.results.length - failed.length} of ${state.results.length} equal; see docs/proof.md\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
