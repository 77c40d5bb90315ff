import type { MessagePort } from "node:worker_threads";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { answerRead, commitGroup } from "./group.ts";
import type { OpenedFile } from "./opening.ts";
import { openFile } from "./opening.ts";
import { readHandlers, writeHandlers } from "./operations.ts";
import type { FromWriter, Handlers, ReadName, Request, ToWriter, WriteName, WriterOptions } from "./protocol.ts";
import { isWrite } from "./protocol.ts";

/**
 * The writer's thread. Everything that queued while it worked is taken at once: the writes share one transaction and are answered
 * after its commit, then one read is answered, then the queue is looked at again. So a write waits for at most the commit that is
 * under way, one read and its own commit, and a read sees every write that was queued before it.
 */
class Writer {
  readonly #port: MessagePort;
  readonly #file: string;
  readonly #opened: OpenedFile;
  readonly #writeHandlers: Handlers<WriteName>;
  readonly #readHandlers: Handlers<ReadName>;
  readonly #statistics = { commits: 0, writes: 0, groupMax: 0 };
  #writes: Request<WriteName>[] = [];
  #reads: Request<ReadName>[] = [];
  #closing = false;

  constructor(port: MessagePort, file: string, opened: OpenedFile) {
    this.#port = port;
    this.#file = file;
    this.#opened = opened;
    this.#writeHandlers = writeHandlers(opened.database);
    this.#readHandlers = { ...readHandlers(opened.database), statistics: () => ({ ...this.#statistics }) };
    port.on("message", (message: ToWriter) => this.#serve(message));
    this.#post({ kind: "opened" });
  }

  #serve(first: ToWriter): void {
    this.#queue(first);
    do {
      for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
        this.#queue(next.message as ToWriter);
      this.#commit();
      this.#answerOneRead();
    } while (this.#reads.length > 0);
    if (this.#closing) this.#close();
  }

  #queue(message: ToWriter): void {
    if (message.name === "close") this.#closing = true;
    else if (isWrite(message)) this.#writes.push(message);
    else this.#reads.push(message);
  }

  #commit(): void {
    const group = this.#writes;
    if (group.length === 0) return;
    this.#writes = [];
    const { answers, committed } = commitGroup(this.#opened.database, this.#file, this.#writeHandlers, group);
    if (committed) {
      this.#statistics.commits += 1;
      this.#statistics.writes += group.length;
      this.#statistics.groupMax = Math.max(this.#statistics.groupMax, group.length);
    }
    this.#post({ kind: "answers", answers });
  }

  #answerOneRead(): void {
    const request = this.#reads.shift();
    if (request) this.#post({ kind: "answers", answers: [answerRead(this.#file, this.#readHandlers, request)] });
  }

  #close(): void {
    this.#opened.database.close();
    this.#opened.lock.release();
    this.#port.close();
  }

  #post(message: FromWriter): void {
    this.#port.postMessage(message);
  }
}

function start(port: MessagePort, options: WriterOptions): void {
  const opened = openFile(options);
  if ("problem" in opened) port.postMessage({ kind: "not-opened", problem: opened } satisfies FromWriter);
  else new Writer(port, options.file, opened);
}

if (parentPort) start(parentPort, workerData as WriterOptions);
