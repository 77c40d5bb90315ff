import { afterAll, beforeAll, describe } from "vitest";
import { contentsContract, storeContract } from "../contracts/store.contract.ts";
import { MongoPlace } from "../kit/services/mongo-place.ts";
import { Mongod } from "../kit/services/mongod.ts";

describe.each([
  ["a single server", 0],
  ["a replica set", 1],
] as const)("MongoDB as %s", (name, members) => {
  let mongod: Mongod;
  let place: MongoPlace;
  beforeAll(async () => {
    mongod = await Mongod.start({ members });
    place = new MongoPlace(mongod);
  });
  afterAll(async () => {
    await place.destroy();
    await mongod.end();
  });

  const open = async () => {
    await place.empty();
    const store = await place.open();
    const reopen = async () => {
      await place.closeAll();
      return place.open();
    };
    return { store, reopen, destroy: () => place.closeAll() };
  };
  storeContract(`the MongoDB store on ${name}`, open);
  contentsContract(`the MongoDB store on ${name}`, open);
});
