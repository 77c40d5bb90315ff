import { beforeAll, describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { renderCard } from "../../src/platforms/discord/render.ts";
import { render } from "../../src/platforms/telegram/render.ts";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk, textOf } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { openRig, startBot } from "../kit/engine-rig.ts";

const HOLDING = 28;
const IDLE = 8;
let desk: ChatDesk;

/** As long as a person's names are. */
const nameOf = (number: number) => `ema-cross-btcusdt-5m-${number}`;

beforeAll(async () => {
  const rig = await openRig({ market: scripted({ "BTC/USDT": [41_000, 42_000.55, 41_712.31, 41_712.31], "ETH/USDT": [100, 99, 98, 97] }) });
  desk = await ChatDesk.open({ engine: rig.engine, desk: rig.desk });
  for (let number = 1; number <= IDLE; number += 1)
    await desk.type(`bot create name:idle-${number} symbol:ETH/USDT strategy:ema-cross timeframe:1m`);
  const sizing = { kind: "notional", notional: decimal(100) } as const;
  const protection = { stopPct: 2.25, takePct: 4.75, trailingPct: undefined };
  for (let number = 1; number <= HOLDING; number += 1) await startBot(rig, { name: nameOf(number), sizing, protection }, ADMIN);
  await rig.move(3);
});

function names({ table }: View): string[] {
  return (table?.rows ?? []).map(([name = ""]) => name);
}

describe("a list that is longer than a message", () => {
  test("comes in pages with buttons to those beside it, and those that hold something first", async () => {
    const first = await desk.type("bot list");
    expect(first.title).toBe(`${HOLDING + IDLE} bots, ${HOLDING} running`);
    expect(first.lines).toContain("Page 1 of 2; `bot list page:2` goes on.");
    expect(first.buttons.map(({ label }) => label)).toEqual(["Next page", "Positions", "Stop all"]);
    const second = await desk.press(first, "Next page");
    expect(second.lines).toContain("Page 2 of 2.");
    expect([...names(first), ...names(second)]).toHaveLength(HOLDING + IDLE);
    expect(names(second).slice(-IDLE)).toEqual(Array.from({ length: IDLE }, (_, index) => `idle-${index + 1}`));
    expect(names(await desk.press(second, "Previous page"))).toEqual(names(first));
  });

  test("counts as people do: the second bot stands before the tenth", async () => {
    const all = [...names(await desk.type("bot list")), ...names(await desk.type("bot list page:2"))];
    expect(all.slice(0, HOLDING)).toEqual(Array.from({ length: HOLDING }, (_, index) => nameOf(index + 1)));
  });

  test("ends with its last page, whichever page is asked for", async () => {
    expect((await desk.type("position list page:99")).lines).toContain("Page 3 of 3.");
    expect((await desk.type("bot list page:0")).title).toContain("a whole number from 1 to 1000");
  });

  test.each(["bot list", "position list", "order list"])("is whole on a phone, page by page: %s", async (command) => {
    let rows = 0;
    for (let page = 1; ; page += 1) {
      const view = await desk.type(`${command} page:${page}`);
      rows += names(view).length;
      expect(render(view).html).not.toMatch(/… \d+ more/);
      expect(JSON.stringify(renderCard(view))).not.toMatch(/… \d+ more/);
      if (!view.buttons.some(({ label }) => label === "Next page")) break;
    }
    expect(rows).toBeGreaterThanOrEqual(HOLDING);
  });
});

describe("bot list", () => {
  test("shows those of a status, of a symbol or of a coin, and its pages stay within them", async () => {
    const holding = await desk.type("bot list status:holding symbol:btc");
    expect(holding.title).toBe(`${HOLDING} bots, ${HOLDING} running`);
    expect(holding.lines).toContain("Page 1 of 2; `bot list status:holding symbol:BTC page:2` goes on.");
    expect(names(await desk.press(holding, "Next page"))).toHaveLength(HOLDING - names(holding).length);
    expect((await desk.type("bot list status:created")).title).toBe(`${IDLE} bots, 0 running`);
    expect((await desk.type("bot list symbol:ETH/USDT")).title).toBe(`${IDLE} bots, 0 running`);
    expect(names(await desk.type(`bot list bot:${nameOf(3)}`))).toEqual([nameOf(3)]);
  });

  test("says so where there is none, and does not offer to stop all from a part of the list", async () => {
    const none = await desk.type("bot list status:faulted");
    expect(none).toMatchObject({ title: "No such bots", lines: [`\`bot list\` shows all ${HOLDING + IDLE}.`] });
    expect(textOf(await desk.type("bot list bot:nobody"))).toContain("there is no bot or group nobody that you may see");
    expect((await desk.type("bot list status:running")).buttons.map(({ label }) => label)).not.toContain("Stop all");
  });
});

test("positions come with those first that have lost the most of what they cost", async () => {
  const results = (await desk.type("position list", ADMIN)).table!.rows.map((row) =>
    Number(row.at(-1)!.split(" ")[0]!.replace(/[+,]/g, "")),
  );
  expect(results).toEqual([...results].sort((a, b) => a - b));
});
