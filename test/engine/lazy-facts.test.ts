import { expect, it } from "vitest";
import { botFacts } from "../../src/engine/bot-facts.ts";
import { scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, wishFor } from "../kit/engine-rig.ts";

it("a bot of which nobody reads more than its name costs no look at prices, locks or orders", async () => {
  const rig = await openRig({ market: scripted({ "BTC/USDT": [100, 102, 102] }) });
  await rig.engine.createBot(wishFor({ name: "one" }), by("1"));
  const state = rig.books(OWNER);
  const looks: string[] = [];
  const hub = { price: () => void looks.push("price") };
  const risk = { locked: () => void looks.push("locks") };
  const account = { state, services: { hub, risk }, runners: { get: () => void looks.push("runner") } };
  const facts = botFacts(account as never, [...state.bots.keys()][0]!);
  expect([facts?.state.spec.name, looks]).toEqual(["one", []]);
  expect([facts?.price, facts?.price, facts?.locked, facts?.lastDecision]).toEqual([undefined, undefined, undefined, undefined]);
  expect(looks).toEqual(["price", "locks", "runner"]);
});
