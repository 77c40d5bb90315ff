import { startDemo } from "./demo.ts";

const PORT_DEFAULT = 8787;
const PORT_MAX = 65_535;

await main();

/** Runs the demo until Ctrl+C, or until the desk ends by itself. */
async function main(): Promise<void> {
  const port = portOf(process.env.PORT);
  if (port === undefined) return fail(`PORT: expected 0 to ${PORT_MAX}, found ${process.env.PORT}. Leave it out for ${PORT_DEFAULT}.`);
  const quit = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => quit.abort());
  process.stdout.write("Starting the desk between a local Discord and a local Telegram…\n");
  const demo = await startDemo({ port, environment: process.env, signal: quit.signal }).catch((error: Error) => error);
  if (demo instanceof Error) return quit.signal.aborted ? process.exit(0) : fail(demo.message);
  process.stdout.write(`Open ${demo.address} in a browser. Ctrl+C ends it.\n`);
  const ended = await Promise.race([
    demo.ended,
    new Promise<undefined>((resolve) => quit.signal.addEventListener("abort", () => resolve(undefined))),
  ]);
  if (ended !== undefined) process.stderr.write(`${ended}\n`);
  await demo.stop();
  process.exit(ended === undefined ? 0 : 1);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return PORT_DEFAULT;
  return /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX ? Number(text) : undefined;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
