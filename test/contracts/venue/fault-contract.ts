import { expect, it } from "vitest";
import { TransientError } from "../../../src/domain/errors.ts";
import { LOST_ORDERS, SPOILT_READS } from "./faults.ts";
import type { VenueStage, VenueSubject } from "./stage.ts";
import { expectClean, limitOf, place, reading, ref, stopOf } from "./steps.ts";

type Stage = () => VenueStage;

export function placeFaultContract(stage: Stage, subject: VenueSubject): void {
  it.each([...LOST_ORDERS, ...subject.ambiguous])("is unknown when $name", async ({ fault, accepted }) => {
    const { faults, entry, venue } = stage();
    faults.next(subject.routes.place, fault);
    const outcome = await venue.place(entry);
    expect(outcome.kind).toBe("unknown");
    expectClean(stage(), outcome);
    expect(
      stage()
        .server.routes()
        .filter((route) => route === subject.routes.place),
    ).toHaveLength(1);
    expect([stage().booked(entry.clientOrderId), faults.left]).toEqual([accepted ? 1 : 0, 0]);
    stage().time.skip(200_000);
    expect((await venue.find(ref(entry))).kind).toBe(accepted ? "found" : "absent");
  });

  it.each(LOST_ORDERS)("is unknown for a protective order too when $name", async ({ fault, accepted }) => {
    await place(stage(), stage().entry);
    const stop = stopOf(stage(), stage().venue.traits.holdsTarget);
    stage().faults.next(subject.routes.protect, fault);
    expect((await stage().venue.place(stop)).kind).toBe("unknown");
    expect([stage().booked(stop.clientOrderId), stage().faults.left]).toEqual([accepted ? 1 : 0, 0]);
    stage().time.skip(200_000);
    expect((await stage().venue.find(ref(stop))).kind).toBe(accepted ? "found" : "absent");
  });

  it("is `not sent` when no connection can be opened", async () => {
    await stage().server.close();
    const outcome = await stage().venue.place(stage().entry);
    expect(outcome.kind).toBe("not-sent");
    expectClean(stage(), outcome);
  });

  it("is `not sent` when it is barred in the moment of sending", async () => {
    const { entry, venue } = stage();
    expect(await venue.place({ ...entry, barred: () => "halted: enough" })).toEqual({ kind: "not-sent", reason: "halted: enough" });
    expect(stage().booked(entry.clientOrderId)).toBe(0);
    expect((await venue.place({ ...entry, barred: () => undefined })).kind).toBe("accepted");
  });

  it("is unknown when a copy of it is open already", async () => {
    const resting = limitOf(stage());
    await place(stage(), resting);
    expect((await stage().venue.place(resting)).kind).toBe("unknown");
    expect(stage().booked(resting.clientOrderId)).toBe(1);
  });

  it("is unknown when it arrives after we have stopped waiting, and is found then", async () => {
    stage().faults.next(subject.routes.place, { delayMs: 600 });
    expect((await stage().venue.place(stage().entry)).kind).toBe("unknown");
    await stage().time.clock.sleep(600);
    expect(await reading(stage(), stage().entry)).toMatchObject({ status: "filled" });
  });

  it.each(subject.rejections)("is rejected ($cause) for $name", async ({ request, cause }) => {
    const sent = request(stage());
    const outcome = await stage().venue.place(sent);
    expect(outcome).toMatchObject({ kind: "rejected", cause });
    expectClean(stage(), outcome);
    expect(stage().booked(sent.clientOrderId)).toBe(0);
  });
}

export function cancelFaultContract(stage: Stage, subject: VenueSubject): void {
  it.each(LOST_ORDERS)("is unknown when $name, and reading tells", async ({ fault, accepted }) => {
    const resting = limitOf(stage());
    await place(stage(), resting);
    stage().faults.next(subject.routes.cancel, fault);
    const outcome = await stage().venue.cancel(ref(resting));
    expect(outcome.kind).toBe("unknown");
    expectClean(stage(), outcome);
    stage().time.skip(200_000);
    expect(await reading(stage(), resting)).toMatchObject({ status: accepted ? "canceled" : "open" });
    if (!accepted) expect(await stage().venue.cancel(ref(resting))).toMatchObject({ kind: "canceled" });
  });
}

export function readFaultContract(stage: Stage, subject: VenueSubject): void {
  const rows = subject.reads.flatMap((read) => SPOILT_READS.map((spoilt) => ({ ...read, spoilt: spoilt.name, fault: spoilt.fault })));

  it.each(rows)("is no reading when the answer to $name $spoilt", async ({ route, ask, fault }) => {
    stage().faults.next(route, fault);
    const thrown: unknown = await ask(stage()).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(TransientError);
    expectClean(stage(), thrown instanceof Error ? thrown.message : thrown);
    expect(stage().faults.left).toBe(0);
    stage().time.skip(200_000);
    await expect(ask(stage())).resolves.toBeDefined();
  });

  it.each(SPOILT_READS)("proves nothing about an order when an answer $name", async ({ fault }) => {
    const { venue, entry } = stage();
    await place(stage(), entry);
    const before = stage().server.log.length;
    await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
    const routes = new Set(stage().server.routes().slice(before));
    for (const route of [...routes].filter((each) => !each.endsWith("/time"))) {
      stage().faults.next(route, fault);
      const found = await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
      expect([route, found.kind]).toEqual([route, "no-reading"]);
      expectClean(stage(), found);
      stage().faults.clear();
      stage().time.skip(200_000);
    }
  });

  it("does not see an order that a replica does not have yet", async () => {
    const { venue, entry } = stage();
    await place(stage(), entry);
    const before = stage().server.log.length;
    await venue.find(ref({ ...entry, clientOrderId: "ssnobody" }));
    for (const route of new Set(stage().server.routes().slice(before))) stage().faults.next(route, { lagMs: 15_000 });
    expect((await venue.find(ref(entry))).kind).not.toBe("found");
    stage().time.skip(20_000);
    stage().faults.clear();
    expect((await venue.find(ref(entry))).kind).toBe("found");
  });
}
