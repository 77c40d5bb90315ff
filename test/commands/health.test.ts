import { expect, test } from "vitest";
import { ChatDesk } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

test("health says that Redis is away, and that the desk needs a look for it", async () => {
  let trouble: string | undefined;
  const leaning = await ChatDesk.open({ backings: [{ name: "redis", trouble: () => trouble }] });
  expect((await leaning.type("system health")).title).toBe("All is well");
  trouble = "Redis does not answer: the desk goes on without it, a little slower (since 2026-01-02 03:04 UTC)";
  const view = await leaning.type("system health");
  expect(view).toMatchObject({ tone: "warning", title: "Needs attention" });
  expect(view.lines).toContain(`${trouble}.`);
});

test("health says how long the desk runs in plain words", async () => {
  const { fields } = await (await ChatDesk.open()).type("system health");
  const running = fields.find(({ name }) => name === "Running");
  expect(running?.value).toMatch(/^\d/);
});

test("health names a paused account once, with the reason", async () => {
  const at = await VenueDesk.open();
  await at.connect("main");
  at.engine.books.get("main")!.venue.paused = { code: "ledger", reason: "0.1 BTC missing", untilMs: undefined };
  const { lines } = await at.type("system health");
  expect(lines?.filter((line) => line.startsWith("main"))).toEqual(["main (LIVE): Paused: 0.1 BTC missing."]);
});
