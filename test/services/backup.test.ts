import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { factsOf } from "../kit/process-books.ts";
import { DeskProcess } from "../kit/process-desk.ts";
import { processStage, QUICK_BOT } from "../kit/process-stage.ts";

const stage = processStage();

/** A command about stores, as a process of its own. */
async function store(words: readonly string[], settings: Record<string, string> = {}) {
  const command = new DeskProcess({ folder: stage.folder, settings, flags: ["--store", ...words] });
  const { code } = await command.exited;
  return { code, text: `${command.stdout}${command.stderr}` };
}

it("a backup beside a desk that trades can be restored, and a desk goes on from it", async () => {
  const desk = await stage.startUp({ MARKET: "simulated:42", MARKET_SPEED: "100" });
  await stage.run(desk, QUICK_BOT);
  const backup = join(stage.folder, "backup.sqlite");
  expect(await store(["backup", backup])).toMatchObject({ code: 0, text: expect.stringMatching(/they fold to 1 bots/) });
  expect(await store(["drill", backup])).toMatchObject({ code: 0, text: expect.stringContaining("can be restored") });
  expect(await store(["restore", backup])).toMatchObject({ code: 1, text: expect.stringMatching(/is in use by process \d+/) });
  expect(await stage.run(desk, "bot list")).toContain("bot");
  await stage.expectCleanEnd(desk, "SIGTERM");
  const settings = { MARKET: "simulated:42", STORE_URL: "sqlite:other/desk.sqlite" };
  expect(await store(["restore", backup], settings)).toMatchObject({ code: 0, text: expect.stringMatching(/^Restored /) });
  const [before, next] = [eventsOf(settings), await stage.startUp(settings)];
  expect(await stage.run(next, "bot show quick")).toContain("running");
  await next.end();
  for (const [stream, events] of before) expect(eventsOf(settings).get(stream)?.slice(0, events.length)).toEqual(events);
  expect(existsSync(`${backup}-wal`)).toBe(false);
});

/** What each stream of the restored store holds. */
function eventsOf({ STORE_URL = "" }: { readonly STORE_URL?: string }) {
  const facts = factsOf(join(stage.folder, STORE_URL.replace("sqlite:", "")));
  return Map.groupBy(facts, ({ stream }) => stream);
}
