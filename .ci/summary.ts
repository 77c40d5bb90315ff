import { existsSync, readFileSync } from "node:fs";

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** One part of the run: its exit code and, for tests, its report (undefined when it wrote none). */
export interface Part {
  readonly name: string;
  readonly exitCode: number;
  readonly tests: boolean;
  readonly report: Report | undefined;
}

export interface Summary {
  readonly passed: number;
  /** One sentence for each failure. What was skipped failed, and so did a part that ended badly for another reason. */
  readonly failures: readonly string[];
}

export function summaryOf(parts: readonly Part[]): Summary {
  const each = parts.map(partSummary);
  return { passed: each.reduce((sum, { passed }) => sum + passed, 0), failures: each.flatMap(({ failures }) => failures) };
}

function partSummary({ name, exitCode, tests, report }: Part): Summary {
  const results = report?.testResults ?? [];
  const failures: string[] = [];
  let passed = 0;
  for (const file of results) {
    if (file.status === "failed" && file.assertionResults.every(({ status }) => status === "passed"))
      failures.push(`${name}: ${file.name} could not run: ${file.message?.split("\n")[0] ?? "no reason given"}`);
    for (const { fullName, status } of file.assertionResults) {
      if (status === "passed") passed += 1;
      else failures.push(`${name}: ${status === "failed" ? "failed" : `was not run (${status})`}: ${fullName}`);
    }
  }
  if (tests && passed === 0 && failures.length === 0) failures.push(`${name}: not one test ran`);
  if (exitCode !== 0 && failures.length === 0) failures.push(`${name}: ended with exit code ${exitCode}`);
  return { passed, failures };
}

/** Reads `name:exit code:report file`; a part without tests names no file. */
export function readPart(argument: string): Part {
  const [name = "", code = "", ...path] = argument.split(":");
  const file = path.join(":");
  const report = file !== "" && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
  return { name, exitCode: Number(code), tests: file !== "", report };
}

if (import.meta.main) {
  const { passed, failures } = summaryOf(process.argv.slice(2).map(readPart));
  for (const failure of failures) process.stdout.write(`- ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
