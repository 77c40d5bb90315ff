import type { z } from "zod";
import { TransientError } from "../../domain/errors.ts";
import type { Wire, WireCall } from "../wire.ts";
import { failureOf, retryAfterMsOf } from "./classify.ts";
import type { VenueClock } from "./venue-clock.ts";

/** What came of a read: data of the right shape, the venue's refusal, or nothing that could be read. */
export type Reply<Data> =
  | { readonly kind: "data"; readonly data: Data }
  | { readonly kind: "refused"; readonly status: number; readonly code: number; readonly reason: string }
  | { readonly kind: "none"; readonly reason: string };

const CLOCK_CODE = -1021;
/** "Unavailable for legal reasons": it needs no code to be clear. */
export const WRONG_PLACE = 451;

/** Reads of one exchange. Each is signed with the venue's time as far as we know it, and an answer counts only when it is whole and of the right shape. */
export class Reader {
  readonly #name: string;
  readonly #wire: Wire;
  readonly #time: VenueClock;

  constructor(name: string, wire: Wire, time: VenueClock) {
    this.#name = name;
    this.#wire = wire;
    this.#time = time;
  }

  async ask<Shape extends z.ZodType>(call: WireCall, shape: Shape): Promise<Reply<z.output<Shape>>> {
    if (call.signed) await this.#time.fresh();
    this.#time.aim();
    const answer = await this.#wire.send(call);
    if (answer.phase !== "answered") return { kind: "none", reason: answer.reason };
    const { status, body } = answer;
    if (status >= 200 && status < 300) {
      const parsed = shape.safeParse(body);
      return parsed.success ? { kind: "data", data: parsed.data } : { kind: "none", reason: "an empty, torn or unexpected answer" };
    }
    const { code, text } = failureOf(answer);
    if (code === CLOCK_CODE) this.#time.distrust();
    const retryAfterMs = retryAfterMsOf(answer);
    const wait = retryAfterMs === undefined ? "" : `, asked to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
    const reason = `HTTP ${status}${code === 0 ? "" : `, code ${code}`}${text === "" ? "" : `: ${text}`}${wait}`;
    return status >= 400 && status < 500 && (code !== 0 || status === WRONG_PLACE)
      ? { kind: "refused", status, code, reason }
      : { kind: "none", reason };
  }

  /** The data, or TransientError in one sentence. */
  async read<Shape extends z.ZodType>(what: string, call: WireCall, shape: Shape): Promise<z.output<Shape>> {
    const reply = await this.ask(call, shape);
    if (reply.kind === "data") return reply.data;
    throw new TransientError(`${this.#name} could not be asked for ${what} (${reply.reason})`);
  }
}
