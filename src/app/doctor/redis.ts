import type { RedisProbe } from "../../system/redis-probe.ts";
import { type Finding, type Look, ok, warn } from "./finding.ts";

const ABOUT = "redis";
const AWAY_REMEDY = "Start it, or correct REDIS_URL and REDIS_PASSWORD; the desk goes on without it, slower.";

/** The Redis, where one is set. Its contents may vanish; that it does not answer costs speed only. */
export async function redisFindings({ config }: Look): Promise<readonly Finding[]> {
  if (config.redisUrl === undefined) return [];
  const { probeRedis } = await import("../../system/redis-probe.ts");
  const probed = await probeRedis({ url: config.redisUrl, password: config.redisPassword?.reveal() });
  if ("reason" in probed) return [warn(ABOUT, `it cannot be used: ${probed.reason}`, AWAY_REMEDY)];
  // A cache may lose anything at any time, and one that evicts works best.
  const queue = config.role === "all" ? [] : queueFindings(probed);
  return [ok(ABOUT, `version ${probed.version}, answers in ${Math.round(probed.roundTripMs)} ms`), ...queue];
}

/** Whether it keeps what processes of one desk tell each other: jobs and counts. What it loses is made again, while accounts stay where they are. */
export function queueFindings({ evictionPolicy, isAppendOnly }: Pick<RedisProbe, "evictionPolicy" | "isAppendOnly">): readonly Finding[] {
  const findings: Finding[] = [];
  if (evictionPolicy !== undefined && evictionPolicy !== "noeviction")
    findings.push(
      warn(
        ABOUT,
        `its maxmemory-policy is ${evictionPolicy}: when its memory is full it throws away jobs and counts of this desk`,
        "Set `maxmemory-policy noeviction`; past candles go by themselves after a week.",
      ),
    );
  if (isAppendOnly === false)
    findings.push(
      warn(
        ABOUT,
        "its appendonly is no: a restart of it forgets the jobs and counts of this desk, which are made again in seconds",
        "Set `appendonly yes`, as docker-compose.yml has it, or leave it so.",
      ),
    );
  return findings;
}
