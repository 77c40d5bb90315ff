import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { factsOf } from "../kit/process-books.ts";
import type { DeskProcess } from "../kit/process-desk.ts";
import { processStage, QUICK_BOT } from "../kit/process-stage.ts";

const stage = processStage();

describe("crashes", () => {
  it("the first message after one says why and for how long the desk was away", async () => {
    const first = await stage.startUp();
    await stage.run(first, QUICK_BOT);
    await first.kill();
    const killedMs = Date.now();
    const second = await stage.startUp();
    const { view } = await second.alert("The desk is back after a crash");
    const awayS = /It was away for (?:less than )?(?:a|1|(\d+)) ?(?:s|second)/.exec(view.lines.join("\n"));
    expect(awayS, view.lines.join("\n")).not.toBeNull();
    expect(Number(awayS?.[1] ?? 1)).toBeLessThanOrEqual((Date.now() - killedMs) / 1_000 + 12);
    expect(view.lines.join("\n")).toContain("the process was killed or lost power");
    expect(second.shown.find(({ kind }) => kind === "alert")?.view).toEqual(view);
    expect(await stage.run(second, "bot show quick")).toContain("Status: running");
    await stage.expectCleanEnd(second, "SIGTERM");
  });

  it("three within ten minutes start the desk safe: chat is up, exits and stops work, entries wait for a person", async () => {
    const first = await stage.startUp({ MARKET_SPEED: "3600" });
    await stage.run(first, QUICK_BOT);
    await first.alert("quick bought");
    await first.kill();
    for (const title of ["The desk is back after a crash", "The desk is back after a crash"]) {
      const again = await stage.startUp({ MARKET_SPEED: "1" });
      await again.alert(title);
      await again.kill();
    }
    const safe = await stage.startUp({ MARKET_SPEED: "3600" });
    const { view } = await safe.alert("The desk was started safe: new entries are halted");
    expect(view.lines.join("\n")).toContain("It crashed 3 times");
    expect(view.lines.join("\n")).toContain("Cause: ");
    expect(await stage.run(safe, "system health")).toMatch(/halted|safe/i);
    const list = await stage.run(safe, "bot show quick");
    expect(list).toContain("Status: running");
    if (!list.includes("Position: flat")) await stage.run(safe, "position close quick");
    await safe.until(() => (deskIsFlat() ? true : undefined), "the position sold while halted");
    await safe.alert("was denied an entry");
    expect(deskIsFlat()).toBe(true);
    expect(await stage.run(safe, "system resume confirm:yes")).toContain("The desk trades again");
    await safe.until(() => (boughtAfterResume(safe) ? true : undefined), "an entry after the halt was cleared");
    await stage.expectCleanEnd(safe, "SIGTERM");
  });
});

/** Whether everything that was bought was sold. */
function deskIsFlat(): boolean {
  let open = 0;
  for (const { event } of factsOf(join(stage.folder, "data", "desk.sqlite"))) {
    if (event.type === "order-filled") open = (event.after as { positionQuantity: { $d: string } }).positionQuantity.$d === "0" ? 0 : 1;
  }
  return open === 0;
}

function boughtAfterResume(desk: DeskProcess): boolean {
  const resumed = desk.shown.findIndex(({ command }) => command?.startsWith("system resume"));
  return desk.shown.slice(resumed).some(({ kind, view }) => kind === "alert" && view.title.startsWith("quick bought"));
}

describe("panic from outside", () => {
  it.each([
    ["the panic file", (_desk: DeskProcess) => writeFileSync(join(stage.folder, "data", "PANIC"), "")],
    ["the signal SIGUSR2", (desk: DeskProcess) => desk.signal("SIGUSR2")],
  ])("%s sells everything, halts, and outlives a restart", async (_name, panic) => {
    const desk = await stage.startUp({ MARKET_SPEED: "3600" });
    await stage.run(desk, QUICK_BOT);
    await desk.alert("quick bought");
    panic(desk);
    await desk.alert("Panic: entries are halted");
    await desk.until(() => (deskIsFlat() ? true : undefined), "everything sold");
    await stage.expectCleanEnd(desk, "SIGTERM");
    rmSync(join(stage.folder, "data", "PANIC"), { force: true });
    const next = await stage.startUp();
    expect(await stage.run(next, "system health")).toMatch(/panic/i);
    expect(await stage.run(next, "system resume confirm:yes")).toContain("The desk trades again");
    await stage.expectCleanEnd(next, "SIGTERM");
  });
});
