import { expect, test } from "vitest";
import { wallMs } from "../../src/domain/time.ts";
import type { Place } from "../../src/ports/platform.ts";
import { ADMIN, ChatDesk } from "../chat/door.ts";

const PROGRAM = "api:metrics";
const AT: Place = { platform: "api", id: PROGRAM, direct: true };

/** Each command that a viewer may send and that changes something, as a program would send it. A new one of that kind needs a line here. */
const LINES: Readonly<Record<string, string>> = {
  "access approve": "access approve abcdefgh",
  "access deny": "access deny abcdefgh",
  "access link": "access link abcdefghijkl",
  "access lock": "access lock",
  "access totp": "access totp",
  "alert add": 'alert add symbol:btc timeframe:5m rule:"close > 1"',
  "alert remove": "alert remove a1",
};

test("The token of a viewer runs nothing but what only reads: its loss costs its person nothing", async () => {
  const desk = await ChatDesk.open();
  await desk.type('alert add symbol:btc timeframe:5m rule:"close > 1"');
  const token = { name: "metrics", user: ADMIN, role: "viewer", hash: "h", expiresMs: wallMs(9e15), by: ADMIN } as const;
  await desk.ledger.append([{ type: "token-made", ...token }]);
  const changing = [...desk.door.options.commands].filter(([, { readOnly }]) => !readOnly);
  const open = changing.filter(([, { role }]) => role === "viewer" || role === "anyone").map(([path]) => path);
  expect(open.sort()).toEqual(Object.keys(LINES).sort());
  const before = desk.ledger.events.length;
  for (const [path] of changing) {
    const view = await desk.type(LINES[path] ?? path, PROGRAM, AT);
    expect([path, view.tone, view.buttons, view.form]).toEqual([path, "bad", [], undefined]);
  }
  const after = desk.ledger.events.slice(before).map(({ type }) => type);
  expect(new Set(after)).toEqual(new Set(["access-denied"]));
  expect(desk.ledger.state.locked).toEqual([]);
});
