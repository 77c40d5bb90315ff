import { expect, it } from "vitest";
import { decodeAnswer, encodeAnswer } from "../../../src/engine/cluster/answers.ts";
import { AskServer } from "../../../src/engine/cluster/ask-server.ts";
import { NotHeldHere } from "../../../src/engine/cluster/followed-stream.ts";
import { SILENT } from "../../../src/system/silent-logger.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { MemoryAsks } from "../../kit/memory-cluster/asks.ts";

const STREAM = "account:one";

/** A process that answers for what it holds. `held` may change while an ask is on its way. */
function serverOf(asks: MemoryAsks, clock: FakeClock, name: string, serve: () => Promise<unknown>) {
  const held = new Set<string>([STREAM]);
  const fatal: unknown[] = [];
  // The store goes on calling a stream held while what is under way ends.
  const book = {
    ask: async () => undefined,
    open: async (streams: readonly string[]) => asks.open(name, streams),
    begin: async (id: string) => asks.begin(name, id, () => true),
    answer: async (id: string, body: string) => asks.answer(name, id, body),
    answers: async (ids: readonly string[]) => asks.answers(ids),
    withdraw: async () => false,
  };
  const wakeUps = { tell: () => undefined, onTell: () => () => undefined };
  const streams = () => [...held];
  const server = new AskServer({
    book,
    wakeUps,
    clock,
    logger: SILENT,
    streams,
    serve,
    reached: () => ({}),
    onFatal: (failure) => fatal.push(failure),
  });
  server.start();
  return { server, held, fatal };
}

async function seconds(clock: FakeClock, count: number): Promise<void> {
  for (let half = 0; half < 2 * count; half += 1) {
    await clock.advance(500);
    for (let round = 0; round < 6; round += 1) await clock.breathe();
  }
}

const ask = { id: "a1", stream: STREAM, body: encodeAnswer({ call: "stopBot", args: [] }), wallMs: 1 };
const answerOf = (asks: MemoryAsks) => asks.answers(["a1"]).get("a1");

it("an ask whose account was given back while it was done is left to whoever has it next", async () => {
  const [clock, asks] = [new FakeClock(), new MemoryAsks()];
  const first = serverOf(asks, clock, "first", async () => {
    first.held.clear();
    throw new NotHeldHere("this account is another process's");
  });
  asks.ask(ask);
  await seconds(clock, 2);
  expect(answerOf(asks)).toBeUndefined();
  const second = serverOf(asks, clock, "second", async () => "done by the second");
  await seconds(clock, 2);
  expect(decodeAnswer(answerOf(asks) ?? "")).toMatchObject({ kind: "done", result: "done by the second" });
  expect([...first.fatal, ...second.fatal]).toEqual([]);
  await Promise.all([first.server.stop(), second.server.stop()]);
});

it("an ask that this process has left is done by it when it has the account again, and by nobody twice", async () => {
  const [clock, asks] = [new FakeClock(), new MemoryAsks()];
  let tries = 0;
  const only = serverOf(asks, clock, "only", async () => {
    tries += 1;
    if (tries > 1) return "done at last";
    only.held.clear();
    throw new NotHeldHere("this account is another process's");
  });
  asks.ask(ask);
  await seconds(clock, 2);
  expect(answerOf(asks)).toBeUndefined();
  only.held.add(STREAM);
  await seconds(clock, 3);
  expect(decodeAnswer(answerOf(asks) ?? "")).toMatchObject({ kind: "done", result: "done at last" });
  expect(tries).toBe(2);
  expect(only.fatal).toEqual([]);
  await only.server.stop();
});

it("an ask is not begun for an account that was given back after it was looked for", async () => {
  const [clock, asks] = [new FakeClock(), new MemoryAsks()];
  let served = 0;
  const only = serverOf(asks, clock, "only", async () => {
    served += 1;
    return "done";
  });
  const begin = asks.begin.bind(asks);
  asks.begin = (...args) => {
    only.held.clear();
    return begin(...args);
  };
  asks.ask(ask);
  await seconds(clock, 2);
  expect(served).toBe(0);
  expect(answerOf(asks)).toBeUndefined();
  await only.server.stop();
});
