import { describe, expect, test } from "vitest";
import { type Part, type Report, readPart, summaryOf } from "../../.ci/summary.ts";

function report(...statuses: string[]): Report {
  const assertionResults = statuses.map((status, index) => ({ fullName: `test ${index + 1}`, status }));
  return { testResults: [{ name: "a.test.ts", status: statuses.includes("failed") ? "failed" : "passed", assertionResults }] };
}

function part(exitCode: number, found: Report | undefined, tests = true): Part {
  return { name: "fast", exitCode, tests, report: found };
}

describe("the summary of a run", () => {
  test("counts the tests of all parts", () => {
    const summary = summaryOf([part(0, undefined, false), part(0, report("passed", "passed")), part(1, report("passed", "failed"))]);
    expect(summary).toEqual({ passed: 3, failures: ["fast: failed: test 2"] });
  });

  test("counts what was not run as failed", () => {
    const summary = summaryOf([part(0, report("passed", "skipped", "pending", "todo"))]);
    expect(summary.passed).toBe(1);
    expect(summary.failures).toHaveLength(3);
  });

  test("counts a file that could not run", () => {
    const broken: Report = {
      testResults: [{ name: "b.test.ts", status: "failed", message: "no such module\nat x", assertionResults: [] }],
    };
    expect(summaryOf([part(1, broken)]).failures).toEqual(["fast: b.test.ts could not run: no such module"]);
  });

  test("is never green without tests, without a report or after a bad exit", () => {
    expect(summaryOf([part(0, { testResults: [] })]).failures).toEqual(["fast: not one test ran"]);
    expect(summaryOf([part(137, undefined)]).failures).toEqual(["fast: not one test ran"]);
    expect(summaryOf([part(1, report("passed"))]).failures).toEqual(["fast: ended with exit code 1"]);
    expect(summaryOf([part(2, undefined, false)]).failures).toEqual(["fast: ended with exit code 2"]);
  });

  test("reads a part from its name, exit code and report", () => {
    expect(readPart("check:0:")).toEqual({ name: "check", exitCode: 0, tests: false, report: undefined });
    expect(readPart("fast:1:/nowhere/fast.json")).toEqual({ name: "fast", exitCode: 1, tests: true, report: undefined });
  });
});
