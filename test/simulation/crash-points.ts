import type { SimOptions } from "./options.ts";
import { type Job, playAll } from "./pool.ts";
import { runSeed, type SeedResult } from "./run.ts";
import type { CrashPoint } from "./world/generation.ts";

/** Minutes of the scenario, of which the owner's last wish is in the seventh. */
const HOURS = 0.2;
/** What must happen in it while nothing is killed, or its crash points prove nothing. */
const HAPPENS: readonly string[] = [
  "edge filled (entry)",
  "edge intent -> attempt (stop)",
  "edge filled (close)",
  "edge filled (panic)",
  "antecedent 8: panic is answered",
  "antecedent 8: stop is answered",
  "antecedent 16: an account is compared with the exchange",
];
const BOTS = 2;

/** The scenario with a death at one port call of its first process, or without any. */
export function scenarioJob(seed: number, crash: CrashPoint | undefined): Job {
  return { seed, hours: HOURS, bots: BOTS, scenario: { crash } };
}

/** What the scenario is when nobody dies; throws when it is not what it should be. */
export async function undisturbed(seed: number): Promise<SeedResult> {
  const result = await runSeed(scenarioJob(seed, undefined));
  const counts = new Map(result.counts);
  const missing = HAPPENS.filter((id) => !counts.has(id));
  if (missing.length > 0) throw new Error(`the scenario of seed ${seed} never comes to: ${missing.join(", ")}`);
  return result;
}

/** Every n-th port call of the scenario's first process, once before it takes effect and once after it. */
export function* crashPoints(portCalls: number, every: number): Generator<CrashPoint> {
  for (let call = 1; call <= portCalls; call += every) {
    yield { call, when: "before" };
    yield { call, when: "after" };
  }
}

/** Plays the scenario once for each crash point. True when every one of them converges and keeps every law. */
export async function tryCrashPoints(options: SimOptions, folder: string, say: (text: string) => void): Promise<boolean> {
  const { from: seed, every, crash } = options;
  if (crash) return replay(seed, crash, say);
  const { portCalls, violations } = await undisturbed(seed);
  for (const { law, text } of violations) say(`BROKEN without any death: invariant ${law}: ${text}`);
  const jobs = [...crashPoints(portCalls, every)].map((point) => scenarioJob(seed, point));
  let broken = violations.length;
  await playAll(jobs, { folder, workers: options.workers }, ({ violations: [first], crash: at }) => {
    if (!first) return "go on";
    broken += 1;
    say(
      `BROKEN invariant ${first.law}: ${first.text.split("\n")[0]}\n  npm run sim -- --crash-points --from ${seed} --at ${at?.call} --when ${at?.when}`,
    );
    return "go on";
  });
  say(`${jobs.length} crash points of ${portCalls} port calls were tried (seed ${seed}, every ${every}): ${broken} broken.`);
  return broken === 0 && jobs.length > 0;
}

async function replay(seed: number, crash: CrashPoint, say: (text: string) => void): Promise<boolean> {
  const { violations, hash } = await runSeed({ ...scenarioJob(seed, crash), listener: (line, isNoise) => void (isNoise || say(line)) });
  say(`hash ${hash}`);
  for (const { law, text, atMs } of violations) say(`BROKEN at second ${Math.round(atMs / 1_000)}: invariant ${law}: ${text}`);
  return violations.length === 0;
}
