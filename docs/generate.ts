import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { staleOutputs } from "./generate/outputs.ts";

/** `npm run docs` writes what is derived from the code; `npm run docs -- --check` only says what is stale and exits 1. */
const root = join(import.meta.dirname, "..");
const stale = await staleOutputs(root);

if (process.argv.includes("--check")) {
  for (const { path } of stale) process.stderr.write(`${path} is stale: run "npm run docs" and commit the result\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) writeFileSync(join(root, path), text);
  process.stdout.write(stale.length === 0 ? "everything is current\n" : `wrote ${stale.map(({ path }) => path).join(", ")}\n`);
}
