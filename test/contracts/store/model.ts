import fc from "fast-check";
import { expect, it } from "vitest";
import type { Store, StoredEvent } from "../../../src/ports/store.ts";
import { AppendRefused } from "../../../src/ports/store.ts";
import type { Subject } from "./subject.ts";

const STREAMS = 3;
const SEQUENTIAL_RUNS = 25;
const SIMULTANEOUS_RUNS = 40;

/** One call: its offsets are relative to the truth, so that both right and wrong appends are common. */
type Step =
  | { call: "acquire"; stream: number }
  | { call: "append"; stream: number; epochOffset: number; sequenceOffset: number; bodies: string[] }
  | { call: "read"; stream: number; after: number; limit: number };

const stream = fc.nat({ max: STREAMS - 1 });
const mostlyZero = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) });
const body = fc.string({ unit: "grapheme", maxLength: 12 });
const write: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ call: fc.constant("acquire" as const), stream }) },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant("append" as const),
      stream,
      epochOffset: mostlyZero,
      sequenceOffset: mostlyZero,
      bodies: fc.array(body, { maxLength: 4 }),
    }),
  },
);
const read: fc.Arbitrary<Step> = fc.record({
  call: fc.constant("read" as const),
  stream,
  after: fc.nat({ max: 12 }),
  limit: fc.nat({ max: 8 }),
});

/** The contract in a few lines: what a stream is, and when an append may happen. */
class Model {
  readonly streams = Array.from({ length: STREAMS }, () => ({ epoch: 0, bodies: [] as string[] }));

  /** The call on the store and the answer that the contract demands; the model moves on as if it had happened. */
  next(step: Step, store: Store, prefix: string): { answer: Promise<unknown>; expected: unknown } {
    const held = this.streams[step.stream]!;
    const name = `${prefix}:${step.stream}`;
    if (step.call === "acquire") {
      held.epoch += 1;
      return { answer: store.acquire(name), expected: { epoch: held.epoch, lastSequence: held.bodies.length } };
    }
    if (step.call === "read") {
      return {
        answer: store.read(name, step.after, step.limit),
        expected: this.rows(step.stream).slice(step.after, step.after + step.limit),
      };
    }
    const epoch = held.epoch + step.epochOffset;
    const expectedSequence = held.bodies.length + step.sequenceOffset;
    const good = held.epoch > 0 && step.epochOffset === 0 && step.sequenceOffset === 0;
    if (good) held.bodies.push(...step.bodies);
    const appended = store.append({ stream: name, epoch, expectedSequence, bodies: step.bodies });
    return { answer: appended.then(() => "appended").catch(refusedOnly), expected: good ? "appended" : "refused" };
  }

  rows(index: number): StoredEvent[] {
    return this.streams[index]!.bodies.map((text, at) => ({ sequence: at + 1, body: text }));
  }
}

function refusedOnly(thrown: unknown): string {
  if (thrown instanceof AppendRefused) return "refused";
  throw thrown;
}

/** Random call sequences against the model above. */
export function modelContract(subject: Subject): void {
  it("answers any sequence of acquire, append and read as the model does", async () => {
    const { store } = subject();
    let run = 0;
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: write }, { weight: 1, arbitrary: read }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        run += 1;
        const model = new Model();
        for (const step of sequence) {
          const { answer, expected } = model.next(step, store, `run ${run}`);
          expect(await answer).toEqual(expected);
        }
      }),
      { numRuns: SEQUENTIAL_RUNS },
    );
  });

  it("answers writes that are made all at once as if they had been made one after the other", async () => {
    const { store } = subject();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 2, maxLength: 40 }), async (sequence) => {
        run += 1;
        const model = new Model();
        const calls = sequence.map((step) => model.next(step, store, `run ${run}`));
        expect(await Promise.all(calls.map(({ answer }) => answer))).toEqual(calls.map(({ expected }) => expected));
        for (let index = 0; index < STREAMS; index += 1) {
          expect(await store.read(`run ${run}:${index}`, 0, 1_000)).toEqual(model.rows(index));
        }
      }),
      { numRuns: SIMULTANEOUS_RUNS },
    );
  });
}
