import type { z } from "zod";
import { TransientError } from "../../domain/errors.ts";
import type { Wire, WireAnswer, WireCall } from "../wire.ts";
import { judged, retryAfterMsOf } from "./classify.ts";
import { verdictOn } from "./codes.ts";
import { read, readTime } from "./requests.ts";
import { ENVELOPE } from "./shapes.ts";
import type { VenueClock } from "./venue-clock.ts";

/** What came of a read: data of the right shape, the venue's refusal by code, or nothing that could be read. */
export type Reply<Data> =
  | { readonly kind: "data"; readonly data: Data }
  | { readonly kind: "refused"; readonly code: string; readonly reason: string }
  | { readonly kind: "none"; readonly reason: string };

/** Rows of one page at most, for every list of the venue. */
export const PAGE_MAX = 100;
const SMALL = readTime("/api/v1/market/funding-rate", { instId: "BTC-USDT" });

/** Pages of a list that are read at most, where each begins after the last row of the one before. */
interface Pages<Row> {
  readonly pagesMax: number;
  /** The parameter `after` of the page that follows this row. */
  readonly after: (row: Row) => string;
  /** Whether a list that has more pages is read as far as that. */
  readonly isEnough?: boolean;
}

/** Requests of one venue. Each is signed with the venue's time as far as it is known, and each answer tells that time anew. */
export class Reader {
  readonly #name: string;
  readonly #wire: Wire;
  readonly #time: VenueClock;

  constructor(name: string, wire: Wire, time: VenueClock) {
    this.#name = name;
    this.#wire = wire;
    this.#time = time;
  }

  /** Sends one call, once, and learns the venue's time from the answer. */
  async send(call: WireCall): Promise<WireAnswer> {
    return (await this.#timed(call)).answer;
  }

  /** Measures the venue's clock; whether it could. */
  async measure(): Promise<boolean> {
    return (await this.#timed(SMALL)).learned;
  }

  async #timed(call: WireCall): Promise<{ readonly answer: WireAnswer; readonly learned: boolean }> {
    this.#time.aim();
    const askedMs = this.#time.asking();
    const answer = await this.#wire.send(call);
    if (answer.phase === "answered") {
      const verdict = verdictOn(judged(answer)?.code ?? "");
      if (verdict.kind === "rejected" && verdict.cause === "clock") this.#time.distrust();
    }
    return { answer, learned: this.#time.learn(askedMs, answer) };
  }

  async ask<Shape extends z.ZodType>(call: WireCall, shape: Shape): Promise<Reply<z.output<Shape>>> {
    if (call.signed && !this.#time.isKnown) await this.measure();
    const answer = await this.send(call);
    if (answer.phase !== "answered") return { kind: "none", reason: answer.reason };
    const { status } = answer;
    const envelope = ENVELOPE.safeParse(answer.body).data;
    if (status >= 200 && status < 300 && envelope?.code === "0") {
      const parsed = shape.safeParse(envelope.data);
      return parsed.success ? { kind: "data", data: parsed.data } : { kind: "none", reason: "an empty, torn or unexpected answer" };
    }
    const judgement = judged(answer);
    const retryAfterMs = retryAfterMsOf(answer);
    const wait = retryAfterMs === undefined ? "" : `, asked to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
    const words = judgement ? `, code ${judgement.code}${judgement.text === "" ? "" : `: ${judgement.text}`}` : "";
    const reason = `HTTP ${status}${words}${wait}`;
    const plainRefusal = judgement && judgement.code !== "0" && status < 500 && status !== 403 && (status < 300 || status >= 400);
    return plainRefusal ? { kind: "refused", code: judgement.code, reason } : { kind: "none", reason };
  }

  /** The data, or TransientError in one sentence. */
  async read<Shape extends z.ZodType>(what: string, call: WireCall, shape: Shape): Promise<z.output<Shape>> {
    const reply = await this.ask(call, shape);
    if (reply.kind === "data") return reply.data;
    throw new TransientError(`${this.#name} could not be asked for ${what} (${reply.reason})`);
  }

  /** A whole list, newest first, page by page; TransientError when it has more pages than that, unless those are enough. */
  async list<Row>(
    what: string,
    path: string,
    params: Readonly<Record<string, string>>,
    shape: z.ZodType<Row[]>,
    { pagesMax, after, isEnough = false }: Pages<Row>,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    let next: Record<string, string> = {};
    for (let page = 0; page < pagesMax; page += 1) {
      const call = read(path, { ...params, ...next, limit: String(PAGE_MAX) });
      const found = await this.read(what, call, shape);
      rows.push(...found);
      const last = found.at(-1);
      if (found.length < PAGE_MAX || last === undefined) return rows;
      next = { after: after(last) };
    }
    if (isEnough) return rows;
    throw new TransientError(`${this.#name} has more than ${pagesMax * PAGE_MAX} rows of ${what}`);
  }
}
