import { expect, test } from "vitest";
import { choicesOf } from "../../../src/platforms/terminal/choices.ts";
import { completed } from "../../../src/platforms/terminal/completer.ts";
import { FakeDoor, WHICH_SYMBOL } from "./fake-door.ts";
import { KEYS, personAt } from "./tty.ts";

function offersFor(line: string, door = new FakeDoor()) {
  return completed(line, door, undefined);
}

test("commands complete word by word", async () => {
  expect(await offersFor("b")).toEqual([["bot "], "b"]);
  expect(await offersFor("/bot ")).toEqual([["create ", "delete ", "list ", "start "], ""]);
  expect(await offersFor("BOT l")).toEqual([["list "], "l"]);
  expect(await offersFor("nonsense x")).toEqual([[], "x"]);
  expect((await offersFor(""))[0]).toEqual(["account ", "bot ", "clear ", "exit ", "panic ", "quit ", "wait "]);
});

test("arguments complete with the values of the next one and the names of all that are left", async () => {
  const door = new FakeDoor();
  door.onComplete = () => ["BTC/USDT", "my coin"];
  expect(await offersFor("bot create ", door)).toEqual([["BTC/USDT ", '"my coin" ', "symbol:", "timeframe:", "close:"], ""]);
  expect(await offersFor("bot create BTC/USDT t", door)).toEqual([["timeframe:"], "t"]);
  expect(await offersFor("bot create symbol:b", door)).toEqual([["symbol:BTC/USDT "], "symbol:b"]);
});

test("values come from the argument's own choices where the door knows none", async () => {
  expect(await offersFor("bot create timeframe:5")).toEqual([["timeframe:5m "], "timeframe:5"]);
  expect(await offersFor("bot create close:")).toEqual([["close:yes ", "close:no "], "close:"]);
});

test("a door that cannot complete offers nothing and breaks nothing", async () => {
  const door = new FakeDoor();
  door.complete = () => Promise.reject(new Error("no"));
  expect(await offersFor("bot start d", door)).toEqual([[], "d"]);
});

test("a question's choices complete", async () => {
  expect(await completed("et", new FakeDoor(), choicesOf(WHICH_SYMBOL))).toEqual([["ETH/USDT"], "et"]);
});

test("no completion carries control characters", async () => {
  const door = new FakeDoor();
  door.onComplete = () => ["d\u001b[31mip"];
  expect(await offersFor("bot start d", door)).toEqual([["d[31mip "], "d"]);
});

test("Tab completes what is typed", async () => {
  const door = new FakeDoor();
  door.onComplete = () => ["dip"];
  const { terminal, type } = await personAt(door);
  await type(`bot st${KEYS.tab}`, "art ");
  await type(`d${KEYS.tab}`, "ip ");
  await type(KEYS.enter, "✓ done: bot start");
  expect(door.handled[0]?.args).toEqual({ bot: "dip" });
  await terminal.stop();
});
