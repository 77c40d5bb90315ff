import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { crashUnits } from "./crashes.ts";
import { killUnits } from "./kills.ts";
import { liveUnits } from "./live.ts";
import { pageOf } from "./page.ts";
import { simulationUnits } from "./simulation.ts";
import { ProofState, type Unit } from "./state.ts";

/**
 * Long runs that the ordinary tests have no time for: `npm run proof`. Each unit is kept in data/proof.json as soon as it is done, so that
 * an interrupted proof goes on where it was; a proof of other sources begins anew. Writes docs/proof.md. `npm run proof -- kills`,
 * `-- live`, `-- crashes` or `-- simulation` runs one part.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = resolve(ROOT, "docs/proof.md");

const wanted = new Set(process.argv.slice(2));
const state = new ProofState(resolve(ROOT, "data/proof.json"), sources());
const units: readonly Unit[] = [...killUnits(), ...liveUnits(), ...crashUnits(), ...simulationUnits()].filter(
  ({ part }) => wanted.size === 0 || wanted.has(part),
);
for (const unit of units) {
  if (state.has(unit.name)) continue;
  const startedMs = Date.now();
  const result = await unit.run();
  const seconds = Math.round((Date.now() - startedMs) / 1_000);
  state.add({ ...result, name: unit.name, part: unit.part, seconds, date: new Date().toISOString().slice(0, 16).replace("T", " ") });
  writeFileSync(PAGE, pageOf(state.sources, state.results));
  process.stdout.write(`${unit.name}: ${result.faults.length === 0 ? "equal" : "DIFFERENT"} (${seconds} s)\n`);
}
const failed = state.results.filter(({ faults }) => faults.length > 0);
process.stdout.write(`${state.results.length - failed.length} of ${state.results.length} equal; see docs/proof.md\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Names what is proven: the trees of the product's folders, so that a change elsewhere proves nothing anew, and whether files differ from them. */
function sources(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", "src", "commands", "config", "bin");
  const trees = ["src", "commands", "config", "bin"].map((folder) => git("rev-parse", "--short=8", `HEAD:${folder}`)).join("-");
  return `${trees}${changed === "" ? "" : " with changes"}`;
}
