import { describe, expect, it } from "vitest";
import { by } from "../../kit/engine-rig.ts";
import type { DoorAnswer } from "../../kit/exchange/door.ts";
import type { Fault } from "../../kit/exchange/faults.ts";
import { expectSettled, openOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

/** What an answer may look like although the order was accepted, or may have been. */
const SPOILT: Readonly<Record<string, Omit<Fault, "id">>> = {
  "is lost": { answer: "lost" },
  "breaks off": { answer: "reset" },
  "is empty": { answer: "empty" },
  "is torn": { answer: "torn" },
  "is a page of HTML": { answer: "html" },
  "never ends": { answer: "stall" },
  "has another shape": { answer: "wrong-shape" },
  "is a 503 without a code": { answer: said(503, undefined) },
  "is -1006": { answer: said(500, -1006) },
  "is -1007": { answer: said(504, -1007) },
  "is -1008": { answer: said(503, -1008) },
  "is -1006 with HTTP 400": { answer: said(400, -1006) },
  "is a redirect": { answer: said(302, undefined) },
};

const ORDER = "POST /api/v3/order";
const CANCEL = "DELETE /api/v3/order";

function said(status: number, code: number | undefined): DoorAnswer {
  return { status, headers: {}, body: code === undefined ? "<html></html>" : JSON.stringify({ code, msg: "Unexpected." }) };
}

async function entered(rig: LiveRig, seconds = 60): Promise<void> {
  const entering = rig.engine.enterOrder(handOrder(), by("enter"));
  await rig.beat(1);
  await entering;
  await rig.beat(seconds);
}

describe("an entry whose answer is lost", () => {
  for (const [what, fault] of Object.entries(SPOILT)) {
    it(`is found and protected, and never sent again, when the answer ${what} (F01, F02, F04)`, async () => {
      const rig = await connectedRig();
      rig.faults.next(ORDER, fault);
      await entered(rig);
      expect(rig.faults.left).toBe(0);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
      await expectSettled(rig);
      expect(await rig.events("position-naked")).toEqual([]);
    });
  }

  it("is protected within seconds once the exchange can be reached again, however long that took (F08)", async () => {
    for (let seconds = 2; seconds < 40; seconds += 1) {
      const rig = await connectedRig();
      rig.faults.next(ORDER, { answer: said(503, -1006) });
      const entering = rig.engine.enterOrder(handOrder(), by("enter"));
      while (story(rig).length === 0) await rig.clock.breathe();
      rig.down = true;
      await rig.beat(seconds);
      await entering;
      rig.down = false;
      const backMs = rig.clock.wall();
      await rig.beat(8);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
      expect(rig.venue.orders[1]!.acceptedMs - backMs, `after ${seconds} s`).toBeLessThan(5_000);
    }
  });

  it("is found when its request arrives only after our time-out (F01, F08)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, { delayMs: 14_000 });
    await entered(rig, 90);
    // The exchange refuses it by then, for its window of 5 s is over: it is proven absent, and never sent again.
    expect(story(rig)).toEqual([]);
    await expectSettled(rig);
    expect((await rig.events("order-expired")).map(({ absent }) => absent)).toEqual([true]);
  });

  it("is proven absent when its request was lost, and the bot may enter again (F07, F17)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, { lost: "on-the-way" });
    await entered(rig, 90);
    expect(story(rig)).toEqual([]);
    await expectSettled(rig);
    await rig.engine.enterOrder(handOrder(), by("enter again"));
    await rig.beat(3);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("was never sent when no connection could be opened: nothing is unknown", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, { lost: "before-bytes" });
    await entered(rig, 5);
    expect(story(rig)).toEqual([]);
    expect(await rig.events("order-unknown")).toEqual([]);
    expect([...rig.books().orders]).toEqual([]);
  });
});

describe("a stop whose answer is lost", () => {
  for (const [what, fault] of Object.entries(SPOILT)) {
    it(`is found, and no second one is placed, when the answer ${what} (F01, F26)`, async () => {
      const rig = await connectedRig();
      rig.faults.next(ORDER, {});
      rig.faults.next(ORDER, fault);
      await entered(rig);
      expect(rig.faults.left).toBe(0);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
      await expectSettled(rig);
      expect(rig.bot().naked).toBeUndefined();
    });
  }

  it("is placed anew once it is proven that the lost one never arrived, with an alarm meanwhile (F19, F25)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { lost: "on-the-way" });
    await entered(rig, 90);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toHaveLength(1);
    expect(await rig.events("position-protected")).toHaveLength(1);
  });
});

describe("a close whose answers are lost", () => {
  for (const [what, fault] of Object.entries(SPOILT)) {
    it(`ends flat with one sale when the cancel's answer ${what} (F12, F19)`, async () => {
      const rig = await protectedRig();
      rig.faults.next(CANCEL, fault);
      await rig.engine.closePosition("hand-btc", by("close"));
      await rig.beat(60);
      expect(rig.faults.left).toBe(0);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
      await expectSettled(rig);
    });

    it(`ends flat with one sale when the sale's answer ${what} (F01, F26)`, async () => {
      const rig = await protectedRig();
      rig.faults.next(ORDER, fault);
      await rig.engine.closePosition("hand-btc", by("close"));
      await rig.beat(60);
      expect(rig.faults.left).toBe(0);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
      await expectSettled(rig);
    });
  }

  it("is canceled again when the cancel never arrived (F19)", async () => {
    const rig = await protectedRig();
    rig.faults.next(CANCEL, { lost: "on-the-way" }, 2);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
  });

  it("is sold again when the sale never arrived, but only after the proof (F01)", async () => {
    const rig = await protectedRig();
    rig.faults.next(ORDER, { lost: "on-the-way" });
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(20);
    expect(openOrders(rig)).toEqual([]);
    await rig.beat(70);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toHaveLength(1);
  });
});
