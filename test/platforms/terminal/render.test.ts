import { expect, test } from "vitest";
import { visible } from "../../../src/domain/visible-text.ts";
import { choicesOf, nextOf } from "../../../src/platforms/terminal/choices.ts";
import { paintOf } from "../../../src/platforms/terminal/paint.ts";
import { renderChoices, renderView } from "../../../src/platforms/terminal/render.ts";
import { cut, padded, widthOf } from "../../../src/platforms/terminal/text.ts";
import type { Table } from "../../../src/ports/view.ts";
import { CONFIRM_DELETE, view, WHICH_SYMBOL } from "./fake-door.ts";

const PLAIN = { paint: paintOf(false), widthMax: Number.POSITIVE_INFINITY };
const narrow = (widthMax: number) => ({ paint: paintOf(false), widthMax });

const BOTS: Table = {
  columns: [
    { name: "Bot", align: "left" },
    { name: "Symbol", align: "left" },
    { name: "Result", align: "right" },
  ],
  rows: [["dip", "BTC/USDT", "+12.30"], ["a-much-longer-name", "ETH/USDT", "-1,204.00"], ["bare"]],
};

test("a title carries the sign of its tone", () => {
  const titles = (["plain", "good", "bad", "warning"] as const).map((tone) => renderView(view("It is so", { tone }), PLAIN));
  expect(titles).toEqual(["· It is so\n", "✓ It is so\n", "✗ It is so\n", "! It is so\n"]);
});

test("lines stand below the title, one each", () => {
  expect(renderView(view("Title", { lines: ["One.", "Two,\nand more."] }), PLAIN)).toBe("· Title\n  One.\n  Two,\n  and more.\n");
});

test("fields are aligned", () => {
  const fields = [
    { name: "Symbol", value: "BTC/USDT" },
    { name: "Take profit", value: "4 %\n(at the venue)" },
    { name: "None", value: "" },
  ];
  expect(renderView(view("dip", { fields }), PLAIN)).toBe(
    "· dip\n  Symbol       BTC/USDT\n  Take profit  4 %\n               (at the venue)\n  None\n",
  );
});

test("a table has aligned columns, numbers to the right, and no boxes", () => {
  expect(renderView(view("3 bots", { table: BOTS }), PLAIN)).toBe(
    [
      "· 3 bots",
      "  Bot                 Symbol       Result",
      "  dip                 BTC/USDT     +12.30",
      "  a-much-longer-name  ETH/USDT  -1,204.00",
      "  bare",
      "",
    ].join("\n"),
  );
});

test("a table that is wider than the terminal becomes a block for each row, and nothing is cut", () => {
  const lines = renderView(view("3 bots", { table: BOTS }), narrow(32)).split("\n");
  expect(lines).toEqual([
    "· 3 bots",
    "  dip",
    "    Symbol: BTC/USDT",
    "    Result: +12.30",
    "  a-much-longer-name",
    "    Symbol: ETH/USDT",
    "    Result: -1,204.00",
    "  bare",
    "",
  ]);
});

test("commands between backticks are shown as they are typed, in bold where there are colors", () => {
  const of = view("Send `help`", { lines: ["`bot list` shows all."] });
  expect(renderView(of, PLAIN)).toBe("· Send help\n  bot list shows all.\n");
  expect(renderView(of, { ...PLAIN, paint: paintOf(true) })).toContain("\u001b[1mbot list\u001b[0m shows all.");
});

test("a question's buttons are numbered and wrap at the terminal's width", () => {
  expect(renderChoices(choicesOf(WHICH_SYMBOL), narrow(30))).toBe("  1) BTC/USDT  2) ETH/USDT\n  3) Cancel\n  (or type it; Enter: 1)\n");
});

test("Enter takes a question's primary button, and never a dangerous one", () => {
  const buttons = [
    { label: "A", style: "plain", action: "q:1" },
    { label: "B", style: "primary", action: "q:2" },
  ] as const;
  expect(choicesOf({ ...WHICH_SYMBOL, buttons }).enter).toBe(1);
  expect(choicesOf(CONFIRM_DELETE)).toMatchObject({ kind: "confirm", enter: 1 });
  const onlyDanger = [{ label: "Wipe", style: "danger", action: "q:1" }] as const;
  expect(choicesOf({ ...WHICH_SYMBOL, buttons: onlyDanger }).enter).toBeUndefined();
});

