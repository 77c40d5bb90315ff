import { describe, expect, it } from "vitest";
import { appendFor } from "../../src/engine/cluster/followed-desk.ts";
import { openDesk } from "../../src/engine/desk.ts";
import { StreamBook } from "../../src/engine/streams.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const bot = (name: string, account = "paper:1") => ({ name, group: undefined, owner: "discord:1", account });

async function desks() {
  const [clock, store] = [new FakeClock(), openMemoryStore()];
  const open = () => openDesk(store, clock, new StreamBook(store, () => undefined));
  return { store, open, desk: await open() };
}

/** What an engine asks for, with the number that it believes to be the next. */
const asked = (desk: Awaited<ReturnType<typeof openDesk>>, botId: string, name: string, requestId: string, givesNumber = true) =>
  appendFor(desk, [[{ type: "bot-registered", botId, ...bot(name) }], 0, requestId, ...(givesNumber ? [true] : [])]);

describe("the numbers of a desk", () => {
  it("are given one after the other to those who ask at the same moment", async () => {
    const { desk } = await desks();
    const given = await Promise.all(["a", "b", "c"].map((name) => desk.register(bot(name), `r-${name}`)));
    expect(given).toEqual(["b1", "b2", "b3"]);
    expect([...desk.state.bots.values()].map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("are given to an engine that believes in another one, once for a request, also when the desk was opened anew meanwhile", async () => {
    const { store, desk, open } = await desks();
    await desk.register(bot("first"), "r1");
    expect(await asked(desk, "b1", "second", "r2")).toEqual({ sequence: 2, botId: "b2" });
    expect(await asked(desk, "b1", "second", "r2")).toEqual({ sequence: 2, botId: "b2" });
    const anew = await open();
    expect(await asked(anew, "b9", "second", "r2")).toEqual({ sequence: 2, botId: "b2" });
    await expect(asked(anew, "b3", "second", "r3")).rejects.toThrow("The name second is taken. Choose another one.");
    await store.close();
  });

  it("are refused to an engine of the version before when they are taken, so that it asks for the next one", async () => {
    const { desk } = await desks();
    await desk.register(bot("first"), "r1");
    expect(await asked(desk, "b1", "second", "r2", false)).toEqual({ taken: true });
    expect(await asked(desk, "b2", "second", "r2", false)).toEqual({ sequence: 2 });
  });
});
