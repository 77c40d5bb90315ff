import type { LiveOpening } from "../../src/engine/live/connect.ts";

const refuse = () => Promise.reject(new Error("this test has no vault"));

/** A desk without accounts at exchanges. */
export const NO_VENUES: LiveOpening = {
  vault: { locked: "this test has no vault", seal: refuse, open: refuse, rewrap: refuse },
  exchanges: [],
  openVenue: () => Promise.reject(new Error("this test opens no account at an exchange")),
};
