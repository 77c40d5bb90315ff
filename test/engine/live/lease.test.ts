import { describe, expect, it } from "vitest";
import type { LiveVenue, OrderRequest } from "../../../src/ports/live-venue.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { by } from "../../kit/engine-rig.ts";
import { expectSound } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig } from "../../kit/live-rig.ts";

/** Binance's receive window. */
const WINDOW_S = 5;

/** A store whose right to the account's stream a test takes away, and whose acquisitions are takeovers once it says so. */
function leasedStore() {
  const lease = { lost: undefined as string | undefined, isTakeover: false };
  const inner = openMemoryStore();
  const store = new Proxy(inner, {
    get(target, name) {
      if (name === "unheld") return (stream: string) => (stream.startsWith("account:main") ? lease.lost : undefined);
      const method: unknown = Reflect.get(target, name);
      if (name === "acquire") return async (stream: string) => ({ ...(await inner.acquire(stream)), isTakeover: lease.isTakeover });
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
  return { store, lease };
}

const sent = ({ requests }: LiveRig) => requests.filter(({ request }) => `${request.method} ${request.path}`.startsWith("POST")).length;

describe("an account whose lease", () => {
  it("is lost sends nothing from that moment on, not even a stop, and goes on when the lease is its own again", async () => {
    const { store, lease } = leasedStore();
    // Its entry fills, and before its stop can leave, the lease may be another one's.
    const bend = (venue: LiveVenue) =>
      new Proxy(venue, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name);
          if (name !== "place") return typeof method === "function" ? method.bind(target) : method;
          return async (request: OrderRequest) => {
            const outcome = await target.place(request);
            if (!request.reduces) lease.lost = "it could not be asked for so long that another process may take it";
            return outcome;
          };
        },
      });
    const rig = await connectedRig({ store, bend });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(1);
    await rig.beat(60);
    expect(sent(rig)).toBe(1);
    lease.lost = undefined;
    expect(await rig.until(() => sent(rig) > 1, 60)).toBe(true);
    await expectSound(rig);
  });

  it("says why it enters nothing", async () => {
    const { store, lease } = leasedStore();
    const rig = await connectedRig({ store });
    lease.lost = "another process has taken it";
    await expect(rig.engine.enterOrder(handOrder(), by("enter"))).rejects.toThrow(/not this process's now: another process has taken it/);
    expect(sent(rig)).toBe(0);
  });

  it("was taken from another process sends nothing before that one's last request is too old for the exchange", async () => {
    const { store, lease } = leasedStore();
    const rig = await connectedRig({ store });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.until(() => sent(rig) === 2, 10);
    const before = sent(rig);
    lease.isTakeover = true;
    await rig.restart();
    const takenMs = rig.clock.monotonicMs();
    const name = rig.bot().spec.name;
    await rig.engine.closePosition(name, by("close"));
    await rig.until(() => sent(rig) > before, 30);
    expect(rig.clock.monotonicMs() - takenMs).toBeGreaterThanOrEqual(WINDOW_S * 1_000);
    expect(await rig.until(() => rig.bot().position.quantity.isZero(), 30)).toBe(true);
    await expectSound(rig);
  });
});
