import { afterAll, expect } from "vitest";
import { changesBetween, processState } from "./process-state.ts";

/** Runs around each file of the tier whose files share a process: what one leaves changed fails that one, and not whichever comes next. */
const before = processState();
afterAll(() => expect(changesBetween(before, processState()), "what this file leaves changed for the files after it").toEqual([]));
