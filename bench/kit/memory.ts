import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the heap holds after everything that nobody holds any more was collected, in bytes. */
export function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
