import { once } from "node:events";
import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { WebSocket } from "ws";

/** What programs do on a thread of their own, so that only the answers cost the desk's. */
export interface ReaderWork {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly paths: readonly string[];
  /** Questions a second, at even distances; undefined: each connection asks again as soon as it has an answer. */
  readonly perSecond: number | undefined;
  /** Connections that ask side by side. */
  readonly askers: number;
  /** Live connections that listen to everything. */
  readonly listeners: number;
}

export interface Readings {
  readonly latenciesMs: readonly number[];
  readonly spanMs: number;
  readonly messages: number;
}

const MS_PER_SECOND = 1_000;

if (parentPort) await work(parentPort, workerData as ReaderWork);

async function work(port: NonNullable<typeof parentPort>, { url, tokens, paths, perSecond, askers, listeners }: ReaderWork): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: Math.max(1, askers) });
  const latenciesMs: number[] = [];
  let [asked, messages, isOver] = [0, 0, false];
  const headersOf = (index: number) => ({ authorization: `Bearer ${tokens[index % tokens.length]}` });
  const ask = async (): Promise<void> => {
    const index = asked++;
    const began = performance.now();
    const request = get(`${url}${paths[index % paths.length]}`, { agent, headers: headersOf(index) });
    const [response] = await once(request, "response");
    for await (const _ of response);
    if (response.statusCode !== 200) throw new Error(`${paths[index % paths.length]} answered ${response.statusCode}`);
    latenciesMs.push(performance.now() - began);
  };
  const sockets = await Promise.all(
    Array.from({ length: listeners }, async (_, index) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/api/live`, { headers: headersOf(index) });
      socket.on("message", () => void messages++);
      await once(socket, "open");
      socket.send(JSON.stringify({ type: "subscribe", topics: ["fills", "bots", "alerts", "equity"] }));
      await once(socket, "message");
      return socket;
    }),
  );
  const began = performance.now();
  port.postMessage("ready");
  const over = once(port, "message").then(() => {
    isOver = true;
  });
  const asking = perSecond === undefined ? Array.from({ length: askers }, () => untilOver(ask, () => isOver)) : [];
  const timer = perSecond === undefined ? undefined : setInterval(() => asking.push(ask()), MS_PER_SECOND / perSecond);
  await over;
  clearInterval(timer);
  const spanMs = performance.now() - began;
  await Promise.all(asking);
  for (const socket of sockets) socket.terminate();
  agent.destroy();
  port.postMessage({ latenciesMs, spanMs, messages } satisfies Readings);
}

async function untilOver(ask: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver()) await ask();
}
