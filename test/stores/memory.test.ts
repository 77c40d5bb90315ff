import { openMemoryStore } from "../../src/stores/memory.ts";
import { storeContract } from "../contracts/store.contract.ts";

storeContract("the memory store", async () => {
  const store = openMemoryStore();
  return { store, destroy: () => store.close() };
});
