import { randomBytes, randomInt } from "node:crypto";
import type { Chance } from "../ports/clock.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Unpredictable tokens and bytes. Each character is drawn by `randomInt`, which rejects the uneven rest instead of folding it, so all 36 are equally likely. */
export function systemChance(): Chance {
  return {
    token: (length) => Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(""),
    bytes: (length) => randomBytes(length),
  };
}
