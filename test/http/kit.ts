import { once } from "node:events";
import { connect } from "node:net";
import type { Logger } from "../../src/ports/logger.ts";

export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLogger,
};

/** Whether anybody listens there. */
export async function isReachable({ port, hostname }: URL): Promise<boolean> {
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
