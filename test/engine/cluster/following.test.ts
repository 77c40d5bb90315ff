import { describe, expect, it } from "vitest";
import { applyAccountEvent } from "../../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../../src/domain/books.ts";
import { applyDeskEvent, type DeskState, emptyDesk } from "../../../src/domain/desk.ts";
import type { AccountEvent, DeskEvent } from "../../../src/domain/events.ts";
import { marketMs } from "../../../src/domain/time.ts";
import type { Account } from "../../../src/engine/account.ts";
import { FollowedStream } from "../../../src/engine/cluster/followed-stream.ts";
import { Following } from "../../../src/engine/cluster/following.ts";
import { Days } from "../../../src/engine/days.ts";
import { openDesk } from "../../../src/engine/desk.ts";
import { FeedHub } from "../../../src/engine/feeds.ts";
import { RiskGuard } from "../../../src/engine/risk-guard.ts";
import type { AccountServices } from "../../../src/engine/services.ts";
import { openStream } from "../../../src/engine/stream.ts";
import { accountStream, DESK_STREAM, StreamBook } from "../../../src/engine/streams.ts";
import { type Store, StoreUnavailable } from "../../../src/ports/store.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { scripted } from "../../kit/engine-market.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { ONLY_USDT } from "../../kit/rates.ts";

const HALT: DeskEvent = { type: "halted", reason: "news", untilMs: undefined, by: "discord:1", panic: false };
const OPENED: AccountEvent = { type: "account-opened", account: "a", owner: "discord:1", mode: "paper", market: "m", balances: new Map() };

function servicesOf(clock: FakeClock): AccountServices {
  const market = scripted({ "BTC/USDT": [100] });
  const hub = new FeedHub(market, market.startMs);
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => logger };
  const days = new Days("UTC");
  const desk = { state: emptyDesk(), clock };
  const nothing = () => undefined;
  const risk = new RiskGuard({ desk, accounts: () => [], days, defaults: undefined, dailyLossPct: 50, rates: ONLY_USDT });
  const limits = { dailyLossPct: 50, positionCapPct: 100 };
  const rest = { halted: nothing, caughtUp: undefined, advisor: nothing, now: () => hub.atMs, lagMs: 0, matchUntil: () => 0 };
  return { market, hub, clock, logger, limits, days, risk, ...rest };
}

/** A process that follows the desk and so many accounts, all of which another one writes; its questions are counted and may be refused. */
async function follower(count: number) {
  const clock = new FakeClock();
  const disk = openMemoryStore();
  const asked = { read: [] as string[], news: 0 };
  const view = { isAway: false };
  const hidden = { rows: false };
  const answered = <T>(answer: Promise<T>): Promise<T> => (view.isAway ? Promise.reject(new StoreUnavailable("away")) : answer);
  const read: Store["read"] = (stream, ...rest) => {
    asked.read.push(stream);
    return hidden.rows ? Promise.resolve([]) : answered(disk.read(stream, ...rest));
  };
  const news: Store["news"] = (...question) => {
    asked.news += 1;
    return answered(disk.news(...question));
  };
  const store = new Proxy(disk, { get: (target, name) => ({ read, news })[String(name)] ?? Reflect.get(target, name) });
  const shared = { clock, onAppend: () => undefined, onTaken: () => undefined };
  const writes = { ...shared, store: disk };
  const desk = await openStream<DeskState, DeskEvent>({ ...writes, name: DESK_STREAM, state: emptyDesk(), apply: applyDeskEvent });
  const names = Array.from({ length: count }, (_, number) => `paper:${number}`);
  const open = (name: string) =>
    openStream<AccountState, AccountEvent>({ ...writes, name: accountStream(name), state: emptyAccount(), apply: applyAccountEvent });
  const writers = await Promise.all(names.map(open));
  const deskStream = new FollowedStream<DeskState, DeskEvent>({
    ...{ ...shared, store, name: DESK_STREAM, state: emptyDesk(), apply: applyDeskEvent },
  });
  const known = new Map<string, Account>();
  const fatal: unknown[] = [];
  const services = servicesOf(clock);
  const following = new Following({
    ...{ store, clock, deskStream, logger: services.logger, paper: services, onFatal: (failure) => void fatal.push(failure) },
    streams: { onAppend: () => () => undefined, add: () => undefined },
    wakeUps: { tell: () => undefined, onTell: () => () => undefined },
    desk: { state: { ...emptyDesk(), accounts: new Map(names.map((name) => [name, { owner: "discord:1" }])) }, isHeld: false },
    floors: { atExchange: () => Promise.reject(new Error("nothing here is at an exchange")) },
    accounts: {
      get: (stream) => known.get(stream),
      add(account) {
        known.set(account.writer.name, account);
        return account;
      },
      async read(account, state = emptyAccount()) {
        const stream = new FollowedStream<AccountState, AccountEvent>({
          ...{ ...shared, store, name: accountStream(account), state, apply: applyAccountEvent },
        });
        await stream.look();
        return stream;
      },
    },
  });
  await following.followAll();
  const sequences = () => writers.map(({ name }) => known.get(name)?.state.sequence);
  return { clock, following, asked, view, hidden, known, desk, deskStream, writers, sequences, fatal };
}

