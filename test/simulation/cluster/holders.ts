import { accountOf, accountStream } from "../../../src/engine/streams.ts";
import { Broken, type Facts, type Law } from "../referee/law.ts";

/** What exchanges give a request from its signing on: Binance by the desk's own choice, Blofin always. */
const WINDOW_MS: Readonly<Record<string, number>> = { main: 5_000, swap: 60_000 };
/** Requests are remembered for longer than any of them may be taken. */
const REMEMBERED_MS = 180_000;

/** One process's right to one stream. */
export interface Holding {
  readonly process: number;
  readonly epoch: number;
  readonly isTakeover: boolean;
  readonly sinceMs: number;
}

/** A request that changes something, from its signature on. */
export interface SignedRequest {
  readonly process: number;
  readonly account: string;
  readonly epoch: number;
  readonly signedMs: number;
  readonly clientOrderId: string | undefined;
  /** Its process has its answer: nothing of it can come any more. */
  isAnswered: boolean;
}

/**
 * 31: two holders of an account never meet at the exchange. What a later holder has taken there comes only when nothing of an earlier one can be taken
 * any more, and an order is never sent by two processes.
 */
export class HoldersLaw implements Law {
  readonly id = "31";
  readonly #facts: Facts;
  readonly #current = new Map<string, Holding>();
  readonly #epochs = new Map<string, number>();
  readonly #requests = new Map<string, SignedRequest[]>();
  readonly #newest = new Map<string, SignedRequest>();
  readonly #senders = new Map<string, number>();
  /** Grows whenever a stream changes its holder. */
  changes = 0;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** A process was given a stream. */
  took(stream: string, process: number, epoch: number, isTakeover: boolean): void {
    this.changes += 1;
    const before = this.#epochs.get(`${process} ${stream}`);
    const kind = isTakeover ? "is taken over" : before === undefined && epoch > 1 ? "is handed over" : "is taken";
    this.#facts.coverage.mark(`antecedent 31: ${stream === "desk" ? "the desk" : "an account"} ${kind}`);
    this.#epochs.set(`${process} ${stream}`, epoch);
    this.#current.set(stream, { process, epoch, isTakeover, sinceMs: this.#facts.trueMs() });
  }

  gave(stream: string, process: number): void {
    const nowMs = this.#facts.trueMs();
    const sent = this.#requests.get(accountOf(stream) ?? "") ?? [];
    if (sent.some((request) => request.process === process && leftMs(request, nowMs) > 0))
      this.#facts.coverage.mark("antecedent 31: an account is given back while the exchange may still take something");
    if (this.#current.get(stream)?.process === process) this.#current.delete(stream);
    this.changes += 1;
  }

  holderOf(stream: string): Holding | undefined {
    return this.#current.get(stream);
  }

  /** A process has signed something for an account. */
  signed(process: number, account: string, clientOrderId: string | undefined): SignedRequest {
    const epoch = this.#epochs.get(`${process} ${accountStream(account)}`) ?? 0;
    return { process, account, epoch, signedMs: this.#facts.trueMs(), clientOrderId, isAnswered: false };
  }

  /** Nothing keeps it any more: its first byte leaves now, or whenever its process goes on. */
  leaves(request: SignedRequest): void {
    const { clientOrderId, process, account } = request;
    const nowMs = this.#facts.trueMs();
    const known = (this.#requests.get(account) ?? []).filter(({ signedMs }) => nowMs - signedMs <= REMEMBERED_MS);
    this.#requests.set(account, [...known, request]);
    if (clientOrderId === undefined) return;
    const other = this.#senders.get(clientOrderId);
    if (other !== undefined && other !== process)
      throw new Broken(this.id, `${clientOrderId} was sent by process ${other} and by process ${process}`);
    this.#senders.set(clientOrderId, process);
  }

  /** The exchange has taken it, as far as its time goes. */
  taken(request: SignedRequest): void {
    const { account, epoch, process } = request;
    const nowMs = this.#facts.trueMs();
    const newest = this.#newest.get(account);
    if (epoch === 0) throw new Broken(this.id, `process ${process} sent something for ${account}, which it never had`);
    if (newest && newest.epoch > epoch)
      throw new Broken(
        this.id,
        `the exchange took a request of process ${process} for ${account} ${nowMs - newest.signedMs} ms after its next holder, process ${newest.process}, had signed one`,
      );
    for (const older of this.#requests.get(account) ?? []) {
      const ms = older.epoch < epoch ? leftMs(older, nowMs) : 0;
      if (ms > 0)
        throw new Broken(
          this.id,
          `the exchange took a request of process ${process} for ${account}, and may take one of process ${older.process} for another ${ms} ms`,
        );
    }
    if (newest && newest.epoch < epoch) this.#facts.coverage.mark("antecedent 31: another holder sends for an account");
    this.#newest.set(account, request);
  }
}

/** How long the exchange may still take a request of which nobody knows what has become. */
function leftMs({ account, signedMs, isAnswered }: SignedRequest, nowMs: number): number {
  return isAnswered ? 0 : signedMs + (WINDOW_MS[account.replace(/\d+$/, "")] ?? 0) - nowMs;
}
