import { beforeEach, expect, test } from "vitest";
import { ChatDesk, HERE } from "./door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open({ owners: new Set() });
});

test("the right code makes its bearer admin and subscribes the place", async () => {
  const view = await desk.type(`/start ${desk.claim.code.toUpperCase()}`, "telegram:7");
  expect(view.title).toBe("The desk is yours");
  expect(view.lines).toContain("Your account elsewhere is another person for the desk until you link it: `access link`.");
  expect(desk.ledger.state.grants).toEqual([{ user: "telegram:7", role: "admin", scope: "desk" }]);
  const channel = desk.ledger.state.channels.get(HERE.id);
  expect(channel?.kinds).toEqual(["critical", "fills"]);
  expect(channel?.digest).toMatchObject({ at: "08:00", timeZone: "UTC" });
  expect((await desk.type("access list", "telegram:7")).tone).toBe("plain");
});

test("the code counts once, and the audit does not hold it", async () => {
  await desk.type(`access link ${desk.claim.code}`, "telegram:7");
  expect((await desk.type(`access link ${desk.claim.code}`, "telegram:8")).tone).toBe("bad");
  expect(desk.ledger.state.grants).toHaveLength(1);
  expect(JSON.stringify(desk.ledger.events)).not.toContain(desk.claim.code);
});

test("five wrong tries end the code for that person", async () => {
  for (let count = 0; count < 5; count++)
    expect((await desk.type("access link aaaaaaaaaaaa", "telegram:7")).title).toContain("not the code");
  expect((await desk.type(`access link ${desk.claim.code}`, "telegram:7")).title).toContain("no longer works");
  expect(desk.ledger.ofType("access-denied")).toHaveLength(6);
  expect((await desk.type(`access link ${desk.claim.code}`, "telegram:8")).title).toBe("The desk is yours");
});

test("twenty wrong tries end the code for everyone", async () => {
  for (let count = 0; count < 20; count++) await desk.type("access link aaaaaaaaaaaa", `telegram:${100 + (count % 4)}`);
  expect((await desk.type(`access link ${desk.claim.code}`, "telegram:8")).title).toContain("no longer works");
});

test("a part of the code, or more than it, is not the code", async () => {
  expect(desk.claim.attempt("a", desk.claim.code.slice(0, 11))).toBe("wrong");
  expect(desk.claim.attempt("a", `${desk.claim.code}x`)).toBe("wrong");
  expect(desk.claim.attempt("a", "")).toBe("wrong");
});

test("a stranger at an unclaimed desk is told how it is claimed", async () => {
  expect((await desk.type("bot list", "telegram:7")).lines.join(" ")).toContain("access link");
});

test("a desk whose owners the process names has no code", async () => {
  const owned = await ChatDesk.open({ claim: undefined });
  expect((await owned.type("access link aaaaaaaaaaaa", "telegram:7")).title).toContain("has an owner already");
});
