import type { lookup as systemLookup } from "node:dns";
import { describe, expect, test } from "vitest";
import { addressProblem, kindOf, refusalOf } from "../../src/shenron/address.ts";
import { httpWire } from "../../src/shenron/http.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const KINDS: readonly (readonly [address: string, kind: ReturnType<typeof kindOf>])[] = [
  ["93.184.216.34", "public"],
  ["2606:2800:220:1:248:1893:25c8:1946", "public"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["10.0.0.5", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["fd12:3456::1", "private"],
  ["::ffff:10.0.0.5", "private"],
  ["64:ff9b::a00:5", "private"],
  ["2002:7f00:1::", "private"],
  ["169.254.169.254", "never"],
  ["::ffff:169.254.169.254", "never"],
  ["::ffff:a9fe:a9fe", "never"],
  ["fe80::1", "never"],
  ["fd00:ec2::254", "never"],
  ["0.0.0.0", "never"],
  ["::", "never"],
  ["224.0.0.1", "never"],
  ["255.255.255.255", "never"],
  ["0x7f.1", "never"],
  ["2130706433", "never"],
  ["", "never"],
];

describe("An address", () => {
  test.each(KINDS)("%s is %s", (address, kind) => {
    expect(kindOf(address)).toBe(kind);
  });

  test("of a private network is allowed by its setting only, and that setting allows nothing else", () => {
    expect(refusalOf("10.0.0.5", { isPrivateAllowed: false }, false)).toContain("SHENRON_PRIVATE");
    expect(refusalOf("10.0.0.5", { isPrivateAllowed: true }, false)).toBeUndefined();
    expect(refusalOf("169.254.169.254", { isPrivateAllowed: true }, true)).toBeDefined();
    expect(refusalOf("127.0.0.1", { isPrivateAllowed: true }, false)).toContain("this machine");
    expect(refusalOf("127.0.0.1", { isPrivateAllowed: false }, true)).toBeUndefined();
  });

  test("in the settings is refused at start, with what to do", () => {
    const problem = addressProblem(new URL("https://10.0.0.5"), { isPrivateAllowed: false });
    expect(`${problem?.problem}. ${problem?.remedy}`).toBe(
      "it leads into a private network, and SHENRON_PRIVATE is not yes. Set SHENRON_PRIVATE=yes if that is meant.",
    );
    expect(addressProblem(new URL("https://[::ffff:169.254.169.254]"), { isPrivateAllowed: true })).toBeDefined();
    expect(addressProblem(new URL("https://0x7f.1"), { isPrivateAllowed: false })).toBeUndefined();
    expect(addressProblem(new URL("https://shenron.example"), { isPrivateAllowed: false })).toBeUndefined();
  });
});

/** A resolver that answers as a stranger's name server would: first one thing, then another. */
function resolver(...answers: readonly (readonly string[])[]): { lookup: typeof systemLookup; asked: () => number } {
  let asked = 0;
  const lookup = (_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { lookup: lookup as typeof systemLookup, asked: () => asked };
}

async function refusalThrough(lookup: typeof systemLookup): Promise<string> {
  const wire = httpWire({ url: "https://shenron.example", clock: new FakeClock(), isPrivateAllowed: false, lookup });
  const asked = { method: "GET", path: "/v1/status", headers: {}, body: "", timeoutMs: 1_000 } as const;
  return await wire(asked, new AbortController().signal).then(
    () => "answered",
    (thrown: Error) => thrown.message,
  );
}

describe("A name that leads", () => {
  test.each([
    ["to this machine", ["127.0.0.1"], "its name leads to this machine"],
    ["into a private network", ["10.1.2.3"], "its name leads into a private network"],
    ["to where clouds keep credentials", ["169.254.169.254"], "where no service may be"],
    ["to a good address and a bad one at once", ["93.184.216.34", "192.168.0.1"], "its name leads into a private network"],
    ["nowhere", [], "its name leads nowhere"],
  ])("%s is not connected to", async (_where, found, words) => {
    expect(await refusalThrough(resolver(found).lookup)).toContain(words);
  });

  test("is resolved once for a connection, so that it cannot mean something else a moment later", async () => {
    const { lookup, asked } = resolver(["10.0.0.1"], ["93.184.216.34"]);
    await refusalThrough(lookup);
    expect(asked()).toBe(1);
  });
});
