import { expect, it } from "vitest";
import { encodeAnswer } from "../../../src/engine/cluster/answers.ts";
import { AskServer } from "../../../src/engine/cluster/ask-server.ts";
import { Asker } from "../../../src/engine/cluster/asker.ts";
import type { AskBook } from "../../../src/ports/asks.ts";
import { SILENT } from "../../../src/system/silent-logger.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { MemoryAsks } from "../../kit/memory-cluster/asks.ts";

/** Processes that hear each other's words at once, on one book of asks; `looked` says who looked for what. */
function processes() {
  const [clock, asks, listeners] = [new FakeClock(), new MemoryAsks(), new Set<(topic: string) => void>()];
  const looked: string[] = [];
  const wakeUps = {
    tell: (topic: string) => {
      for (const listener of listeners) listener(topic);
    },
    onTell(listener: (topic: string) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const book = (name: string): AskBook => ({
    ask: async (ask) => asks.ask(ask),
    async open(streams) {
      looked.push(`${name} for asks`);
      return asks.open(name, streams);
    },
    begin: async (id) => asks.begin(name, id, () => true),
    answer: async (id, body) => asks.answer(name, id, body),
    async answers(ids) {
      looked.push(`${name} for answers`);
      return asks.answers(ids);
    },
    withdraw: async () => false,
  });
  const serverOf = (name: string, stream: string) => {
    const rest = { logger: SILENT, reached: () => ({}), onFatal: () => undefined };
    const serve = async () => `done by ${name}`;
    const server = new AskServer({ book: book(name), wakeUps, clock, streams: () => [stream], serve, ...rest });
    server.start();
    return server;
  };
  return { clock, asks, looked, serverOf, askerOf: (name: string) => new Asker({ book: book(name), wakeUps, clock }) };
}

const WISH = { id: "one", stream: "account:a", call: "stopBot", args: [], stands: false, of: "the account a" };

it("what is asked and answered costs a look where it is held and where it is awaited, and none elsewhere", async () => {
  const { clock, looked, serverOf, askerOf } = processes();
  const servers = [serverOf("holder", "account:a"), serverOf("other", "account:b")];
  const [asker, waiting] = [askerOf("asker"), askerOf("waiting")];
  await clock.advance(0);
  void waiting.ask({ ...WISH, id: "another", stream: "account:none" }).catch(() => undefined);
  await clock.advance(0);
  looked.length = 0;
  expect((await asker.ask(WISH)).result).toBe("done by holder");
  expect(looked).toEqual(["holder for asks", "asker for answers"]);
  for (const server of servers) await server.stop();
});

it("an answer whose word was lost is found by looking, and at once there is nothing to look for", async () => {
  const { clock, asks, looked, askerOf } = processes();
  const asked = askerOf("asker").ask(WISH);
  await clock.advance(200);
  expect(looked).toEqual([]);
  asks.begin("holder", WISH.id, () => true);
  asks.answer("holder", WISH.id, encodeAnswer({ kind: "done", result: "done in silence", reached: {} }));
  await clock.advance(50);
  expect((await asked).result).toBe("done in silence");
});
