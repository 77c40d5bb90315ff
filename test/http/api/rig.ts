import type { InjectOptions } from "fastify";
import type { Role } from "../../../src/domain/events.ts";
import type { Meters } from "../../../src/http/api/meters.ts";
import { ApiProblem } from "../../../src/http/api/problem.ts";
import { apiServer } from "../../../src/http/api/routes.ts";
import type { Server } from "../../../src/http/api/server.ts";
import { ADMIN, ChatDesk, textOf } from "../../chat/door.ts";
import { seededChance } from "../../kit/fake-clock.ts";

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Nothing is measured. */
export const NO_METERS: Meters = {
  role: "all",
  accountsHeld: () => 0,
  slots: () => 0,
  isMarketRead: () => true,
  deskAgeMs: () => undefined,
  loopDelay: () => undefined,
  backlogs: () => [],
  budgets: async () => [],
  orders: async () => [],
};

/** The API over a chat desk of fakes, without a socket. */
export class ApiRig {
  readonly desk: ChatDesk;
  readonly app: Server;
  isOpen = true;
  meters: Meters = NO_METERS;

  private constructor(desk: ChatDesk, app: Server) {
    this.desk = desk;
    this.app = app;
  }

  static async open(): Promise<ApiRig> {
    return ApiRig.over(await ChatDesk.open());
  }

  /** A new process of the API over the same desk. */
  static async over(desk: ChatDesk): Promise<ApiRig> {
    const { clock, door } = desk;
    let isOpen = () => true;
    let meters = () => NO_METERS;
    const app = await apiServer({
      catalog: door.catalog(),
      clock,
      chance: seededChance(3),
      logger: door.options.logger,
      version: "1",
      meters: () => meters(),
      live: () => {
        throw new Error("no web socket reaches a server without a socket");
      },
      door: () => {
        if (!isOpen()) throw new ApiProblem(503, "The desk is starting or stopping. Try again in a moment.");
        return desk.door;
      },
    });
    const rig = new ApiRig(desk, app);
    isOpen = () => rig.isOpen;
    meters = () => rig.meters;
    return rig;
  }

  /** A token as an admin gets it in chat, with the proofs that its role wants. */
  async token(name: string, role: Role, user = ADMIN, lasts = "30d"): Promise<string> {
    let view = await this.desk.type(`access token name:${name} role:${role} user:${user} lasts:${lasts}`);
    if (view.title.includes("second factor")) {
      await this.desk.approve(view);
      view = await this.desk.press(view, "Continue");
    }
    const [, token] = /`(ss-api-\w+)`/.exec(textOf(view)) ?? [];
    if (token === undefined) throw new Error(`no token in ${textOf(view)}`);
    return token;
  }

  async ask(method: "GET" | "POST", url: string, options: { token?: string; body?: unknown; key?: string } = {}): Promise<Told> {
    const { token, body, key } = options;
    const request: InjectOptions = {
      method,
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    const answer = await this.app.inject(request);
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson(answer.headers["content-type"]) ? answer.json() : {},
      text: answer.body,
    };
  }
}

function isJson(type: unknown): boolean {
  return typeof type === "string" && type.startsWith("application/json");
}
