import { expect, test } from "vitest";
import { fileOf } from "../../src/reports/text-table.ts";

const csvOf = (...cells: string[]) =>
  fileOf("x", { columns: ["a"], rows: cells.map((cell) => [cell]) }, "csv")
    .text.split("\n")
    .slice(1, -1);

test("a cell of CSV that would begin a formula is text behind an apostrophe, in full width and behind blanks too", () => {
  expect(csvOf("=1+1", "+49", "-x", "@SUM(A1)", "＝1", "  =2", "\t=3", '=HYPERLINK("http://x","y")')).toEqual([
    ...['"\'=1+1"', '"\'+49"', '"\'-x"', '"\'@SUM(A1)"', '"\'＝1"', '"\'=2"', '"\'=3"'],
    `"'=HYPERLINK(""http://x"",""y"")"`,
  ]);
});

test("a number stays one, below zero and to the last digit, and nothing else that begins like one does", () => {
  expect(csvOf("-5.0185221286", "9994.981477871400000001", "-1+cmd", "--1", "-1e5")).toEqual([
    ...["-5.0185221286", "9994.981477871400000001", '"\'-1+cmd"', '"\'--1"', '"\'-1e5"'],
  ]);
});

test("commas, quotes and line ends cannot leave their cell, and what cannot be seen is gone", () => {
  expect(csvOf("a,b", 'say "no"', "one\r\ntwo\n=three", "a\u202eb\u0000c")).toEqual(['"a,b"', '"say ""no"""', "one two =three", "abc"]);
});

test("a long cell is cut, and not in the middle of a character", () => {
  const [cell = ""] = csvOf(`${"x".repeat(298)}😀${"y".repeat(500)}`);
  expect([cell.length, cell.isWellFormed(), cell.endsWith("…")]).toEqual([300, true, true]);
});

test("JSON is a list of objects, one a line, with every value as text", () => {
  const table = {
    columns: ["bot", "realized"],
    rows: [
      ["dip", "-0.1"],
      ['=a"b', ""],
    ],
  };
  const { name, contentType, text } = fileOf("fills", table, "json");
  expect([name, contentType]).toEqual(["fills.json", "application/json"]);
  expect(text.split("\n")).toHaveLength(5);
  expect(JSON.parse(text)).toEqual([
    { bot: "dip", realized: "-0.1" },
    { bot: '=a"b', realized: "" },
  ]);
  expect(JSON.parse(fileOf("fills", { columns: ["bot"], rows: [] }, "json").text)).toEqual([]);
});
