import type { AddressInfo } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import type { Server } from "./server.ts";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** A server on its socket. */
export interface Listening {
  readonly url: string;
  /** Takes nothing new, and cuts what is not answered after `drainMs`; `cut` is called then, too. */
  stop(drainMs: number, cut?: () => void): Promise<void>;
}

/** Rejects with the error of the socket. */
export async function listening(app: Server, { host, port }: Address, clock: Pick<Clock, "sleep">): Promise<Listening> {
  await app.listen({ host, port });
  const { port: bound } = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    async stop(drainMs, cut) {
      const closed = new AbortController();
      const closing = app.close().then(() => closed.abort());
      void clock.sleep(drainMs, closed.signal).then(() => {
        cut?.();
        app.server.closeAllConnections();
      });
      await closing;
    },
  };
}
