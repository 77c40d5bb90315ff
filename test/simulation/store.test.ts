import { describe, expect, test } from "vitest";
import { storeContract } from "../contracts/store.contract.ts";
import { Dice } from "./world/dice.ts";
import { SimStore } from "./world/store.ts";

storeContract("the simulated disk", async () => {
  const store = new SimStore();
  return { store, destroy: () => store.close() };
});

describe("a crash of the simulated machine", () => {
  test("loses no batch that was durable, and of the others the newest ones, each whole", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const log: string[] = [];
      const store = new SimStore(({ bodies }) => log.push(...bodies));
      await store.acquire("desk");
      await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "b"] });
      store.write({ stream: "desk", epoch: 1, expectedSequence: 2, bodies: ["c", "d"] }, 1);
      store.write({ stream: "desk", epoch: 1, expectedSequence: 4, bodies: ["e"] }, 1);
      const lost = store.crash(1, new Dice(seed));
      const left = (await store.read("desk", 0, 10)).map(({ body }) => body).join("");
      expect(left).toBe(["abcde", "abcd", "ab"][lost]);
      expect(log.join("")).toBe(left);
    }
  });
});
