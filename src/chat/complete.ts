import type { Completion } from "../ports/platform.ts";
import type { Argument } from "./arg-info.ts";
import { offersOf, type Sight } from "./known.ts";

/** Discord shows at most this many. */
const COMPLETIONS_MAX = 25;

/** What may follow what was typed: values that begin with it first, then those that contain it. In a list, the last entry is completed. */
export function completionsOf(argument: Argument, typed: string, sight: Sight): readonly Completion[] {
  if (argument.meta.complete) {
    const whole = argument.meta.complete(typed).slice(0, COMPLETIONS_MAX);
    return whole.map((value) => ({ value, label: value }));
  }
  const [, before = "", last = ""] = argument.meta.list === true ? (/^(.*,\s*)?([^,]*)$/s.exec(typed) ?? []) : ["", "", typed];
  const wanted = last.trim().toLowerCase();
  const values = offersOf(argument, sight).filter((value) => value.toLowerCase().includes(wanted));
  const rank = (value: string) => (value.toLowerCase().startsWith(wanted) ? 0 : 1);
  return values
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, COMPLETIONS_MAX)
    .map((value) => ({ value: before + value, label: before + value }));
}
