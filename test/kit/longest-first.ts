import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes half a minute and more, the longest first. */
const LONGEST: readonly string[] = [
  "cluster-chaos",
  "live-panic",
  "queue",
  "kill",
  "slow-commits",
  "rolling-upgrade",
  "live-kill",
  "process",
  "mongodb-faults",
  "mongodb-desk",
  "live-outage",
];

/**
 * The order of test files: those that take longest begin first, so that nothing waits for them alone at the end. A clean clone has no times of an
 * earlier run to go by, and the sizes of the files, which would be taken instead, say the opposite here.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    return others.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/services/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
}
