import { resolve } from "node:path";
import { tryCrashPoints } from "./crash-points.ts";
import { tryMutants } from "./mutants/try.ts";
import { optionsOf, type SimOptions } from "./options.ts";
import { type Job, playAll } from "./pool.ts";
import { Report } from "./report.ts";
import { runSeed } from "./run.ts";

/** The deterministic simulation: see options.ts for what it can be asked. Exits 0 only when everything was as it must be. */
const FOLDER = resolve(import.meta.dirname);
const say = (text: string): void => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);

const MODES: Readonly<Record<SimOptions["mode"], (options: SimOptions) => Promise<boolean>>> = {
  seeds: playSeeds,
  one: playOne,
  canary: playCanary,
  "verify-hash": verifyHashes,
  "crash-points": (options) => tryCrashPoints(options, FOLDER, say),
  mutants: (options) => tryMutants(options, say),
};

const options = optionsOf(process.argv.slice(2));
process.exitCode = (await MODES[options.mode](options)) ? 0 : 1;

function* jobs({ from, seeds, hours, bots, minutes, atLeast, without, instances }: SimOptions, canary = false): Generator<Job> {
  const endMs = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  for (let seed = from; seed < from + seeds && (seed < from + atLeast || performance.now() < endMs); seed += 1)
    yield { seed, hours, bots, canary, without, instances };
}

async function playSeeds(options: SimOptions): Promise<boolean> {
  const report = new Report();
  await playAll(jobs(options), { folder: FOLDER, workers: options.workers }, (result) => {
    report.add(result);
    for (const { law, text } of result.violations) say(`seed ${result.seed} breaks invariant ${law}: ${text.split("\n")[0]}`);
    return "go on";
  });
  say(report.text(options));
  return report.broken === 0 && report.zeros(options).length === 0;
}

async function playOne(options: SimOptions): Promise<boolean> {
  const { from: seed, hours, bots, without, isWhole, instances } = options;
  const listener = (line: string, isNoise: boolean): void => {
    if (isWhole || !isNoise) say(line);
  };
  const { violations, hash, faults } = await runSeed({ seed, hours, bots, without, instances, listener });
  say(`faults drawn: ${faults.join(", ") || "none"}\nhash ${hash}`);
  for (const { law, text, atMs } of violations) say(`BROKEN at second ${Math.round(atMs / 1_000)}: invariant ${law}: ${text}`);
  return violations.length === 0;
}

/** Seeds until the referee has noticed that the world is broken. */
async function playCanary(options: SimOptions): Promise<boolean> {
  let noticed = "";
  await playAll(jobs(options, true), { folder: FOLDER, workers: options.workers }, ({ seed, violations: [first] }) => {
    if (first === undefined) return "go on";
    noticed = `The referee noticed: seed ${seed}, invariant ${first.law}: ${first.text.split("\n")[0]}`;
    return "stop";
  });
  say(noticed === "" ? "THE REFEREE IS BLIND: the disk forgot what it had called durable, and nobody noticed." : noticed);
  return noticed !== "";
}

async function verifyHashes(options: SimOptions): Promise<boolean> {
  const hashes = new Map<number, string>();
  const unequal: number[] = [];
  const twice = [...jobs(options)].flatMap((job) => [job, job]);
  await playAll(twice, { folder: FOLDER, workers: options.workers, fresh: true }, ({ seed, hash }) => {
    const first = hashes.get(seed);
    if (first !== undefined && (first !== hash || hash === "")) unequal.push(seed);
    hashes.set(seed, hash);
    return "go on";
  });
  for (const [seed, hash] of [...hashes].sort(([a], [b]) => a - b)) say(`seed ${seed} ${hash}${unequal.includes(seed) ? " UNEQUAL" : ""}`);
  say(`${hashes.size - unequal.length} of ${hashes.size} seeds gave the same hash twice, each time in a fresh process.`);
  return unequal.length === 0;
}
