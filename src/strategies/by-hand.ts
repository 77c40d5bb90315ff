import { hold } from "../domain/signal.ts";
import { defineStrategy } from "./define.ts";

export default defineStrategy({
  summary: "Holds what a person entered until its stop, its target or a person closes it; never acts by itself",
  params: {},
  indicators: () => ({}),
  decide: () => hold,
});
