import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeEvent, EVENT_VERSION, encodeEvent, UnknownEvent } from "../../src/domain/event-codec.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { ALICE, playUndisturbed, script, stormyMarket } from "../engine/crash-scenario.ts";
import { foldLines, recordedStreamPaths, recordStream } from "../kit/engine-recording.ts";
import { recordedEvents, summaryOf } from "../kit/engine-rig.ts";

const MINUTES = 130;

describe("a stored event", () => {
  it("comes back as it was written, every kind that a busy account writes", async () => {
    const { rig } = await playUndisturbed(stormyMarket(MINUTES), script(MINUTES));
    const recorded = await recordedEvents(rig.store, `account:paper:${ALICE}`);
    expect(new Set(recorded.map(({ event }) => event.type)).size).toBeGreaterThan(12);
    for (const { sequence, ...facts } of recorded) expect(decodeEvent(sequence, encodeEvent(facts))).toEqual({ sequence, ...facts });
  });

  it("keeps its decimals, maps, both times and the request that caused it", () => {
    const event = { type: "day-started", day: "2025-01-10", equity: decimal("0.000000000000000001") } as const;
    const facts = { wallMs: wallMs(1), marketMs: marketMs(2), requestId: "r1", event };
    const back = decodeEvent<typeof event>(7, encodeEvent(facts));
    expect([back.sequence, back.wallMs, back.marketMs, back.requestId, plain(back.event.equity)]).toEqual([
      7,
      1,
      2,
      "r1",
      "0.000000000000000001",
    ]);
  });

  it("of a newer version or an unknown kind refuses to be read, naming its row and the build that is needed", () => {
    const body = encodeEvent({
      wallMs: wallMs(1),
      marketMs: marketMs(2),
      requestId: undefined,
      event: { type: "bot-started", botId: "b1" },
    });
    const newer = body.replace(`"v":${EVENT_VERSION}`, `"v":${EVENT_VERSION + 1}`);
    expect(() => decodeEvent(9, newer)).toThrow(/row 9 holds the event "bot-started" of version 2.*start the newer build/);
    expect(() => decodeEvent(9, body.replace("bot-started", "bot-promoted"))).toThrow(/"bot-promoted".*start the newer build/);
    expect(() => decodeEvent(9, newer)).toThrow(UnknownEvent);
    expect(() => decodeEvent(9, "{}")).toThrow(/row 9/);
    expect(() => decodeEvent(9, '{"v":1')).toThrow();
  });
});

describe("a stream recorded by an earlier build", () => {
  it("is recorded once per event version, when asked for by RECORD_STREAM=1", async () => {
    const { events, books } = recordedStreamPaths(EVENT_VERSION);
    if (process.env.RECORD_STREAM === "1" && !existsSync(events)) {
      const { rig } = await playUndisturbed(stormyMarket(MINUTES), script(MINUTES));
      await recordStream(rig.store, `account:paper:${ALICE}`, EVENT_VERSION);
    }
    expect(existsSync(events) && existsSync(books)).toBe(true);
  });

  it.each(Array.from({ length: EVENT_VERSION }, (_, index) => index + 1))("version %i folds to the same books", (version) => {
    const paths = recordedStreamPaths(version);
    const books = summaryOf(foldLines(readFileSync(paths.events, "utf8")));
    // What later builds count beside it is no part of what an earlier one wrote down.
    expect(JSON.parse(JSON.stringify(books))).toMatchObject(JSON.parse(readFileSync(paths.books, "utf8")));
  });
});
