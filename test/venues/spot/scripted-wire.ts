import type { Wire, WireAnswer, WireCall } from "../../../src/venues/wire.ts";

/** An answer of the exchange: status and body, with headers where they matter. */
export function answered(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { phase: "answered", status, headers: new Map(Object.entries(headers)), body };
}

/** A refusal as the exchange words it. */
export function refused(code: number, msg: string, status = 400): WireAnswer {
  return answered(status, { code, msg });
}

/** A wire that answers what a test told it to, by method and path, and remembers what it was asked. A call that nothing was told for is lost. */
export class ScriptedWire implements Wire {
  readonly calls: WireCall[] = [];
  readonly offsets: number[] = [];
  readonly #answers = new Map<string, ((params: Readonly<Record<string, unknown>>) => WireAnswer)[]>();

  /** The next answers to a call; the last one stays. */
  tell(call: string, ...answers: (WireAnswer | ((params: Readonly<Record<string, unknown>>) => WireAnswer))[]): void {
    this.#answers.set(
      call,
      answers.map((answer) => (typeof answer === "function" ? answer : () => answer)),
    );
  }

  asked(call: string): Readonly<Record<string, unknown>>[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === call).map(({ params }) => ({ ...params }));
  }

  async send(call: WireCall): Promise<WireAnswer> {
    this.calls.push(call);
    const answers = this.#answers.get(`${call.method} ${call.path}`) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer ? answer({ ...call.params }) : { phase: "lost", reason: "nothing came back" };
  }

  setOffset(offsetMs: number): void {
    this.offsets.push(offsetMs);
  }

  async close(): Promise<void> {}
}