describe("what the process that has the desk tells the others", () => {
  it("is every record but audit lines, which nobody waits for elsewhere", async () => {
    const [clock, store, told] = [new FakeClock(), openMemoryStore(), [] as string[]];
    const streams = new StreamBook(store, () => undefined);
    const desk = await openDesk(store, clock, streams);
    const services = servicesOf(clock);
    const following = new Following({
      ...{ store, clock, streams, desk, deskStream: undefined, logger: services.logger, paper: services, onFatal: () => undefined },
      wakeUps: { tell: (topic) => void told.push(topic), onTell: () => () => undefined },
      floors: { atExchange: () => Promise.reject(new Error("nothing here is at an exchange")) },
      accounts: { get: () => undefined, add: (account) => account, read: () => Promise.reject(new Error("there is no account")) },
    });
    following.start();
    const done: DeskEvent = { type: "command-done", path: "help", args: {}, user: "discord:1", place: "discord:2", result: "Help" };
    await desk.append([done]);
    expect(told).toEqual([]);
    await desk.append([done, HALT]);
    expect(told).toEqual([DESK_STREAM]);
    await following.stop();
  });
});

describe("what a process follows", () => {
  it("is read before an answer is given that speaks of it, also where it was not followed yet or the store shows it a moment later", async () => {
    const { clock, following, desk, writers, known, hidden } = await follower(1);
    const [writer] = writers;
    known.clear();
    await following.leave(writer!.name);
    await following.followAgain(writer!.name);
    await writer!.append([OPENED], marketMs(0));
    await desk.append([HALT], marketMs(0));
    hidden.rows = true;
    const reached = { [writer!.name]: 1, [DESK_STREAM]: 1 };
    const reaching = following.reach(reached);
    await clock.advance(500);
    expect(known.get(writer!.name)?.state.sequence).toBe(0);
    hidden.rows = false;
    await clock.advance(100);
    await reaching;
    expect(known.get(writer!.name)?.state.sequence).toBe(1);
    hidden.rows = true;
    // What is shown no sooner comes later, and the answer goes out all the same.
    const late = following.reach({ [writer!.name]: 2 });
    await clock.advance(2_100);
    await late;
  });

  it("is read on in rounds of one question, however many accounts there are, and the desk by itself as well", async () => {
    const { clock, following, asked, writers, sequences, fatal } = await follower(40);
    following.start();
    await clock.advance(1_000);
    asked.read.length = 0;
    asked.news = 0;
    await clock.advance(10_000);
    expect(asked.news).toBe(20);
    expect(asked.read).toEqual(Array(40).fill(DESK_STREAM));
    for (const writer of writers) await writer.append([OPENED], marketMs(0));
    await clock.advance(500);
    expect(sequences()).toEqual(Array(40).fill(1));
    await following.stop();
    expect(fatal).toEqual([]);
  });

  it("is not an account that this process takes while it begins to be read on, or two would fold the same books", async () => {
    const { clock, following, asked, writers, sequences } = await follower(1);
    const stream = writers[0]!.name;
    await following.leave(stream);
    const reading = following.followAgain(stream);
    await following.leave(stream);
    await reading;
    following.start();
    asked.read.length = 0;
    await writers[0]!.append([OPENED], marketMs(0));
    await clock.advance(3_000);
    expect([asked.read.includes(stream), sequences()]).toEqual([false, [0]]);
    await following.stop();
  });

  it("goes on in rounds when the store answers again", async () => {
    const { clock, following, view, writers, sequences, fatal } = await follower(2);
    following.start();
    view.isAway = true;
    await clock.advance(3_000);
    await writers[1]?.append([OPENED], marketMs(0));
    view.isAway = false;
    await clock.advance(500);
    expect([sequences(), fatal]).toEqual([[0, 1], []]);
    await following.stop();
  });
});

describe("a process that wants to be caught up", () => {
  it("has folded by one question what was durable before, of accounts and of the desk", async () => {
    const { following, asked, desk, deskStream, writers, sequences } = await follower(3);
    await writers[2]?.append([OPENED, OPENED], marketMs(0));
    await desk.append([HALT], marketMs(0));
    await following.caughtUp();
    expect([sequences(), deskStream.state.halt?.reason, asked.news]).toEqual([[0, 0, 2], "news", 1]);
  });

  it("shares the question with all who ask before it begins", async () => {
    const { following, asked, writers, sequences } = await follower(3);
    await Promise.all(Array.from({ length: 20 }, () => following.caughtUp()));
    expect(asked.news).toBe(1);
    const first = following.caughtUp();
    await writers[0]?.append([OPENED], marketMs(0));
    await Promise.all([first, ...Array.from({ length: 20 }, () => following.caughtUp())]);
    expect(sequences()).toEqual([1, 0, 0]);
    expect(asked.news).toBeLessThanOrEqual(3);
  });

  it("hears that the store does not answer, and is as far as it was", async () => {
    const { following, view, writers, sequences } = await follower(2);
    await writers[0]?.append([OPENED], marketMs(0));
    view.isAway = true;
    await expect(following.caughtUp()).rejects.toThrow(StoreUnavailable);
    expect(sequences()).toEqual([0, 0]);
    view.isAway = false;
    await following.caughtUp();
    expect(sequences()).toEqual([1, 0]);
  });

  it("waits for no stream that it does not follow any more", async () => {
    const { following, asked, writers, sequences } = await follower(2);
    await following.leave(accountStream("paper:0"));
    for (const writer of writers) await writer.append([OPENED], marketMs(0));
    await following.caughtUp();
    expect([sequences(), asked.news]).toEqual([[0, 1], 1]);
  });

  it("follows an account again that it could not have, also one that nobody had opened until then", async () => {
    const { following, writers, sequences } = await follower(1);
    await following.leave(accountStream("paper:0"));
    await following.followAgain(accountStream("paper:0"));
    await writers[0]?.append([OPENED], marketMs(0));
    await following.caughtUp();
    expect(sequences()).toEqual([1]);
  });
});
