import { describe, expect, test } from "vitest";
import { alertText, plainText, render, TEXT_UNITS_MAX } from "../../../src/platforms/telegram/render.ts";
import { parseHtml } from "../../kit/telegram/html.ts";
import { view } from "./fake-door.ts";

const shown = (html: string) => parseHtml(html, () => undefined).text;

describe("a view becomes one message", () => {
  test("with title, lines, facts and an aligned table", () => {
    const { html } = render(
      view("P&L <today>", {
        tone: "good",
        lines: ["Send `help bot`."],
        fields: [{ name: "Fees", value: "1 < 2 USDT" }],
        table: {
          columns: [
            { name: "Bot", align: "left" },
            { name: "PnL", align: "right" },
          ],
          rows: [
            ["dip", "+3.2"],
            ["calm", "-10.25"],
          ],
        },
      }),
    );
    expect(html).toBe(
      "<b>✅ P&amp;L &lt;today&gt;</b>\nSend <code>help bot</code>.\nFees: 1 &lt; 2 USDT\n<pre>Bot      PnL\ndip     +3.2\ncalm  -10.25</pre>",
    );
  });

  test("with a block of lines for each row where a table is too wide for a phone, and no number of it cut", () => {
    const names = ["Bot", "Status", "Symbol", "Strategy", "Unrealized", "Realized"];
    const { html } = render(
      view("1 bot", {
        table: {
          columns: names.map((name) => ({ name, align: "left" as const })),
          rows: [["boll<doge", "running", "DOGE/USDT", "bollinger-breakout", "+1,234.56 USDT", "-65.91 USDT"]],
        },
      }),
    );
    expect(html).toBe(
      "<b>1 bot</b>\n<b>boll&lt;doge</b>\nStatus: running · Symbol: DOGE/USDT\nStrategy: bollinger-breakout\nUnrealized: +1,234.56 USDT\nRealized: -65.91 USDT",
    );
  });

  test("with commands as code everywhere, never inside of bold text", () => {
    const { html } = render(view("None. `bot list` shows <all>", { fields: [{ name: "Halt", value: "until `system resume`" }] }));
    expect(html).toBe("<b>None. </b><code>bot list</code><b> shows &lt;all&gt;</b>\nHalt: until <code>system resume</code>");
    expect(plainText(view("Send `help`"))).toBe("Send help");
    expect(alertText(view("Send `help`"))).toBe("Send help");
  });

  test("without characters that turn or hide text", () => {
    const { html, keyboard } = render(
      view("a\u202Eb\u200Bc", { lines: ["\u2066x\uFEFF"], buttons: [{ label: "G\u202Eo", style: "plain", action: "go" }] }),
    );
    expect(html).toBe("<b>abc</b>\nx");
    expect(keyboard).toEqual([[{ text: "Go", callback_data: "go" }]]);
  });

  test("cut to the limit with a count of what is missing, whatever is long", () => {
    const rows = Array.from({ length: 400 }, (_, row) => [`bot-${row}`, "<&>".repeat(9)]);
    const columns = [
      { name: "Bot", align: "left" as const },
      { name: "Note", align: "left" as const },
    ];
    const long = view("T".repeat(900), {
      lines: Array.from({ length: 300 }, (_, line) => `line ${line} & more`),
      fields: Array.from({ length: 300 }, (_, field) => ({ name: `f${field}`, value: "v".repeat(700) })),
      table: { columns, rows },
      question: { argument: "x", freeText: true },
    });
    for (const each of [long, { ...long, lines: ["y".repeat(9_000)] }, view("one", { lines: ["😀".repeat(5_000)] })]) {
      const text = shown(render(each, { repeat: true, group: true }).html);
      expect(text.length).toBeLessThanOrEqual(TEXT_UNITS_MAX);
      expect(text.isWellFormed()).toBe(true);
      expect(plainText(each).length).toBeLessThanOrEqual(TEXT_UNITS_MAX);
    }
    const text = shown(render(long).html);
    for (const noun of ["lines", "facts", "rows"]) expect(text).toMatch(new RegExp(`… \\d+ more ${noun}`));
    expect(text).toContain("Type it.");
  });

  test("with buttons in rows that a phone shows whole; one that Telegram refuses is left out", () => {
    const button = (label: string, action = label) => ({ label, action, style: "plain" as const });
    const labels = ["Start", "Stop", "Show", "Why", "Close this position at once", "Undo"];
    const { keyboard } = render(
      view("dip", { buttons: [...labels.map((label) => button(label)), button("Long", "x".repeat(65)), button("Void", "")] }),
    );
    expect(keyboard.map((row) => row.map(({ text }) => text))).toEqual([
      ["Start", "Stop", "Show"],
      ["Why", "Close this position at once"],
      ["Undo"],
    ]);
    expect(render(view("dip", { buttons: [{ ...button("Stop"), style: "danger" }] })).keyboard[0]?.[0]).toMatchObject({ style: "danger" });
  });
});

test("only what is short and loses nothing fits the small window", () => {
  expect(alertText(view("Too late", { lines: ["Ask again."] }))).toBe("Too late\nAsk again.");
  expect(alertText(view("x".repeat(201)))).toBeUndefined();
  expect(alertText(view("Too late", { fields: [{ name: "a", value: "b" }] }))).toBeUndefined();
});
