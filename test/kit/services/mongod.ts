import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import mongoose from "mongoose";
import { discard, temporaryFolder } from "../canary/watch.ts";
import { binaryOf } from "./binary.ts";
import { freePort, ServerProcess } from "./server.ts";

const SET = "storm";
const READY = "Waiting for connections";
/** Lets a test make the server fail on purpose. */
const FAULTS = ["--setParameter", "enableTestCommands=1"];
/** A member that hears nothing from the primary for so long calls an election. */
const ELECTION_MS = 1_000;

export interface MongodOptions {
  /** 0: a single server; otherwise a replica set of so many members. */
  readonly members: 0 | 1 | 3;
  /** A member that belongs to no set yet, as an image of a container leaves it. */
  readonly isRaw?: boolean;
}

/** A real MongoDB in a folder of its own. */
export class Mongod {
  readonly #folder = temporaryFolder("mongod");
  readonly #options: MongodOptions;
  readonly #ports: number[] = [];
  readonly #processes: ServerProcess[] = [];

  private constructor(options: MongodOptions) {
    this.#options = options;
  }

  static async start(options: MongodOptions): Promise<Mongod> {
    const mongod = new Mongod(options);
    try {
      for (let index = 0; index < Math.max(1, options.members); index += 1) {
        mongod.#ports.push(await freePort());
        await mongod.startMember(index, { isSet: options.members > 0 && !options.isRaw });
      }
      if (options.members > 0 && !options.isRaw) await mongod.#initiate();
      return mongod;
    } catch (thrown) {
      await mongod.end();
      throw thrown;
    }
  }

  /** The address of a database in it, for a user without a password. */
  url(database: string, user?: string): string {
    const hosts = this.#ports.map((port) => `127.0.0.1:${port}`).join(",");
    const set = this.#options.members > 0 ? `?replicaSet=${SET}` : "";
    return `mongodb://${user === undefined ? "" : `${user}@`}${hosts}/${database}${set}`;
  }

  /** One member, first the only one. */
  member(index = 0): ServerProcess {
    const found = this.#processes[index];
    if (!found) throw new Error(`there is no member ${index}`);
    return found;
  }

  /** Starts one member, or starts it again on what it had. `secured`: from now on only users with a password may do anything. */
  async startMember(index = 0, { secured = false, isSet = this.#options.members > 0 } = {}): Promise<void> {
    const data = join(this.#folder, `data-${index}`);
    mkdirSync(data, { recursive: true });
    const set = isSet ? ["--replSet", SET] : [];
    const auth = secured ? (isSet ? ["--keyFile", this.#keyFile()] : ["--auth"]) : [];
    const lean = [
      "--wiredTigerCacheSizeGB",
      "0.25",
      "--setParameter",
      "diagnosticDataCollectionEnabled=false",
      "--nounixsocket",
      ...FAULTS,
    ];
    const place = ["--dbpath", data, "--port", String(this.#ports[index]), "--bind_ip", "127.0.0.1"];
    const process = new ServerProcess(binaryOf("mongod"), [...place, ...set, ...auth, ...lean], this.#folder);
    this.#processes[index] = process;
    await process.said(READY);
  }

  /** Runs a command at one member, as itself. */
  async command(command: Record<string, unknown>, { index = 0, database = "admin" } = {}): Promise<Record<string, unknown>> {
    const url = `mongodb://127.0.0.1:${this.#ports[index]}/${database}?directConnection=true`;
    return this.asked(url, async ({ db }) => (await db?.command(command)) ?? {});
  }

  /** Does what a test needs of a database with the driver itself. */
  async asked<T>(url: string, work: (connection: mongoose.Connection) => Promise<T>): Promise<T> {
    const connection = await mongoose.createConnection(url, { serverSelectionTimeoutMS: 5_000 }).asPromise();
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  /** The index of the member that takes writes. */
  async primary(): Promise<number> {
    for (;;) {
      for (const [index, process] of this.#processes.entries()) {
        if (process.running && (await this.command({ hello: 1 }, { index })).isWritablePrimary === true) return index;
      }
    }
  }

  async end(): Promise<void> {
    for (const process of this.#processes) await process.end();
    // Preallocated and compressed: there is nothing to read in it.
    for (const index of this.#processes.keys()) rmSync(join(this.#folder, `data-${index}`, "journal"), { recursive: true, force: true });
    discard(this.#folder);
  }

  async #initiate(): Promise<void> {
    const members = this.#ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
    const settings = { electionTimeoutMillis: ELECTION_MS, heartbeatIntervalMillis: ELECTION_MS / 2 };
    await this.command({ replSetInitiate: { _id: SET, members, settings } });
    await this.primary();
  }

  /** Members of a secured set know each other by a shared key. */
  #keyFile(): string {
    const file = join(this.#folder, "members.key");
    writeFileSync(file, "c3Rvcm1zdG9ybXN0b3Jt", { mode: 0o600 });
    return file;
  }
}
