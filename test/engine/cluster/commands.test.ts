import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { noonRig, streamOf } from "../../kit/cluster-rig.ts";
import { MINUTE_S } from "../../kit/engine-live.ts";
import { by, OWNER, wishFor } from "../../kit/engine-rig.ts";

describe("a desk of a gateway and two engines", () => {
  it("makes, starts and fills a bot that was asked for at the gateway, in one of the engines", async () => {
    const rig = noonRig([100, 102, 102, 102, 102, 102]);
    const gateway = await rig.start("gateway");
    const engines = [await rig.start("engine"), await rig.start("engine")];
    await rig.beat(3);
    const { front } = gateway.rig;
    const made = await rig.during(front.createBot(wishFor({ name: "one" }), by("c1")));
    expect(made.state.status).toBe("created");
    expect(engines.map(({ name }) => name)).toContain(await rig.holderOf(streamOf(OWNER)));
    await rig.during(front.startBot("one", by("s1")));
    expect(front.bot("one")?.state.status).toBe("running");
    await rig.beat(3 * MINUTE_S);
    expect(plain(front.bot("one")!.state.position.quantity)).not.toBe("0");
    const look = await rig.during(Promise.resolve(front.look("one")));
    expect(look.bot.lastDecision?.text).toMatch(/hold|enter/);
    for (const { rig: each } of rig.processes) expect(each.fatal).toEqual([]);
  });
});
