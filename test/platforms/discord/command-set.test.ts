import { describe, expect, test } from "vitest";
import { choicesLike, commandSet, isRegistered } from "../../../src/platforms/discord/command-set.ts";
import { plainNumber } from "../../../src/platforms/discord/slash-args.ts";
import type { ArgInfo, CommandInfo } from "../../../src/ports/platform.ts";

function argument(name: string, more: Partial<ArgInfo> = {}): ArgInfo {
  return { name, summary: name, kind: "text", required: false, choices: [], completes: false, ...more };
}

function command(path: string, args: readonly ArgInfo[] = []): CommandInfo {
  return { path, summary: path, args };
}

describe("The command set", () => {
  test("has one command per noun with its verbs below, and lone words beside", () => {
    const set = commandSet([command("bot create"), command("bot list"), command("help")]);
    expect(set.map(({ name }) => name)).toEqual(["bot", "help"]);
    expect(set[0]?.options.map(({ type, name }) => ({ type, name }))).toEqual([
      { type: 1, name: "create" },
      { type: 1, name: "list" },
    ]);
    expect(set[1]?.options).toEqual([]);
  });

  test("requires nothing, so that the door can ask", () => {
    const set = commandSet([command("help", [argument("topic", { required: true })])]);
    expect(JSON.stringify(set)).not.toContain("required");
  });

  test("offers up to 25 choices as a list and more by suggestion", () => {
    const choices = (count: number) => Array.from({ length: count }, (_, index) => `choice-${index}`);
    const options = commandSet([
      command("help", [
        argument("few", { kind: "choice", choices: choices(25), completes: true }),
        argument("many", { kind: "choice", choices: choices(26) }),
        argument("free", { completes: true }),
        argument("flag", { kind: "flag" }),
      ]),
    ])[0]?.options;
    expect(options?.map(({ choices: listed, autocomplete }) => [listed?.length, autocomplete])).toEqual([
      [25, undefined],
      [undefined, true],
      [undefined, true],
      [undefined, undefined],
    ]);
    expect(choicesLike(argument("many", { choices: choices(26) }), "E-25")).toEqual(["choice-25"]);
  });

  test("cuts descriptions to 100 characters, and further where a noun would grow too large", () => {
    const long = "d".repeat(150);
    const wide = Array.from({ length: 10 }, (_, index) => argument(`option${index}`, { summary: long }));
    const [small] = commandSet([{ path: "help", summary: long, args: [] }]);
    expect(small?.description).toHaveLength(100);
    const [large] = commandSet(Array.from({ length: 14 }, (_, index) => command(`bot verb${index}`, wide)));
    const texts = (part: object): string[] =>
      Object.entries(part).flatMap(([key, value]) =>
        typeof value === "string" && key !== "type" ? [value] : Array.isArray(value) ? value.flatMap((inner: object) => texts(inner)) : [],
      );
    expect(texts(large ?? {}).join("").length).toBeLessThanOrEqual(8_000);
  });
});

describe("A registered set", () => {
  const wanted = commandSet([
    command("bot create", [argument("name"), argument("mode", { kind: "choice", choices: ["a", "b"] })]),
    command("help"),
  ]);
  const asDiscordAnswers = wanted
    .toReversed()
    .map((each) => ({ ...each, id: "1", version: "2", type: 1, nsfw: false, dm_permission: true }));

  test("is the same whatever Discord adds and in whatever order it comes", () => {
    expect(isRegistered(asDiscordAnswers, wanted)).toBe(true);
  });

  test("differs when a description, an option or a choice differs", () => {
    expect(isRegistered([], wanted)).toBe(false);
    expect(isRegistered(JSON.parse(JSON.stringify(asDiscordAnswers).replace('"bot create"', '"other"')), wanted)).toBe(false);
    expect(isRegistered(JSON.parse(JSON.stringify(asDiscordAnswers).replaceAll('"b"', '"c"')), wanted)).toBe(false);
    expect(isRegistered(asDiscordAnswers.slice(1), wanted)).toBe(false);
    expect(
      isRegistered(
        asDiscordAnswers.map((each) => ({ ...each, contexts: null })),
        wanted,
      ),
    ).toBe(false);
  });
});

test.each([
  [0.1, "0.1"],
  [1e-7, "0.0000001"],
  [-1.25e-9, "-0.00000000125"],
  [1.5e21, "1500000000000000000000"],
  [42, "42"],
])("The number %d is written without an exponent", (value, text) => {
  expect(plainNumber(value)).toBe(text);
});
