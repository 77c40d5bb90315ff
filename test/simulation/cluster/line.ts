import type { Wire, WireCall } from "../../../src/venues/wire.ts";
import type { DoorRequest } from "../../kit/exchange/door.ts";
import type { WireExchange } from "../../kit/exchange/in-process-wire.ts";
import type { SentOrder } from "../referee/law.ts";
import type { Coverage } from "../world/coverage.ts";
import { ENTRY_BARRED } from "../world/exchange.ts";
import type { Generation } from "../world/generation.ts";
import type { AccountLine, Line } from "../world/line.ts";
import type { HoldersLaw, SignedRequest } from "./holders.ts";

/** What the exchanges answer to a request that is too old. */
const TOO_OLD = /"code":-1021\b|"code":"152405"/;

export interface LineParts {
  readonly generation: Generation;
  readonly holders: HoldersLaw;
  readonly coverage: Coverage;
  /** Told of each order when nothing keeps it from the exchange any more. */
  readonly sent: (order: SentOrder) => void;
  /** Stops the process here, now and then. */
  readonly maybeStop: (account: string, where: string) => void;
  /** Ends the process here, now and then: it may not know what has become of what it sent. */
  readonly maybeEnd: () => void;
  /** Judges; what is broken goes to the referee. */
  readonly judge: (look: () => void) => void;
}

/** Lines of one process to its accounts. */
export class ProcessLine implements Line {
  readonly #parts: LineParts;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  to(account: string, barred: () => string | undefined, idOf: (call: WireCall) => string | undefined): AccountLine {
    return new OwnLine(this.#parts, account, barred, idOf);
  }
}

class OwnLine implements AccountLine {
  readonly #parts: LineParts;
  readonly #account: string;
  readonly #barred: () => string | undefined;
  readonly #idOf: (call: WireCall) => string | undefined;
  readonly #byCall = new WeakMap<WireCall, SignedRequest>();
  readonly #byRequest = new WeakMap<DoorRequest, SignedRequest>();

  constructor(parts: LineParts, account: string, barred: () => string | undefined, idOf: (call: WireCall) => string | undefined) {
    this.#parts = parts;
    this.#account = account;
    this.#barred = barred;
    this.#idOf = idOf;
  }

  async unsigned({ method }: WireCall): Promise<void> {
    if (method !== "GET") await this.#stop("before the signing");
  }

  async signed(call: WireCall, request: DoorRequest): Promise<string | undefined> {
    if (call.method === "GET") return undefined;
    const { generation, holders, coverage, sent, judge } = this.#parts;
    const clientOrderId = call.method === "POST" ? this.#idOf(call) : undefined;
    const signed = holders.signed(generation.number, this.#account, clientOrderId);
    this.#byCall.set(call, signed);
    this.#byRequest.set(request, signed);
    await this.#stop("before the look at the lease");
    const why = this.#barred();
    if (why !== undefined) {
      coverage.mark("antecedent 31: a send is barred, for the account is another process's");
      return why;
    }
    const forbidden = call.barred?.();
    if (forbidden !== undefined) {
      coverage.mark(ENTRY_BARRED);
      return forbidden;
    }
    // From here on nothing is decided any more: what is stopped now leaves late, with the time of then.
    if (clientOrderId !== undefined) sent({ process: generation.number, venue: "exchange", clientOrderId });
    judge(() => holders.leaves(signed));
    await this.#stop("before the first byte");
    return undefined;
  }

  reached({ request, fault, answer }: WireExchange): void {
    const { coverage, holders, judge } = this.#parts;
    const signed = this.#byRequest.get(request);
    if (!signed || !answer || fault?.instead) return;
    if (!TOO_OLD.test(answer.body)) return judge(() => holders.taken(signed));
    coverage.mark("antecedent 31: a request is too old for the exchange");
    signed.isAnswered = true;
  }

  heard(wire: Wire): Wire {
    return {
      send: async (call) => {
        const answer = await wire.send(call);
        const signed = this.#byCall.get(call);
        if (signed && answer.phase !== "lost") signed.isAnswered = true;
        else if (signed) this.#parts.maybeEnd();
        return answer;
      },
      setOffset: (offsetMs) => wire.setOffset(offsetMs),
      close: () => wire.close(),
    };
  }

  async #stop(where: string): Promise<void> {
    this.#parts.maybeStop(this.#account, where);
    await this.#parts.generation.stand();
  }
}
