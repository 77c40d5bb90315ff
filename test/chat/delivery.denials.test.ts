import { describe, expect, it } from "vitest";
import type { AccountEvent } from "../../src/domain/events.ts";
import { HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { fillOf, Rig } from "./delivery.rig.ts";

const PLACE = "discord:c1";
const STREAM = "account:a";

function denied(botId: string, code: string): AccountEvent {
  const wish = { slotMs: marketMs(0), wish: "enter" as const, reason: "close > 0", because: `${code} it is`, values: {} };
  return { type: "wish-denied", botId, code, ...wish };
}

/** A desk whose one channel is told what bots do, and why each was denied, as it was told. */
class DeniedRig extends Rig {
  delivery = this.start();

  constructor() {
    super();
    this.subscribe(PLACE, "bots");
  }

  /** One event a minute of the market. */
  async happen(...events: AccountEvent[]): Promise<void> {
    for (const event of events) {
      this.streams.append(STREAM, event);
      this.streams.marketMs += MINUTE_MS;
    }
    await this.settle(this.delivery);
  }

  async restart(): Promise<void> {
    const stopped = this.delivery.stop(0);
    await this.clock.advance(10_000);
    await stopped;
    this.delivery = this.start();
  }

  told(): string[] {
    return this.discord.messages.flatMap(({ views }) => {
      const { title = "", fields = [] } = views.at(-1) ?? {};
      const because = fields.find(({ name }) => name === "Denied because")?.value;
      return because === undefined ? [] : [`${title.split(" ")[0]}: ${because}`];
    });
  }
}

describe("A bot that is denied at every candle", () => {
  it("is told of once, and again with another code", async () => {
    const rig = new DeniedRig();
    await rig.happen(...Array.from({ length: 20 }, () => denied("a", "breaker")), denied("b", "breaker"), denied("a", "breaker"));
    expect(rig.told()).toEqual(["a: breaker it is", "b: breaker it is"]);
    await rig.happen(denied("a", "halted"), denied("a", "halted"), denied("a", "breaker"));
    expect(rig.told().slice(2)).toEqual(["a: halted it is", "a: breaker it is"]);
  });

  it("is told of again in the next hour of the market, and no more often", async () => {
    const rig = new DeniedRig();
    for (let hour = 0; hour < 3; hour++) {
      const nextMs = rig.streams.marketMs + HOUR_MS;
      await rig.happen(denied("a", "breaker"), denied("a", "breaker"), denied("a", "breaker"));
      rig.streams.marketMs = nextMs;
    }
    expect(rig.told()).toHaveLength(3);
  });

  it("is told of again after an entry went through or somebody started it, and not after a sale", async () => {
    const rig = new DeniedRig();
    await rig.happen(denied("a", "cash"), fillOf("a", 1, "exit"), denied("a", "cash"));
    expect(rig.told()).toHaveLength(1);
    await rig.happen(fillOf("a", 2, "entry"), denied("a", "cash"));
    expect(rig.told()).toHaveLength(2);
    await rig.happen({ type: "bot-started", botId: "a" }, denied("a", "cash"));
    expect(rig.told()).toHaveLength(3);
  });

  it("is not told of again by the next process, whatever else the stream holds", async () => {
    const rig = new DeniedRig();
    await rig.happen(denied("a", "breaker"));
    rig.streams.append(STREAM, ...Array.from({ length: 500 }, (_, index) => fillOf("b", index + 1)));
    await rig.happen(denied("c", "breaker"));
    await rig.restart();
    await rig.happen(denied("a", "breaker"), denied("c", "breaker"), denied("c", "cash"));
    expect(rig.told()).toEqual(["a: breaker it is", "c: breaker it is", "c: cash it is"]);
    rig.streams.marketMs += HOUR_MS;
    await rig.restart();
    await rig.happen(denied("a", "breaker"), denied("a", "breaker"));
    expect(rig.told().slice(3)).toEqual(["a: breaker it is"]);
  });
});
