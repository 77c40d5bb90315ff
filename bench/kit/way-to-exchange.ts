import type { ClusterStage } from "../../test/kit/process-cluster/stage.ts";
import { Passage } from "../../test/kit/services/passage.ts";

/** Leads every process of a desk to its exchange through a place where that way can be closed. Those that run already begin anew, by their supervisor. */
export async function wayToExchange({ world, nodes }: ClusterStage): Promise<Passage> {
  const urlFor = world.urlFor.bind(world);
  const { port } = new URL(urlFor("port"));
  const passage = await Passage.open(Number(port));
  // Each life asks the world anew where the exchange is.
  world.urlFor = (address) => urlFor(address).replace(`:${port}/`, `:${passage.port}/`);
  await Promise.all(nodes.map(({ process }) => process.end()));
  return passage;
}
