import type { Update } from "@grammyjs/types";
import { ApiFailure, badRequest } from "./api-failure.ts";
import { type Fault, Faults } from "./faults.ts";
import { FloodControl } from "./flood.ts";
import { type Judge, TypesJudge } from "./judge-types.ts";
import { answerMethods } from "./methods/answer.ts";
import { changeMethods } from "./methods/change.ts";
import { chatMethods } from "./methods/chats.ts";
import { fileMethods } from "./methods/media.ts";
import { menuMethods } from "./methods/menu.ts";
import { richMethods } from "./methods/rich.ts";
import { sendMethods } from "./methods/send.ts";
import { startMethods } from "./methods/start.ts";
import type { Call, MethodTable } from "./methods/table.ts";
import { UpdateQueue } from "./updates.ts";
import { Webhook } from "./webhook.ts";
import type { World } from "./world.ts";

export type Answer = { status: number; body: Record<string, unknown> };
/** One request as it was carried out, for assertions and for the words of a waiter that gave up. */
export type LoggedCall = { method: string; args: Record<string, unknown>; status: number; description: string | undefined; atMs: number };

type AnyHandler = (args: Record<string, unknown>, call: Call) => unknown;
const CALLS_KEPT = 5_000;
/** One for the whole process: it is nothing but the schema, and compiling that takes half a second. */
const TYPES_JUDGE = new TypesJudge();

/** The Bot API without its wire: judges, faults, flood control and the methods. */
export class Service {
  readonly violations: string[] = [];
  readonly calls: LoggedCall[] = [];
  readonly faults = new Faults();
  readonly flood: FloodControl;
  readonly updates: UpdateQueue;
  readonly webhook: Webhook;
  readonly types = TYPES_JUDGE;
  private readonly world: World;
  private readonly judges: Judge[];
  private readonly handlers: Record<string, AnyHandler>;

  constructor(world: World, callbackTimeoutMs: number, otherJudges: Judge[], onUpdate: (update: Update) => void) {
    this.world = world;
    this.judges = [this.types, ...otherJudges];
    this.flood = new FloodControl(world.clock);
    this.updates = new UpdateQueue(1_000_001, (update) => {
      this.object("update", (judge) => judge.update(update));
      onUpdate(update);
    });
    const perform = (method: string, args: Record<string, unknown>) => this.perform(method, args, noCall());
    this.webhook = new Webhook(this.updates, perform, () => world.nowSeconds());
    const table: MethodTable = {
      ...startMethods(world, this.updates, this.webhook),
      ...menuMethods(world),
      ...sendMethods(world),
      ...richMethods(world),
      ...changeMethods(world),
      ...answerMethods(world, callbackTimeoutMs),
      ...fileMethods(world),
      ...chatMethods(world),
    };
    // Each request is judged by the schema of its method first, which is what makes this cast true.
    this.handlers = table as Record<string, AnyHandler>;
  }

  canonicalName(method: string): string | undefined {
    return this.types.canonicalName(method);
  }

  takeFault(method: string, args: Record<string, unknown>): Fault | undefined {
    return this.faults.take(method, args);
  }

  async perform(method: string, args: Record<string, unknown>, call: Call): Promise<Answer> {
    const answer = await this.answerTo(method, args, call);
    this.log(method, args, answer);
    return answer;
  }

  log(method: string, args: Record<string, unknown>, { status, body }: Answer): void {
    const description = typeof body.description === "string" ? body.description : undefined;
    this.calls.push({ method, args, status, description, atMs: this.world.clock.nowMs() });
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
  }

  private async answerTo(method: string, args: Record<string, unknown>, call: Call): Promise<Answer> {
    try {
      const objections = this.object(`request ${method}`, (judge) => judge.request(method, args));
      if (objections.length > 0) throw badRequest(`not a valid ${method}: ${objections.join("; ")}`);
      const handler = this.handlers[method];
      if (!handler) {
        this.violations.push(`${method} exists, but the counterpart does not play it`);
        throw new ApiFailure(404, "Not Found");
      }
      const chat = this.world.chats.get(Number(args.chat_id))?.chat;
      if (chat) this.flood.check(method, chat);
      const result = await handler(args, call);
      this.object(`answer to ${method}`, (judge) => judge.result(method, result));
      return { status: 200, body: { ok: true, result } };
    } catch (error) {
      return failureAnswer(error instanceof ApiFailure ? error : this.broken(method, error));
    }
  }

  private broken(method: string, error: unknown): ApiFailure {
    this.violations.push(
      `the counterpart itself broke in ${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new ApiFailure(500, "Internal Server Error");
  }

  private object(what: string, opinion: (judge: Judge) => string[]): string[] {
    const objections = this.judges.flatMap(opinion);
    this.violations.push(...objections.map((objection) => `${what}: ${objection}`));
    return objections;
  }
}

export function failureAnswer({ code, message, parameters }: Pick<ApiFailure, "code" | "message" | "parameters">): Answer {
  return { status: code, body: { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) } };
}

function noCall(): Call {
  return { files: new Map(), gone: new AbortController().signal };
}
