import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { changed } from "./copy.ts";
import { MUTANTS } from "./list.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

describe("the mutants", () => {
  test("are at least twenty, each with a name of its own", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test.each(MUTANTS)("fit the sources as they are: $name", ({ changes }) => {
    for (const change of changes) expect(changed(readFileSync(resolve(ROOT, change.file), "utf8"), change)).toContain(change.put);
  });
});
