import { binaryOf, type Server } from "../../test/kit/services/binary.ts";

/** A size of a bench, or another one from the environment for a quick look. Throws where that is no whole number from 1 on. */
export function sizeOf(name: string, usual: number): number {
  const size = Number(process.env[name] ?? usual);
  if (!Number.isSafeInteger(size) || size < 1) throw new Error(`${name}: expected a whole number from 1 on, found "${process.env[name]}"`);
  return size;
}

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
