import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { calibrate } from "./kit/calibrate.ts";
import { type Figure, Figures, tableOf } from "./kit/figures.ts";

/** One file of this folder: measures and says what it found. */
type Bench = (figures: Figures) => Promise<void>;

const OWN_NAME = "run";

await main(process.argv.slice(2));

async function main(asked: readonly string[]): Promise<void> {
  const known = benches();
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bench named "${unknown}". Choose among ${known.join(", ")}.\n`);
    process.exitCode = 1;
    return;
  }
  const rows: Figure[] = [];
  for (const name of asked.length > 0 ? asked : known) {
    const stepNs = calibrate();
    process.stderr.write(`${name}, with a calibration step of ${stepNs.toFixed(1)} ns ...\n`);
    const figures = new Figures(name, stepNs);
    const { default: bench } = (await import(`./${name}.ts`)) as { default: Bench };
    await bench(figures);
    rows.push(...figures.rows);
  }
  const machine = `Node ${process.versions.node}, ${cpus().length} cores`;
  process.stdout.write(`${machine}\n\n${tableOf(rows)}\n`);
}

/** The benches by name, ascending: each is a file of this folder. */
function benches(): string[] {
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts"));
  return names
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => name !== OWN_NAME)
    .sort();
}
