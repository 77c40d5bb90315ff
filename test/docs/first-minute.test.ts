import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSimulated } from "../../src/feeds/simulated.ts";
import { openDeskRig } from "../kit/desk-rig.ts";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
/** Market minutes that the session of the README takes. */
const MINUTES = 29;

test("the first minute that the README shows is what a desk says, alert by alert", async () => {
  const shown = README.slice(README.indexOf("· Welcome to ScalpStorm"), README.indexOf("  The books add up."));
  const [, line = ""] = /^storm> (bot create .*)$/m.exec(shown) ?? [];
  const rig = await openDeskRig({ market: openSimulated({ seed: 42 }), seed: 42 });
  await rig.admin.run(line);
  await rig.move(MINUTES);
  const summary = await rig.admin.run("stats today");
  await rig.stop();
  const fills = (text: string) => text.split(/^(?=⚡|storm>|✓|·)/m).filter((part) => /^⚡ · ema-btc (?:bought|sold)/.test(part));
  const said = rig.console.printed.flatMap((text) => fills(text)).map((text) => text.trimEnd());
  expect(said.length).toBeGreaterThan(3);
  expect(fills(shown).map((text) => text.trimEnd())).toEqual(said);
  const [, realized = ""] = /(-?[\d.]+) USDT realized/.exec(summary) ?? [];
  expect(shown).toContain(`${realized} USDT realized`);
});
