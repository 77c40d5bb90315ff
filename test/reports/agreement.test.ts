import { test } from "vitest";
import { expectAgreement } from "../kit/statistics-check.ts";

test("statistics of 150 random ledgers agree with an independent script to the last displayed digit", (context) => {
  expectAgreement(context, 150);
});
