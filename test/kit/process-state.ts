const EVENTS = ["uncaughtException", "unhandledRejection", "SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** What vitest and the helpers of compiled packages (tslib) keep in the global scope, once they are loaded. */
const OF_PACKAGES = /^__/;

/** What a test can change for every later one in the same process, by name: environment, folder, handlers, outputs, clock, chance, globals. */
export function processState(of = process): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["the working folder", of.cwd()],
    ["the mask of new files", of.umask()],
    ["the exit code", of.exitCode],
    ["the arguments", of.argv.join(" ")],
    ["standard output", of.stdout.write],
    ["standard error", of.stderr.write],
    ...Object.entries(of.env).map(([name, value]) => [`the setting ${name}`, value] as const),
    ...EVENTS.map((event) => [`the number of handlers of ${event}`, of.listenerCount(event)] as const),
    ...Object.entries(console).map(([name, value]) => [`console.${name}`, value] as const),
    ...Object.entries({
      now: Date.now,
      tick: performance.now,
      random: Math.random,
      uuid: crypto.randomUUID,
      bytes: crypto.getRandomValues,
    }),
    ...Object.entries(Object.getOwnPropertyDescriptors(globalThis))
      .filter(([name]) => !OF_PACKAGES.test(name))
      .map(([name, { value }]) => [`the global ${name}`, value ?? "computed"] as const),
  ]);
}

/** One name for each difference between two states, without its value: that could be a secret. */
export function changesBetween(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => before.has(name) !== after.has(name) || !Object.is(before.get(name), after.get(name)));
}
