import { hash } from "node:crypto";

/**
 * The hash chain over a stream: each record carries the SHA-256 of the link before it, its stream, its place in it and its own text. So a record that was
 * changed, dropped, inserted or moved no longer follows from the one before it. What it cannot show by itself is that the newest records are gone, or that
 * somebody wrote the whole rest anew: that takes a head that was noted elsewhere.
 */

/** Where a chain begins, and what the first record of a stream follows from. */
const BEGINNING = "";

/** The link stands last in the text of a record, so that what it was made of is found again byte by byte. */
const LINKED = /,"chain":"([\w-]{43})"\}$/;
/** Characters of `,"chain":"..."}`. */
const LINK_CHARS = 55;

/** The newest record of a stream with its link; no link where it was written before there were chains. */
export interface ChainEnd {
  readonly sequence: number;
  readonly link: string | undefined;
}

/** The text of a record with its link in it. `body` is the text of a JSON object. */
export function chained(stream: string, sequence: number, previous: string | undefined, body: string): { body: string; link: string } {
  const link = linkFor(stream, sequence, previous ?? BEGINNING, body);
  return { body: `${body.slice(0, -1)},"chain":"${link}"}`, link };
}

/** The link that a record carries; undefined where it carries none. */
export function linkOf(body: string): string | undefined {
  return LINKED.exec(body.slice(-LINK_CHARS))?.[1];
}

function linkFor(stream: string, sequence: number, previous: string, body: string): string {
  return hash("sha256", `${previous}\n${stream}\n${sequence}\n${body}`, "base64url");
}

/** What is wrong with a chain, and at which record it shows first. */
export interface ChainFault {
  readonly sequence: number;
  readonly problem: "missing" | "unchained" | "broken" | "shorter" | "other-head";
}

/** Follows a stream record by record, in the order of the store, until the first one that does not follow. */
export class ChainCheck {
  readonly #stream: string;
  readonly #noted: ReadonlyMap<number, readonly { readonly link: string }[]>;
  #sequence = 0;
  #link: string | undefined;
  #beganAt: number | undefined;
  #fault: ChainFault | undefined;

  /** `noted`: links that were written down elsewhere, in full or by how they begin. */
  constructor(stream: string, noted: readonly { readonly sequence: number; readonly link: string }[] = []) {
    this.#stream = stream;
    this.#noted = Map.groupBy(noted, ({ sequence }) => sequence);
  }

  get end(): ChainEnd {
    return { sequence: this.#sequence, link: this.#link };
  }

  /** The first record that carries a link; those before were written by an older build. */
  get beganAt(): number | undefined {
    return this.#beganAt;
  }

  get fault(): ChainFault | undefined {
    return this.#fault;
  }

  push({ sequence, body }: { readonly sequence: number; readonly body: string }): void {
    if (this.#fault) return;
    const expected = this.#sequence + 1;
    const problem = sequence === expected ? this.#problemOf(sequence, body) : "missing";
    if (problem !== undefined) {
      this.#fault = { sequence: problem === "missing" ? expected : sequence, problem };
      return;
    }
    this.#sequence = sequence;
  }

  /** The end of the records was reached: a stream that is shorter than what is known of it has lost its newest ones. */
  finish(known: number): void {
    const last = Math.max(known, ...this.#noted.keys());
    if (!this.#fault && this.#sequence < last) this.#fault = { sequence: this.#sequence + 1, problem: "shorter" };
  }

  #problemOf(sequence: number, body: string): ChainFault["problem"] | undefined {
    const link = linkOf(body);
    const noted = this.#noted.get(sequence);
    if (link === undefined) return this.#beganAt === undefined && noted === undefined ? undefined : "unchained";
    const plain = `${body.slice(0, -LINK_CHARS)}}`;
    if (link !== linkFor(this.#stream, sequence, this.#link ?? BEGINNING, plain)) return "broken";
    if (noted?.some((each) => !link.startsWith(each.link))) return "other-head";
    this.#beganAt ??= sequence;
    this.#link = link;
    return undefined;
  }
}
