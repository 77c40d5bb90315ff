import { binaryOf, type Server } from "../../test/kit/services/binary.ts";

/** Whether the real servers that a bench needs are here; says that it is left out where they are not. */
export function hasServers(bench: string, servers: readonly Server[]): boolean {
  try {
    for (const server of servers) binaryOf(server);
    return true;
  } catch (thrown) {
    process.stderr.write(`${bench} was left out: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return false;
  }
}
