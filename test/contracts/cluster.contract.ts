import { afterEach, beforeEach, describe } from "vitest";
import type { ProcessRole } from "../../src/ports/cluster.ts";
import { asksContract } from "./cluster/asks.ts";
import { goneContract } from "./cluster/gone.ts";
import { holdsContract } from "./cluster/holds.ts";
import { lossContract } from "./cluster/losses.ts";
import { newsContract } from "./cluster/news.ts";
import type { Joined } from "./cluster/subject.ts";

export interface OpenedPlace {
  join(role?: ProcessRole): Promise<Joined>;
  destroy(): Promise<void>;
}

/** What several processes on one store may rely on: clauses 3 and 5 to 7 of src/ports/store.ts, src/ports/cluster.ts and src/ports/asks.ts. */
export function clusterContract(name: string, open: () => Promise<OpenedPlace>): void {
  describe(`${name} is shared by several processes`, () => {
    let place: OpenedPlace;
    beforeEach(async () => {
      place = await open();
    });
    afterEach(() => place.destroy());

    const subject = () => place;
    describe("that hold its streams", () => holdsContract(subject));
    describe("that read what others write", () => newsContract(subject));
    describe("one of which is gone", () => goneContract(subject));
    describe("whose calls are lost", () => lossContract(subject));
    describe("that ask one another", () => asksContract(subject));
  });
}
