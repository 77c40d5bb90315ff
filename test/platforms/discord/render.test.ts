import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneLine, visible } from "../../../src/domain/visible-text.ts";
import { questionIn, renderCard, renderForm } from "../../../src/platforms/discord/render.ts";
import { tableBlock } from "../../../src/platforms/discord/table.ts";
import { cut, escaped, fitLines, withCode } from "../../../src/platforms/discord/text.ts";
import type { View } from "../../../src/ports/view.ts";
import { type WireComponent, walk } from "../../kit/discord/components.ts";
import { checkMessage } from "../../kit/discord/message-rules.ts";
import { view } from "./fake-door.ts";

const TEXT = 10;
const BUTTON = 2;

function parts(of: View): WireComponent[] {
  return [...walk(renderCard(of).components as WireComponent[])];
}

function texts(of: View): string[] {
  return parts(of).flatMap((part) => (part.type === TEXT ? [part.content ?? ""] : []));
}

describe("A card", () => {
  test("shows title, lines, fields and table in this order, in the tone's color", () => {
    const full = view("dip is running", {
      tone: "good",
      lines: ["First.", "Second."],
      fields: [{ name: "Symbol", value: "BTC/USDT" }],
      table: {
        columns: [
          { name: "Bot", align: "left" },
          { name: "PnL", align: "right" },
        ],
        rows: [["dip", "+3.2"]],
      },
    });
    expect(texts(full)).toEqual(["### dip is running", "First.\nSecond.", "**Symbol** BTC/USDT", "```\nBot   PnL\ndip  +3.2\n```"]);
    expect(renderCard(full).components[0]).toMatchObject({ type: 17, accent_color: 0x2ecc71 });
  });

  test("with nothing in it says so", () => {
    expect(texts(view(""))).toEqual(["(nothing to show)"]);
  });

  test("has at most 25 buttons in rows of five and counts the others", () => {
    const buttons = Array.from({ length: 30 }, (_, index) => ({ label: `B${index}`, style: "plain" as const, action: `c:${index}` }));
    const asked = view("Which?", { buttons, question: { argument: "name", freeText: true } });
    const shown = parts(asked).filter((part) => part.type === BUTTON);
    expect(shown).toHaveLength(25);
    expect(shown.at(-1)).toMatchObject({ label: "Type it", custom_id: "type:name|Which?" });
    expect(texts(asked).at(-1)).toBe("-# … 6 more buttons");
  });

  test("has the question's id in the id of its form, whatever the length of its title", () => {
    const asked = view("x".repeat(200), { question: { argument: "code", freeText: true, id: `s:${"t".repeat(25)}` } });
    const [typed] = parts(asked).filter((part) => part.type === BUTTON);
    const id = typed?.custom_id ?? "";
    expect([id.length, questionIn(id), renderForm(id).custom_id]).toEqual([100, `s:${"t".repeat(25)}`, id]);
    expect(questionIn("type:name|Which # of | them?")).toBeUndefined();
  });

  test("keeps one of two buttons that mean the same", () => {
    const button = { label: "Stop", style: "danger", action: "c:stop" } as const;
    expect(parts(view("x", { buttons: [button, button] })).filter((part) => part.type === BUTTON)).toHaveLength(1);
  });

  test("is inside Discord's limits whatever the view holds", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ maxLength: 9_000 }),
      fc.constant("*".repeat(5_000)),
    );
    const many = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 60 });
    const views = fc.record({
      title: anything,
      tone: fc.constantFrom("plain" as const, "good" as const, "bad" as const, "warning" as const),
      lines: many(anything),
      fields: many(fc.record({ name: anything, value: anything })),
      table: fc.record({
        columns: fc.array(fc.record({ name: anything, align: fc.constantFrom("left" as const, "right" as const) }), { maxLength: 12 }),
        rows: many(fc.array(anything, { maxLength: 12 })),
      }),
      buttons: many(
        fc.record({ label: anything, style: fc.constant("plain" as const), action: fc.string({ minLength: 1, maxLength: 60 }) }),
      ),
      question: fc.constant({ argument: "name", freeText: true }),
    });
    fc.assert(
      fc.property(views, fc.boolean(), (each, repeat) => {
        const { flags, components } = renderCard(each, { repeat });
        const wire = JSON.parse(JSON.stringify(components)) as WireComponent[];
        checkMessage({ flags, components: wire }, { content: "", embeds: [], components: wire, flags, files: [] });
        for (const part of walk(wire)) if (part.type === TEXT) expect(part.content).not.toBe("");
      }),
      { numRuns: 60 },
    );
  });

  test("is marked when it may be a repeat", () => {
    const [, note] = [...walk(renderCard(view("filled"), { repeat: true }).components as WireComponent[])].filter(
      (part) => part.type === TEXT,
    );
    expect(note?.content).toBe("-# (repeat)");
  });
});

test("A form asks what the card asked, within Discord's limit", () => {
  expect(renderForm(`type:name|${"x".repeat(60)}`).title).toHaveLength(45);
  expect(renderForm("type:symbol|Which symbol? (one, or several)")).toMatchObject({
    custom_id: "type:symbol|Which symbol? (one, or several)",
    title: "Which symbol?",
    components: [{ label: "Which symbol?", description: "one, or several" }],
  });
  expect(renderForm("type:name").title).toBe("Your answer");
});

