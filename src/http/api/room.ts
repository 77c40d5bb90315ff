import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Room for so many connections. When one more comes, the one on which nothing has been asked for longest makes room: so idle ones, however many, keep nobody
 * out who asks, and cost no more than the room. Where something is asked on all of them, the new one is closed.
 */
export class ConnectionRoom {
  readonly #most: number;
  readonly #open = new Set<Socket>();
  /** Those on which nothing is being answered, the one that waits longest first. */
  readonly #waiting = new Set<Socket>();

  constructor(server: Server, most: number) {
    this.#most = most;
    server.on("connection", (socket: Socket) => this.#came(socket));
    server.on("request", ({ socket }, response) => {
      this.#waiting.delete(socket);
      response.once("close", () => this.#rests(socket));
    });
    server.on("upgrade", (_request, socket: Socket) => void this.#waiting.delete(socket));
  }

  #came(socket: Socket): void {
    this.#open.add(socket);
    this.#waiting.add(socket);
    socket.once("close", () => this.#left(socket));
    if (this.#open.size <= this.#most) return;
    for (const oldest of this.#waiting) {
      this.#left(oldest);
      oldest.destroy();
      return;
    }
  }

  #rests(socket: Socket): void {
    if (this.#open.has(socket)) this.#waiting.add(socket);
  }

  #left(socket: Socket): void {
    this.#open.delete(socket);
    this.#waiting.delete(socket);
  }
}
