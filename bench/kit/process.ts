import { existsSync, readFileSync } from "node:fs";

/** What Linux counts the time of a process in. */
const TICK_MS = 10;

/** Resident memory of a process in bytes as Linux tells it; undefined elsewhere. */
export function residentOf(pid: number): number | undefined {
  const status = told(pid, "status");
  const kilobytes = status === undefined ? undefined : /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

/** Milliseconds that all threads of a process have computed since it began, as Linux tells it; undefined elsewhere. */
export function computedMs(pid: number): number | undefined {
  // The name of the program comes first, in brackets, and may have spaces in it.
  const [, fields] = told(pid, "stat")?.split(") ") ?? [];
  const [user, system] = fields?.split(" ").slice(11, 13) ?? [];
  return user === undefined || system === undefined ? undefined : (Number(user) + Number(system)) * TICK_MS;
}

function told(pid: number, what: string): string | undefined {
  const file = `/proc/${pid}/${what}`;
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
