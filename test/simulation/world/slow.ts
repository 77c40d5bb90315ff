import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

const LATE_MAX_MS = 2_000;

/** P5, a slow processor: what a port answers reaches the process late. What is called by one of the names is no waiting call and stays as it is. */
export function slowed<T extends object>(
  target: T,
  { timeline, weather }: { timeline: Timeline; weather: Weather },
  plain: ReadonlySet<string>,
): T {
  const late = Object.create(null);
  for (const name in target) {
    const value: unknown = target[name];
    if (typeof value !== "function" || plain.has(name)) {
      late[name] = value;
      continue;
    }
    late[name] = async (...args: unknown[]) => {
      const answer: unknown = await Reflect.apply(value, target, args);
      if (weather.strikes("P5", 0.2)) await timeline.wait(weather.span(1, LATE_MAX_MS));
      return answer;
    };
  }
  return late;
}
