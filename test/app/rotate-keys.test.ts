import { describe, expect, test } from "vitest";
import { rotateKeys } from "../../src/app/rotate-keys.ts";
import { purposeOf } from "../../src/chat/factors/one-time-codes.ts";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { emptyAccount } from "../../src/domain/books.ts";
import { applyDeskEvent, emptyDesk } from "../../src/domain/desk.ts";
import type { AccountEvent } from "../../src/domain/events.ts";
import type { SealedKey } from "../../src/domain/sealed.ts";
import { Secret } from "../../src/domain/secret.ts";
import { marketMs } from "../../src/domain/time.ts";
import { openStream } from "../../src/engine/stream.ts";
import type { AppendBatch, Store } from "../../src/ports/store.ts";
import type { Vault } from "../../src/ports/vault.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { canary } from "../kit/canary/canary.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { testKey, testVault } from "../kit/test-vault.ts";

const clock = new FakeClock();
const FIELDS = { apiKey: new Secret(canary("exchange key")) };
const OLD = { keyEncryptionKey: testKey(1) };
const BOTH = { keyEncryptionKey: testKey(2), keyEncryptionKeyPrevious: testKey(1) };
const NEW = { keyEncryptionKey: testKey(2) };
const RIGHTS = { mayOrder: true, withdraw: false, transfer: false, addressRestricted: true };

const accountOf = (store: Store, name: string) =>
  openStream({
    name: `account:${name}`,
    state: emptyAccount(),
    store,
    clock,
    apply: applyAccountEvent,
    onAppend: () => undefined,
    onTaken: () => undefined,
  });
const deskOf = (store: Store) =>
  openStream({
    name: "desk",
    state: emptyDesk(),
    store,
    clock,
    apply: applyDeskEvent,
    onAppend: () => undefined,
    onTaken: () => undefined,
  });

/** A store of two accounts with keys, one without, and a person with an authenticator. */
async function storeSealedBy(vault: Vault): Promise<Store> {
  const store = openMemoryStore();
  for (const account of ["main", "other"]) {
    const writer = await accountOf(store, account);
    const sealed = await vault.seal(`account:${account}`, FIELDS);
    const opened: AccountEvent = { type: "account-opened", account, owner: "discord:1", mode: "demo", market: "x", balances: new Map() };
    await writer.append([opened, { type: "key-set", sealed, enteredBy: "page", rights: RIGHTS, acknowledged: false }], marketMs(5));
  }
  const paper = await accountOf(store, "paper:discord:1");
  await paper.append(
    [{ type: "account-opened", account: "paper:discord:1", owner: "discord:1", mode: "paper", market: "x", balances: new Map() }],
    marketMs(5),
  );
  const desk = await deskOf(store);
  const sealed = await vault.seal(purposeOf("discord:1"), { seed: new Secret(canary("seed of a second factor", 32)) });
  await desk.append([{ type: "factor-enrolled", user: "discord:1", sealed }], marketMs(5));
  return store;
}

/** Every seal of a store with what it is for. */
async function sealsOf(store: Store): Promise<readonly (readonly [purpose: string, sealed: SealedKey])[]> {
  const accounts = await Promise.all(["main", "other"].map((name) => accountOf(store, name)));
  const desk = await deskOf(store);
  return [
    ...accounts.map(({ state }) => [`account:${state.account}`, state.venue.key!.sealed] as const),
    ...[...desk.state.factors].map(([user, sealed]) => [purposeOf(user), sealed] as const),
  ];
}

describe("a rotation", () => {
  test("leaves a store that the new key opens alone, and is done when it is run again", async () => {
    const store = await storeSealedBy(testVault(OLD));
    expect(await rotateKeys({ store, clock, vault: testVault(BOTH) })).toEqual({ wrapped: 3, kept: 0, problems: [] });
    for (const [purpose, sealed] of await sealsOf(store)) await testVault(NEW).open(purpose, sealed);
    expect(await rotateKeys({ store, clock, vault: testVault(NEW) })).toEqual({ wrapped: 0, kept: 3, problems: [] });
    expect((await accountOf(store, "main")).state.venue.key).toMatchObject({ enteredBy: "page", rights: RIGHTS });
  });

  test("that is cut off after any append loses nothing and goes on", async () => {
    for (let appendsMax = 0; appendsMax < 3; appendsMax++) {
      const store = await storeSealedBy(testVault(OLD));
      let appends = 0;
      const dying = (batch: AppendBatch) => (appends++ < appendsMax ? store.append(batch) : Promise.reject(new Error("the power is gone")));
      await expect(rotateKeys({ store: appendingBy(store, dying), clock, vault: testVault(BOTH) })).rejects.toThrow("the power is gone");
      for (const [purpose, sealed] of await sealsOf(store)) await testVault(BOTH).open(purpose, sealed);
      expect(await rotateKeys({ store, clock, vault: testVault(BOTH) })).toEqual({
        wrapped: 3 - appendsMax,
        kept: appendsMax,
        problems: [],
      });
    }
  });

  test("names what no key opens, and wraps the rest", async () => {
    const store = await storeSealedBy(testVault(OLD));
    const stranger = await testVault({ keyEncryptionKey: testKey(9) }).seal("account:other", FIELDS);
    await (await accountOf(store, "other")).append([{ type: "key-rewrapped", sealed: stranger }], marketMs(6));
    const { wrapped, problems } = await rotateKeys({ store, clock, vault: testVault(BOTH) });
    expect(wrapped).toBe(2);
    expect(problems).toEqual([expect.stringMatching(/^the key of other: .*another key/)]);
  });

  test("needs a key, and says which", async () => {
    const store = await storeSealedBy(testVault(OLD));
    const { problems } = await rotateKeys({ store, clock, vault: testVault(NEW) });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain("set that key again");
  });
});

/** The store with appends of its own. */
function appendingBy(store: Store, append: Store["append"]): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      return name === "append" ? append : target[name].bind(target);
    },
  });
}
