import { afterEach, expect, test } from "vitest";
import { changesBetween, processState } from "./process-state.ts";

const NAME = "LEFT_BEHIND";
const now = Date.now;
const handler = () => {};
afterEach(() => {
  delete process.env[NAME];
  Date.now = now;
  process.off("SIGUSR2", handler);
  Reflect.deleteProperty(globalThis, NAME);
});

test("nothing that was done leaves no change", () => {
  expect(changesBetween(processState(), processState())).toEqual([]);
});

test.each([
  ["the setting LEFT_BEHIND", () => Reflect.set(process.env, NAME, "1")],
  ["now", () => Reflect.set(Date, "now", () => 0)],
  ["the number of handlers of SIGUSR2", () => process.on("SIGUSR2", handler)],
  ["the global LEFT_BEHIND", () => Reflect.set(globalThis, NAME, 1)],
])("what is left changed is named, and nothing else: %s", (name, leave) => {
  const before = processState();
  leave();
  expect(changesBetween(before, processState())).toEqual([name]);
});
