import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { by } from "../../kit/engine-rig.ts";
import type { Fault } from "../../kit/exchange/faults.ts";
import { expectSettled, openOrders, ourOrders } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const STREAM = "account:main";
const ORDER = "POST /api/v3/order";
const SECONDS = 75;
const APPENDS_MAX = 40;

interface Scenario {
  readonly name: string;
  readonly rig: () => Promise<LiveRig>;
  /** What happens from the moment on at which appends are counted. */
  readonly act: (rig: LiveRig) => Promise<unknown>;
  readonly flat: boolean;
}

function spoil(rig: LiveRig, route: string, fault: Omit<Fault, "id">): void {
  rig.faults.next(route, fault);
}

/** A request whose process dies is never answered: it is not waited for. */
function ask(work: Promise<unknown>): Promise<void> {
  void work.catch((failure: unknown) => {
    if (!(failure instanceof UserError)) throw failure;
  });
  return Promise.resolve();
}

const SCENARIOS: readonly Scenario[] = [
  { name: "entering", rig: connectedRig, act: (rig) => ask(rig.engine.enterOrder(handOrder(), by("enter"))), flat: false },
  {
    name: "entering with the answer lost",
    rig: connectedRig,
    act: (rig) => {
      spoil(rig, ORDER, { answer: "reset" });
      return ask(rig.engine.enterOrder(handOrder(), by("enter")));
    },
    flat: false,
  },
  {
    name: "entering with the stop's answer lost",
    rig: connectedRig,
    act: (rig) => {
      spoil(rig, ORDER, {});
      spoil(rig, ORDER, { answer: "reset" });
      return ask(rig.engine.enterOrder(handOrder({ takePct: 4 }), by("enter")));
    },
    flat: false,
  },
  {
    name: "closing by hand",
    rig: protectedRig,
    act: (rig) => ask(rig.engine.closePosition("hand-btc", by("close"))),
    flat: true,
  },
  {
    name: "closing with the sale's answer lost",
    rig: protectedRig,
    act: (rig) => {
      spoil(rig, ORDER, { answer: "reset" });
      return ask(rig.engine.closePosition("hand-btc", by("close")));
    },
    flat: true,
  },
  {
    name: "being stopped out",
    rig: protectedRig,
    act: async (rig) => rig.price("BTCUSDT", 48_995),
    flat: true,
  },
  {
    name: "falling through the stop",
    rig: protectedRig,
    act: async (rig) => rig.price("BTCUSDT", 45_000),
    flat: true,
  },
  {
    name: "panicking",
    rig: protectedRig,
    act: (rig) => ask(rig.engine.panic("a test", by("panic"))),
    flat: true,
  },
];

describe("a process that is killed", () => {
  for (const { name, rig: open, act, flat } of SCENARIOS)
    for (const when of ["before", "after"] as const)
      it(`while ${name}, ${when} any append is durable, sends nothing twice and ends as it should (F05, F06, F10)`, async () => {
        let deaths = 0;
        for (let count = 1; count <= APPENDS_MAX; count += 1) {
          const rig = await open();
          rig.process.dieAt({ stream: STREAM, count, when });
          await act(rig);
          const died = await rig.until(() => !rig.process.alive, SECONDS);
          if (!died) break;
          deaths += 1;
          await rig.beat(2);
          await rig.restart();
          await rig.beat(SECONDS);
          await expectSettled(rig).catch((failure: unknown) => {
            throw new Error(`killed ${when} append ${count}: ${String(failure)}`, { cause: failure });
          });
          if (flat && (await rig.events("exit-wanted")).length > 0) expect(openOrders(rig)).toEqual([]);
          expect(ourOrders(rig).filter(({ draft }) => draft.side === "BUY").length).toBeLessThanOrEqual(1);
        }
        expect(deaths).toBeGreaterThan(1);
        expect(deaths).toBeLessThan(APPENDS_MAX);
      });
});
