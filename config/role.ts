import type { ConfigProblem } from "../src/domain/errors.ts";
import type { Config } from "./schema.ts";

/** What a process that shares a desk with others needs beside its role. */
export function roleProblems({ role, standby, storeUrl, redisUrl, market }: Config): ConfigProblem[] {
  if (role === "all") return [];
  const problems: ConfigProblem[] = [];
  const problem = (setting: string, found: string, remedy: string) => void problems.push({ setting, problem: found, remedy });
  if (!/^mongodb(\+srv)?:/i.test(storeUrl.trim()))
    problem(
      "STORE_URL",
      `ROLE=${role} shares a desk with other processes, and this store is one process's alone`,
      "Name a MongoDB database.",
    );
  if (redisUrl === undefined)
    problem(
      "REDIS_URL",
      `ROLE=${role} needs the Redis through which accounts are spread over engines`,
      "Write redis://, a host and a port.",
    );
  if (market.kind !== "exchange")
    problem(
      "MARKET",
      `the time of a ${market.kind} market is one process's own, and ROLE=${role} shares a desk with others`,
      "Write exchange: and an exchange, such as exchange:binance, or ROLE=all.",
    );
  if (role === "engine" && standby)
    problem("STANDBY", "an engine takes what is free by itself, so that it has nothing to stand by for", "Write no, or leave it out.");
  return problems;
}
