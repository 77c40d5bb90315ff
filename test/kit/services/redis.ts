import { discard, temporaryFolder } from "../canary/watch.ts";
import { binaryOf } from "./binary.ts";
import { freePort, ServerProcess } from "./server.ts";

/** A real Redis in a folder of its own, with a password if one is given. */
export class RedisServer {
  readonly #folder = temporaryFolder("redis");
  readonly #port: number;
  readonly #password: string | undefined;
  #process: ServerProcess | undefined;

  private constructor(port: number, password: string | undefined) {
    this.#port = port;
    this.#password = password;
  }

  static async start(password?: string): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), password);
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get process(): ServerProcess {
    if (!this.#process) throw new Error("it was not started");
    return this.#process;
  }

  /** On the same port, with nothing of what it had. */
  async startAgain(): Promise<void> {
    const secured = this.#password === undefined ? [] : ["--requirepass", this.#password];
    const args = ["--port", String(this.#port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...secured];
    this.#process = new ServerProcess(binaryOf("redis-server"), args, this.#folder);
    await this.#process.said("Ready to accept connections");
  }

  async end(): Promise<void> {
    await this.#process?.end();
    discard(this.#folder);
  }
}
