import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { calibrate } from "./kit/calibrate.ts";
import { type Figure, Figures, tableOf } from "./kit/figures.ts";

/** One file of this folder: measures and says what it found. */
type Bench = (figures: Figures) => Promise<void>;

const OWN_NAME = "run";
/** Puts the table of all benches into docs/performance.md. */
const WRITE = "--write";
const PAGE = join(import.meta.dirname, "../docs/performance.md");
const TABLE_TITLE = "## The last table\n";

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const known = benches();
  const asked = args.filter((arg) => arg !== WRITE);
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
  const table = tableOf(rows);
  process.stdout.write(`${machine}\n\n${table}\n`);
  if (args.includes(WRITE) && asked.length === 0) keep(`${machine}; all benches in one run.\n\n${table}\n`);
}

/** Replaces the last table of the page: everything below its title. */
function keep(text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const at = page.indexOf(TABLE_TITLE);
  if (at < 0) throw new Error(`${PAGE} has no "${TABLE_TITLE.trim()}"`);
  writeFileSync(PAGE, `${page.slice(0, at)}${TABLE_TITLE}\n${text}`);
}

/** The benches by name, ascending: each is a file of this folder. */
function benches(): string[] {
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts"));
  return names
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => name !== OWN_NAME)
    .sort();
}
