import { test } from "vitest";
import { expectAgreement } from "../kit/statistics-check.ts";

test("statistics of 10,000 random ledgers agree with an independent script to the last displayed digit", (context) => {
  expectAgreement(context, 10_000);
});
