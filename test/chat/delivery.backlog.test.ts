import { expect, it } from "vitest";
import { Rig } from "./delivery.rig.ts";

it("tells how many alerts wait for each platform and for how long, and nothing once they are out", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe("discord:1", "fills");
  rig.subscribe("discord:2", "fills");
  rig.subscribe("telegram:1", "fills");
  await rig.settle(delivery);
  rig.discord.reachable = false;
  rig.fills("dip", 1, 3);
  await rig.clock.advance(5_000);
  const [discord, telegram] = delivery.backlogs();
  expect([discord?.platform, discord?.waiting, telegram]).toEqual(["discord", 6, { platform: "telegram", waiting: 0, oldestMs: 0 }]);
  expect(discord?.oldestMs).toBeGreaterThan(3_000);
  rig.discord.reachable = true;
  await rig.settle(delivery);
  expect(delivery.backlogs()[0]).toEqual({ platform: "discord", waiting: 0, oldestMs: 0 });
});

it("does not count what quiet hours hold", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe("discord:1", "fills");
  await rig.settle(delivery);
  rig.discord.reachable = false;
  rig.fills("dip", 1, 3);
  await rig.clock.advance(1_000);
  expect(delivery.backlogs()[0]?.waiting).toBe(3);
  rig.quiet("discord:1", "00:00", "23:59");
  expect(delivery.backlogs()[0]).toMatchObject({ waiting: 0, oldestMs: 0 });
});
