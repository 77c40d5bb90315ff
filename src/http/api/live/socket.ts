import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyRequest } from "fastify";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { ApiProblem } from "../problem.ts";
import { type Server, wantsWebSocket } from "../server.ts";
import { MESSAGE_BYTES_MAX } from "./limits.ts";
import type { Wire, WireListener } from "./wire.ts";

const VERSION = "13";
const OPEN = 1;

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly response: ServerResponse;
}

/**
 * Web sockets through the same routes as everything else: who asks is found out, counted and refused by them, and only the route that wants one opens it.
 * A refusal is an ordinary HTTP answer.
 */
export class WebSockets {
  readonly #upgrades = new WeakMap<IncomingMessage, Upgrade>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
  });

  constructor(app: Server) {
    app.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => socket.destroy());
      // Its body would never come.
      if (!wantsWebSocket(request)) return void socket.destroy();
      const response = new ServerResponse(request);
      response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
      response.shouldKeepAlive = false;
      response.on("finish", () => socket.end(() => socket.destroy()));
      this.#upgrades.set(request, { socket, head, response });
      app.routing(request, response);
    });
  }

  /** Throws a 426 for a request that is none for a web socket. */
  check({ raw }: FastifyRequest): void {
    if (!this.#upgrades.has(raw) || raw.headers["sec-websocket-version"] !== VERSION)
      throw new ApiProblem(426, "Connect with a web socket, version 13.", { upgrade: "websocket", "sec-websocket-version": VERSION });
  }

  /** Makes it one, and hands it over once it is open. */
  open({ raw }: FastifyRequest, opened: (wire: Wire) => void): void {
    const upgrade = this.#upgrades.get(raw);
    if (upgrade === undefined) throw new Error("no upgrade was asked for");
    const { socket, head, response } = upgrade;
    response.detachSocket(socket as Parameters<ServerResponse["detachSocket"]>[0]);
    this.#server.handleUpgrade(raw, socket, head, (webSocket) => opened(wireOf(webSocket)));
  }
}

function wireOf(socket: WebSocket): Wire {
  let listener: WireListener | undefined;
  socket.on("error", () => socket.terminate());
  socket.on("message", (data: RawData, isBinary: boolean) => listener?.message(isBinary ? undefined : data.toString()));
  socket.on("ping", () => listener?.sign(true));
  socket.on("pong", () => listener?.sign(false));
  socket.on("close", () => listener?.closed());
  return {
    get unsentBytes() {
      return socket.bufferedAmount;
    },
    send(text) {
      if (socket.readyState === OPEN) socket.send(text);
    },
    ping() {
      if (socket.readyState === OPEN) socket.ping();
    },
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
    listen(next) {
      listener = next;
    },
  };
}
