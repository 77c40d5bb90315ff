import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { leaksBelow, leaksOf } from "./canary/watch.ts";
import type { PlatformStage } from "./desk-live.ts";

/** Nothing of a key is in what the desk sent, said to its log, or wrote down. Stops the desk. */
export async function leakedNothing({ rig, outgoing }: Pick<PlatformStage, "rig" | "outgoing">, file: string): Promise<void> {
  await rig.stop();
  const folder = dirname(file);
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"));
  expect(bytes.join("")).toContain("dip-live");
  const said = [outgoing(), rig.log.join("\n"), rig.console.printed.join("")].join("\n");
  expect([...leaksOf("what was said", Buffer.from(said)), ...leaksBelow(folder)]).toEqual([]);
}
