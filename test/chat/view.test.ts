import { expect, test } from "vitest";
import { card } from "../../src/chat/view.ts";

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => [`bot-${index}`]);

test("a table that is too long says after everything else how many rows are left out, and how many there are", () => {
  const { table, lines } = card("Performance").table(["Bot"], rowsOf(70)).line("In USDT.").view();
  expect(table?.rows).toHaveLength(60);
  expect(lines).toEqual(["In USDT.", "10 rows more are left out: 70 in all."]);
  expect(card("Performance").table(["Bot"], rowsOf(61)).view().lines).toEqual(["1 row more is left out: 61 in all."]);
  expect(card("Performance").table(["Bot"], rowsOf(60)).view().lines).toEqual([]);
});
