import { expect, it } from "vitest";
import { failureView } from "../../src/chat/failures.ts";
import { TransientError, UserError } from "../../src/domain/errors.ts";
import { AppendRefused, StoreUnavailable } from "../../src/ports/store.ts";
import { systemChance } from "../../src/system/chance.ts";
import { SILENT } from "../../src/system/silent-logger.ts";

const viewOf = (thrown: unknown) => failureView(thrown, "bot start", { chance: systemChance(), logger: SILENT });

it("a failure says what was meant for a person, what should pass, or the number of an incident", () => {
  expect(viewOf(new UserError("No."))).toMatchObject({ title: "No.", tone: "bad" });
  expect(viewOf(new TransientError("timeout"))).toMatchObject({ fault: "unavailable" });
  expect(viewOf(new TypeError("x is undefined"))).toMatchObject({ fault: "internal", lines: [expect.stringContaining("incident")] });
});

it("a store that took nothing from this process is no incident: another process may have done what was asked", () => {
  for (const thrown of [new StoreUnavailable("it is cut off"), new AppendRefused("another process has the stream")])
    expect(viewOf(thrown)).toMatchObject({ fault: "unavailable", title: expect.stringMatching(/nobody knows whether all of it is done/) });
});
