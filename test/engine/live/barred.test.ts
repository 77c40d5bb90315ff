import { describe, expect, it } from "vitest";
import type { LiveVenue, OrderRequest } from "../../../src/ports/live-venue.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSettled, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig } from "../../kit/live-rig.ts";

/** A venue whose first order waits for its turn while something else happens, as in a queue for the request budget. */
function waiting(isHeld: (request: OrderRequest) => boolean, meanwhile: () => Promise<unknown>): (venue: LiveVenue) => LiveVenue {
  let done = false;
  return (venue) =>
    new Proxy(venue, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (name !== "place") return typeof method === "function" ? method.bind(target) : method;
        return async (request: OrderRequest) => {
          if (!done && isHeld(request)) {
            done = true;
            await meanwhile();
          }
          return target.place(request);
        };
      },
    });
}

const entries = ({ reduces }: OrderRequest) => !reduces;

describe("an entry that waits for its turn at the exchange", () => {
  const DECIDED: readonly (readonly [string, (rig: LiveRig) => Promise<unknown>, RegExp])[] = [
    ["the desk is halted", (rig) => rig.engine.halt("enough", undefined, by("halt")), /^not sent: halted: enough/],
    ["a panic begins", (rig) => rig.engine.panic("fire", by("panic")), /^not sent: panic: fire/],
    ["its bot is stopped", (rig) => rig.engine.stopBot(rig.bot().spec.name, false, by("stop")), /^not sent: the bot no longer runs/],
  ];
  it.each(DECIDED)("is not sent when meanwhile %s", async (_what, decide, reason) => {
    let rig: LiveRig | undefined;
    rig = await connectedRig({ bend: waiting(entries, async () => rig && decide(rig)) });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(10);
    expect(story(rig)).toEqual([]);
    const ends = [...(await rig.events("order-expired")), ...(await rig.events("order-canceled"))];
    expect(ends.map((end) => end.reason)).toEqual([expect.stringMatching(reason)]);
    await expectSettled(rig);
  });

  it("holds back neither a stop nor a sale", async () => {
    let rig: LiveRig | undefined;
    rig = await connectedRig({
      bend: waiting(
        ({ reduces }) => reduces,
        async () => rig?.engine.halt("enough", undefined, by("halt")),
      ),
    });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });
});
