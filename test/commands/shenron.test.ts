import { expect, test } from "vitest";
import type { ShenronStatus } from "../../src/ports/shenron.ts";
import { ChatDesk, textOf } from "../chat/door.ts";

const WELL: ShenronStatus = {
  host: "127.0.0.1:8791",
  isReachable: true,
  lagEvents: 0,
  lastSuccessAgeMs: 12_000,
  trouble: undefined,
  retryInMs: undefined,
  reports: 3,
  items: 41,
};

const deskWith = (status: ShenronStatus) => ChatDesk.open({ shenron: { status: () => status, report: () => Promise.resolve(status) } });

test("without a service, people are told how to get one", async () => {
  const desk = await ChatDesk.open();
  const words = "No SHENRON service is set. Set SHENRON_URL and SHENRON_KEY in the desk's environment, and start it again.";
  for (const line of ["shenron status", "shenron report"]) expect(textOf(await desk.type(line))).toContain(words);
});

test("status says whether the service answers, what it has not been told, and since when", async () => {
  const view = await (await deskWith(WELL)).type("shenron status");
  expect(view).toMatchObject({ title: "SHENRON knows everything that happened", tone: "good" });
  expect(textOf(view)).toContain("Last report: 12 s ago");
  expect(textOf(view)).toContain("3 reports with 41 news");
});

test("what is wrong is said in words, with what it means for trading", async () => {
  const trouble = "SHENRON gave no answer: no connection (ECONNREFUSED)";
  const desk = await deskWith({ ...WELL, isReachable: false, lagEvents: 900, trouble, retryInMs: 64_000 });
  for (const line of ["shenron status", "shenron report"]) {
    const view = await desk.type(line);
    expect(view).toMatchObject({ title: "SHENRON cannot be told what happens", tone: "warning" });
    const text = textOf(view);
    expect(text).toContain(`${trouble}.`);
    expect(text).toContain("Not reported yet: 900 events of the books");
    expect(text).toContain("Next try: in 1 min");
    expect(text).toContain("Trading does not wait for it, and nothing is lost");
  }
});
