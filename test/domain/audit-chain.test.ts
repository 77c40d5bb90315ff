import { describe, expect, test } from "vitest";
import { ChainCheck, chained, linkOf } from "../../src/domain/audit-chain.ts";

interface Row {
  readonly sequence: number;
  readonly body: string;
}

const STREAM = "account:main";
const RECORDS = 12;

function chainOf(bodies: readonly string[], first = 1, before?: string): Row[] {
  let link = before;
  return bodies.map((body, index) => {
    const made = chained(STREAM, first + index, link, body);
    link = made.link;
    return { sequence: first + index, body: made.body };
  });
}

const texts = (count: number, word = "fill") => Array.from({ length: count }, (_, index) => `{"v":1,"event":{"${word}":${index}}}`);
const rows = chainOf(texts(RECORDS));

function checked(all: readonly Row[], { noted = [] as { sequence: number; link: string }[], known = 0, stream = STREAM } = {}): ChainCheck {
  const check = new ChainCheck(stream, noted);
  for (const row of all) check.push(row);
  check.finish(known);
  return check;
}

const renumbered = (all: readonly Row[]) => all.map(({ body }, index) => ({ sequence: index + 1, body }));

describe("a chain that holds", () => {
  test("is followed to its end, and its head is the newest link", () => {
    const { fault, end, beganAt } = checked(rows, { known: RECORDS });
    expect([fault, beganAt]).toEqual([undefined, 1]);
    expect(end).toEqual({ sequence: RECORDS, link: linkOf(rows.at(-1)?.body ?? "") });
  });

  test("leaves the text of a record readable as it was", () => {
    const [{ body }] = chainOf(['{"v":1,"event":{"text":"a \\",\\"chain\\":\\"x\\" of words"}}']) as [Row];
    expect(JSON.parse(body)).toEqual({ v: 1, event: { text: 'a ","chain":"x" of words' }, chain: linkOf(body) });
  });

  test("may begin in a stream that has records without one, which nothing vouches for", () => {
    const old = renumbered(texts(5, "old").map((body) => ({ sequence: 0, body })));
    const check = checked([...old, ...chainOf(texts(3), 6)]);
    expect([check.fault, check.beganAt, check.end.sequence]).toEqual([undefined, 6, 8]);
  });
});

describe("a chain in which something was done to one record", () => {
  const deeds: Record<string, (at: number) => readonly [Row[], first: number | readonly number[]]> = {
    "a changed text": (at) => [rows.map((row, index) => (index === at ? { ...row, body: row.body.replace("fill", "fall") } : row)), at + 1],
    "a changed text with a link that fits it": (at) => {
      const before = at === 0 ? undefined : linkOf(rows[at - 1]?.body ?? "");
      const [forged] = chainOf(['{"v":1,"event":{"fall":0}}'], at + 1, before) as [Row];
      return [rows.map((row, index) => (index === at ? forged : row)), at + 2];
    },
    "a dropped record": (at) => [rows.toSpliced(at, 1), at + 1],
    "a dropped record, the rest numbered anew": (at) => [renumbered(rows.toSpliced(at, 1)), at + 1],
    // In front of all, it stands where records of an older build would, and the first of the chain no longer is where it began.
    "an inserted record": (at) => [renumbered(rows.toSpliced(at, 0, { sequence: 0, body: '{"v":1}' })), at === 0 ? 2 : at + 1],
    "a record that is there twice": (at) => [renumbered(rows.toSpliced(at, 0, rows[at] as Row)), [at + 1, at + 2]],
    "two records in each other's place": (at) => {
      const [one, two] = [rows[at], rows[(at + 3) % RECORDS]] as [Row, Row];
      return [renumbered(rows.map((row) => (row === one ? two : row === two ? one : row))), Math.min(one.sequence, two.sequence)];
    },
    "a record whose link was taken away": (at) => [
      rows.map((row, index) => (index === at ? { ...row, body: `${row.body.slice(0, -55)}}` } : row)),
      at === 0 ? 2 : at + 1,
    ],
  };

  test.each(Object.entries(deeds))("%s is found, and the first one that does not follow is named", (_, deed) => {
    for (let at = 0; at < RECORDS; at += 1) {
      const [tampered, first] = deed(at);
      // The newest record has no successor that it could break: for its own text to be believed, its link must be noted elsewhere.
      const noted = [{ sequence: RECORDS, link: linkOf(rows.at(-1)?.body ?? "") ?? "" }];
      const { fault } = checked(tampered, { known: RECORDS, noted });
      expect(fault, `at ${at + 1}`).toBeDefined();
      const expected = at === RECORDS - 1 ? [RECORDS, first] : first;
      expect([expected].flat(2), `at ${at + 1}`).toContain(fault?.sequence);
    }
  });
});

describe("what a chain cannot show by itself", () => {
  test("newest records that are gone are missed by whoever knows that they were there", () => {
    expect(checked(rows.slice(0, 8)).fault).toBeUndefined();
    expect(checked(rows.slice(0, 8), { known: 9 }).fault).toEqual({ sequence: 9, problem: "shorter" });
    expect(checked(rows.slice(0, 8), { noted: [{ sequence: 12, link: "x" }] }).fault).toEqual({ sequence: 9, problem: "shorter" });
    expect(checked([], { known: 1 }).fault).toEqual({ sequence: 1, problem: "shorter" });
  });

  test("a chain that was written anew from some record on is another one than was noted", () => {
    const forged = [...rows.slice(0, 4), ...chainOf(texts(8, "forged"), 5, linkOf(rows[3]?.body ?? ""))];
    expect(checked(forged, { known: RECORDS }).fault).toBeUndefined();
    const noted = [{ sequence: 9, link: (linkOf(rows[8]?.body ?? "") ?? "").slice(0, 16) }];
    expect(checked(forged, { noted }).fault).toEqual({ sequence: 9, problem: "other-head" });
    expect(checked(rows, { noted }).fault).toBeUndefined();
  });

  test("records of another stream do not pass for one's own", () => {
    expect(checked(rows, { stream: "account:other" }).fault).toEqual({ sequence: 1, problem: "broken" });
  });
});
