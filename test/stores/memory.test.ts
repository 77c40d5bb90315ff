import { openMemoryStore } from "../../src/stores/memory.ts";
import { contentsContract, storeContract } from "../contracts/store.contract.ts";

const open = async () => {
  const store = openMemoryStore();
  return { store, destroy: () => store.close() };
};

storeContract("the memory store", open);
contentsContract("the memory store", open);
