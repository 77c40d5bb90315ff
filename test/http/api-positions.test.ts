import { beforeEach, describe, expect, test } from "vitest";
import { ApiRig } from "./api/rig.ts";

let api: ApiRig;
let token: string;
const CREATE = { inst_id: "BTC-USDT", strategy: "ema-cross", timeframe: "5m" };

beforeEach(async () => {
  api = await ApiRig.open();
  token = await api.token("ci", "trader");
});

const make = (body: object, key?: string, from = api) =>
  from.ask("POST", "/api/positions", { token, body, ...(key === undefined ? {} : { key }) });
const statuses = () => Object.fromEntries(api.desk.engine.bots().map(({ state: { spec, status } }) => [spec.name, status]));

describe("a bot", () => {
  test("is meant by its name also where another bot has that name as its bot_id", async () => {
    await make({ ...CREATE, name: "first" });
    const number = api.desk.engine.bot("first")!.state.spec.id;
    await make({ ...CREATE, name: number });
    const { body } = await api.ask("POST", `/api/positions/${number.toUpperCase()}/start`, { token });
    expect(body).toMatchObject({ outcome: "done", position: { id: number, status: "running" } });
    expect(statuses()).toEqual({ first: "created", [number]: "running" });
    await api.ask("POST", `/api/positions/${number}/stop`, { token, body: { close: true } });
    expect(statuses()).toEqual({ first: "created", [number]: "stopped" });
  });

  test("that got no name is in the answer, also in that to a repeat and after a restart", async () => {
    const made = await make(CREATE, "k1");
    expect(made).toMatchObject({ status: 201, body: { position: { id: "ema-btc" } } });
    expect((await make(CREATE, "k1")).body).toEqual(made.body);
    const again = await ApiRig.over(api.desk);
    expect(await make(CREATE, "k1", again)).toMatchObject({ status: 201, body: { position: { id: "ema-btc" } } });
    expect(api.desk.engine.bots()).toHaveLength(1);
  });

  test("that somebody else makes meanwhile is not told in its place", async () => {
    const { engine } = api.desk;
    const createBot = engine.createBot.bind(engine);
    engine.createBot = async (wish, caller) => {
      await createBot({ ...wish, name: "another" }, { requestId: "r9/create another", user: "discord:9" });
      return createBot(wish, caller);
    };
    expect(await make(CREATE)).toMatchObject({ status: 201, body: { position: { id: "ema-btc" } } });
  });
});
