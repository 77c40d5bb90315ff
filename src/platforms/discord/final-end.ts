import type { SimpleShardingStrategy } from "discord.js";

type EndOptions = Parameters<SimpleShardingStrategy["destroy"]>[0];
type End = (options: EndOptions) => Promise<void>;

const nothing = async (): Promise<void> => undefined;

/**
 * Makes the end of a connection final. As it is (@discordjs/ws 1.2.3), an end that comes while a shard connects or pauses before it
 * reconnects leaves a socket whose error has no listener, which ends the whole process, or a session that nobody owns half a second later.
 * Its fields are reached by name, and what is not as expected is left alone.
 */
export function withFinalEnd(strategy: SimpleShardingStrategy, isOver: () => boolean): SimpleShardingStrategy {
  const connect = strategy.connect.bind(strategy);
  strategy.connect = async () => {
    if (isOver()) throw new Error("the connection was ended before it began");
    await connect();
  };
  strategy.destroy = async (options) => {
    const shards: unknown = Reflect.get(strategy, "shards");
    if (!(shards instanceof Map)) return;
    const ending = [...shards.values()].map((shard: object) => endShard(shard, options));
    shards.clear();
    await Promise.all(ending);
  };
  return strategy;
}

async function endShard(shard: object, options: EndOptions): Promise<void> {
  const destroy: unknown = Reflect.get(shard, "destroy");
  if (!isEnd(destroy)) return;
  // The shard calls these two by itself to reconnect, at once and after a pause.
  Reflect.set(shard, "destroy", nothing);
  Reflect.set(shard, "internalConnect", nothing);
  await destroy.call(shard, options);
  const socket: unknown = Reflect.get(shard, "connection");
  if (typeof socket !== "object" || socket === null || !("terminate" in socket) || typeof socket.terminate !== "function") return;
  Reflect.set(socket, "onerror", () => undefined);
  socket.terminate();
}

function isEnd(value: unknown): value is End {
  return typeof value === "function";
}
