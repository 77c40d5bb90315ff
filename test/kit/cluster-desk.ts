import { type ClusterRig, noonRig } from "./cluster-rig.ts";
import { by, OWNER, wishFor } from "./engine-rig.ts";

const RISING = [100, ...Array<number>(20).fill(102)];

/** A gateway and engines at noon; `front` is the desk as people see it. */
export async function desk(engines = 2, closes = RISING) {
  const rig = noonRig(closes);
  const gateway = await rig.start("gateway");
  for (let count = 0; count < engines; count += 1) await rig.start("engine");
  await rig.beat(3);
  return { rig, gateway, front: gateway.rig.front };
}

/** Makes and starts a bot. */
export async function running(rig: ClusterRig, name: string, owner = OWNER): Promise<void> {
  const { front } = rig.processes[0]!.rig;
  await rig.during(front.createBot(wishFor({ name }), by(`create ${name}`, owner)));
  await rig.during(front.startBot(name, by(`start ${name}`, owner)));
}

/** What processes that live called fatal. */
export function fatalOf(rig: ClusterRig): unknown[] {
  return rig.processes.filter(({ isDead }) => !isDead).flatMap((each) => each.rig.fatal);
}
