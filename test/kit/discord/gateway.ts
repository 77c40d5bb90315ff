import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { guildPayload, readyPayload } from "./payloads.ts";
import type { World } from "./world.ts";

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sent: { op: 0; t: string; s: number; d: unknown }[];
  seq: number;
  socket: WebSocket | undefined;
}

interface Frame {
  readonly op?: number;
  readonly d?: { token?: string; intents?: number; session_id?: string; seq?: number };
}

const REPLAYABLE_EVENTS = 1_000;

export class Gateway {
  readonly #world: World;
  readonly #url: () => string;
  readonly #heartbeatMs: number;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  ackHeartbeats = true;
  refusesConnections = false;
  /** How sessions began, in order: a test reads from it whether the client resumed or started anew. */
  readonly starts: ("identify" | "resume")[] = [];

  constructor(world: World, url: () => string, heartbeatMs: number) {
    this.#world = world;
    this.#url = url;
    this.#heartbeatMs = heartbeatMs;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refusesConnections) return void socket.destroy();
    const query = new URL(request.url ?? "/", "http://127.0.0.1").searchParams;
    this.#server.handleUpgrade(request, socket, head, (connection) => {
      connection.on("error", () => connection.terminate());
      if (query.get("v") !== "10") return connection.close(4012, "Invalid API version");
      if (query.get("encoding") !== "json") return connection.close(4002, "Only json is served");
      this.#welcome(connection);
    });
  }

  /** Tells every session that asked for such events; those that are cut off get them when they resume. */
  dispatch(event: string, data: unknown, intent = 0): void {
    for (const session of this.#sessions.values()) if (!intent || session.intents & intent) this.#emit(session, event, data);
  }

  get isConnected(): boolean {
    return [...this.#sessions.values()].some((session) => session.socket);
  }

  sockets(): WebSocket[] {
    return [...this.#server.clients];
  }

  reconnect(): void {
    for (const socket of this.sockets()) send(socket, { op: 7, d: null });
  }

  invalidate(resumable: boolean): void {
    // A resumable client sends RESUME over the socket that it has.
    for (const session of this.#sessions.values()) session.socket = undefined;
    if (!resumable) this.#sessions.clear();
    for (const socket of this.sockets()) send(socket, { op: 9, d: resumable });
  }

  stop(): void {
    for (const socket of this.sockets()) socket.terminate();
    this.#server.close();
  }

  #welcome(socket: WebSocket): void {
    let session: Session | undefined;
    socket.on("message", (raw) => {
      const frame = parse(String(raw));
      if (!frame) return socket.close(4002, "Decode error");
      if (frame.op === 1) return this.ackHeartbeats ? send(socket, { op: 11 }) : undefined;
      if (frame.op === 2 || frame.op === 6) {
        if (session?.socket === socket) return socket.close(4005, "Already authenticated");
        if (frame.d?.token !== this.#world.token) return socket.close(4004, "Authentication failed.");
        session = frame.op === 2 ? this.#identify(socket, frame) : this.#resume(socket, frame);
        return;
      }
      if (!session) return socket.close(4003, "Not authenticated");
      if (![3, 4, 8].includes(frame.op ?? -1)) socket.close(4001, "Unknown opcode");
    });
    socket.on("close", (code) => {
      if (session?.socket === socket) session.socket = undefined;
      // A client that says goodbye has no session to come back to.
      if (session && (code === 1000 || code === 1001)) this.#sessions.delete(session.id);
    });
    send(socket, { op: 10, d: { heartbeat_interval: this.#heartbeatMs, _trace: [] } });
  }

  #identify(socket: WebSocket, frame: Frame): Session {
    this.starts.push("identify");
    const session: Session = { id: randomUUID().replaceAll("-", ""), intents: frame.d?.intents ?? 0, sent: [], seq: 0, socket };
    this.#sessions.set(session.id, session);
    this.#emit(session, "READY", readyPayload(this.#world, session.id, this.#url()));
    for (const guild of this.#world.guilds.values()) this.#emit(session, "GUILD_CREATE", guildPayload(guild, this.#world));
    return session;
  }

  #resume(socket: WebSocket, frame: Frame): Session | undefined {
    const session = this.#sessions.get(frame.d?.session_id ?? "");
    const seq = frame.d?.seq ?? 0;
    if (!session || seq < (session.sent[0]?.s ?? 1) - 1) {
      send(socket, { op: 9, d: false });
      return undefined;
    }
    this.starts.push("resume");
    session.socket = socket;
    for (const event of session.sent) if (event.s > seq) send(socket, event);
    this.#emit(session, "RESUMED", { _trace: [] });
    return session;
  }

  #emit(session: Session, t: string, d: unknown): void {
    session.seq += 1;
    const event = { op: 0 as const, t, s: session.seq, d: structuredClone(d) };
    session.sent.push(event);
    if (session.sent.length > REPLAYABLE_EVENTS) session.sent.shift();
    if (session.socket) send(session.socket, event);
  }
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

function parse(raw: string): Frame | undefined {
  try {
    return JSON.parse(raw) as Frame;
  } catch {
    return undefined;
  }
}