test("The button that leaves a question stands last", () => {
  const cancel = { label: "Cancel", style: "danger", action: "q:x" } as const;
  const asked = view("Which?", {
    buttons: [{ label: "A", style: "plain", action: "q:0" }, cancel],
    question: { argument: "name", freeText: true },
  });
  const labels = parts(asked).flatMap((part) => (part.type === BUTTON ? [part.label] : []));
  expect(labels).toEqual(["A", "Type it", "Cancel"]);
});

describe("A table", () => {
  const columns = [
    { name: "Bot", align: "left" },
    { name: "PnL", align: "right" },
  ] as const;

  test("lines its columns up", () => {
    const rows = [
      ["dip", "1"],
      ["breakout", "-10.5"],
    ];
    expect(tableBlock({ columns, rows }, 4_000)).toBe("```\nBot         PnL\ndip           1\nbreakout  -10.5\n```");
  });

  test("that is too wide for a phone is a block of lines for each row, and no number of it is cut", () => {
    const wide = ["Status", "Symbol", "Strategy", "Unrealized", "Realized"].map((name) => ({ name, align: "left" as const }));
    const rows = [["dip", "running", "DOGE/USDT", "bollinger-breakout", "+1,234.56 USDT", "-65.91 USDT"]];
    expect(tableBlock({ columns: [columns[0], ...wide], rows }, 4_000)).toBe(
      "**dip**\nStatus: running · Symbol: DOGE/USDT\nStrategy: bollinger-breakout\nUnrealized: +1,234.56 USDT\nRealized: -65.91 USDT",
    );
  });

  test("says how many rows did not fit", () => {
    const rows = Array.from({ length: 100 }, (_, index) => [`bot-${index}`, "1"]);
    const block = tableBlock({ columns, rows }, 300);
    expect(block.length).toBeLessThanOrEqual(300);
    const left = Number(/… (\d+) more rows\n```$/.exec(block)?.[1]);
    expect(block.match(/bot-/g)).toHaveLength(100 - left);
  });

  test("cannot be closed early by a cell", () => {
    expect(tableBlock({ columns, rows: [["```\n@everyone", "1"]] }, 4_000).split("```")).toHaveLength(3);
  });
});

describe("Text", () => {
  test.each([
    ["*bold* _it_ ~~no~~ `x` ||y||", "\\*bold\\* \\_it\\_ \\~\\~no\\~\\~ \\`x\\` \\|\\|y\\|\\|"],
    ["# heading", "\\# heading"],
    ["> quote", "\\> quote"],
    ["- item", "\\- item"],
    ["1. item", "1\\. item"],
    ["[a](http://evil)", "[a\\](http://evil)"],
    ["<@1> <#2> </help:3> <t:1>", "\\<@1> \\<#2> \\</help:3> \\<t:1>"],
    ["@everyone @here", "\\@everyone \\@here"],
    ["back\\slash", "back\\\\slash"],
    ["rsi(14) < 30 and close > 1.5, -3.2 %", "rsi(14) < 30 and close > 1.5, -3.2 %"],
  ])("%s is shown as it stands", (raw, wire) => {
    expect(escaped(raw)).toBe(wire);
  });

  test.each([
    ["see `bot list`, *now*", "see `bot list`, \\*now\\*"],
    ["`*a*` and `b", "`*a*` and \\`b"],
    ["``x``", "\\``x`\\`"],
    ["`a\nb`", "\\`a\nb\\`"],
  ])("%j shows commands between backticks as code", (raw, wire) => {
    expect(withCode(raw)).toBe(wire);
  });

  test("that is cut never leaves a code open", () => {
    expect(cut("see `bot list` and `bot show`", 22)).toBe("see `bot list` and b…");
    expect(cut("a \\` and so on", 6)).toBe("a \\` …");
  });

  test("has no bidirectional, zero-width or control characters", () => {
    expect(visible("a\u202Eb\u200Bc\uFEFFd\u0000e\u2066f\u00ADg\nh")).toBe("abcdefg\nh");
    expect(oneLine(" a\r\n\tb ")).toBe("a b");
    expect(visible("\uD800")).toBe("\uFFFD");
  });

  test("is cut with a mark, never within an escape or a character", () => {
    expect(cut("abcdef", 4)).toBe("abc…");
    expect(cut("ab\\*cd", 4)).toBe("ab…");
    expect(cut("ab\\\\cd", 5)).toBe("ab\\\\…");
    expect(cut("ab😀cd", 4)).toBe("ab…");
    expect(cut("abc", 3)).toBe("abc");
  });

  test("that does not fit keeps whole lines and counts the others", () => {
    expect(fitLines(["aaaa", "bbbb", "cccc"], 100, "lines")).toBe("aaaa\nbbbb\ncccc");
    expect(fitLines(["aaaa", "bbbb", "c".repeat(20)], 24, "lines")).toBe("aaaa\nbbbb\n… 1 more lines");
    expect(fitLines(["a".repeat(50), "b"], 30, "lines")).toBe(`${"a".repeat(14)}…\n… 1 more lines`);
  });
});