test("ordinary buttons are the commands to type", () => {
  const buttons = [
    { label: "Start", style: "primary", action: "c:bot start dip" },
    { label: "Close all of them", style: "danger", action: "l:token" },
  ] as const;
  expect(renderChoices(choicesOf(view("dip", { buttons })), PLAIN)).toBe("  next: bot start dip · Close all of them\n");
  expect(renderChoices(nextOf(view("dip")), PLAIN)).toBe("");
});

test("colors mark tone, names and hints, and nothing where they are off", () => {
  const fields = [{ name: "Mode", value: "paper" }];
  const painted = renderView(view("dip", { tone: "good", fields }), { ...PLAIN, paint: paintOf(true) });
  expect(painted).toBe("\u001b[32m✓ dip\u001b[0m\n  \u001b[2mMode\u001b[0m  paper\n");
  expect(renderView(view("dip", { tone: "bad", fields }), PLAIN)).not.toContain("\u001b");
});

test("no text reaches the terminal with control, bidirectional or zero-width characters", () => {
  const evil = "a\u001b[31mb\u202ec\u200bd\u0000e\u2066f\ufeffg\u3164\u009b1mh\ttab";
  const table: Table = { columns: [{ name: evil, align: "left" }], rows: [[evil]] };
  const text =
    renderView(view(evil, { lines: [evil], fields: [{ name: evil, value: evil }], table }), PLAIN) +
    renderChoices(choicesOf({ ...WHICH_SYMBOL, buttons: [{ label: evil, style: "plain", action: "q:1" }] }), PLAIN) +
    renderChoices(choicesOf(view("x", { buttons: [{ label: "x", style: "plain", action: `c:${evil}` }] })), PLAIN);
  expect(text.replaceAll("\n", "")).toBe(visible(text).replaceAll("\n", ""));
  expect(text.match(/a\[31mbcdefg1mh tab/g)).toHaveLength(8);
});

test("a title and a table cell stay on one line", () => {
  const table: Table = { columns: [{ name: "Note", align: "left" }], rows: [["one\ntwo\r\nthree"]] };
  expect(renderView(view("a\nb", { table }), PLAIN)).toBe("· a b\n  Note\n  one two three\n");
});

test("wide and combining characters count as the columns that they take", () => {
  expect(widthOf("日本")).toBe(4);
  expect(widthOf("e\u0301")).toBe(1);
  expect(widthOf("⚡")).toBe(2);
  expect(padded("日本", 6)).toBe("日本  ");
  expect(cut("日本語", 5)).toBe("日本…");
});

test("a picture is sketched in blocks from its lowest to its highest value, and told in words", () => {
  const picture = { name: "chart", svg: "<svg/>", alt: "BTC/USDT rose.", course: [1, 2, 3, 4, 5, 6, 7, 8] };
  expect(renderView(view("BTC/USDT", { picture, lines: ["More."] }), PLAIN).split("\n")).toEqual([
    "· BTC/USDT",
    "        ▁█",
    "       ▃██",
    "      ▄███",
    "     ▅████",
    "    ▆█████",
    "  ▁███████",
    "  BTC/USDT rose.",
    "  More.",
    "",
  ]);
});

test("a long picture fits the terminal, and one value alone is told in words only", () => {
  const picture = { name: "chart", svg: "<svg/>", alt: "Flat.", course: Array.from({ length: 500 }, () => 7) };
  const wide = renderView(view("T", { picture }), narrow(40)).split("\n").slice(1, -2);
  expect(wide).toHaveLength(6);
  expect(Math.max(...wide.map(widthOf))).toBe(40);
  expect(renderView(view("T", { picture: { ...picture, course: [7] } }), PLAIN)).toBe("· T\n  Flat.\n");
});

test("a file is its text as it is, whole into a pipe and bounded where a person looks", () => {
  const file = {
    name: "fills.csv",
    contentType: "text/csv" as const,
    text: `${Array.from({ length: 203 }, (_, row) => `row,${row}`).join("\n")}\n`,
  };
  const piped = renderView(view("203 fills", { file }), PLAIN).split("\n");
  expect(piped.slice(0, 3)).toEqual(["· 203 fills", "  fills.csv:", "row,0"]);
  expect(piped.at(-2)).toBe("row,202");
  const looked = renderView(view("203 fills", { file }), narrow(80)).split("\n");
  expect(looked).toHaveLength(204);
  expect(looked.at(-3)).toBe("row,199");
  expect(looked.at(-2)).toMatch(/^ {2}\.\.\. and 3 more lines of fills\.csv\./);
  const hostile = renderView(view("1 fill", { file: { ...file, text: "a\u001b[31mb\n" } }), PLAIN);
  expect(hostile).toBe("· 1 fill\n  fills.csv:\na[31mb\n");
});
