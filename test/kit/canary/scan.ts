import { readFileSync, statSync } from "node:fs";
import { leaksBelow, leaksOf } from "./watch.ts";

/** `node test/kit/canary/scan.ts FILE_OR_FOLDER...`: looks for the secrets of all tests there, says where they are, and fails when there is one. */
const leaks = process.argv.slice(2).flatMap((path) => {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  return entry.isDirectory() ? leaksBelow(path) : leaksOf(path, readFileSync(path));
});
for (const leak of leaks) process.stdout.write(`- ${leak}\n`);
process.stdout.write(leaks.length === 0 ? "No secret of a test is there.\n" : `${leaks.length} secrets are where they have no business.\n`);
process.exitCode = leaks.length === 0 ? 0 : 1;
