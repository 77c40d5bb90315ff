import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaksBelow, leaksOf, RUN_FOLDER } from "./watch.ts";

/** What is printed passes through here. */
type Stream = Pick<NodeJS.WriteStream, "write">;

/**
 * Once for a whole run of vitest: gives it a folder of its own for everything temporary, listens to what it prints, and when it is over looks
 * for canaries in both. A finding fails the run, also when every test has passed.
 */
export default function setUp(): () => void {
  const end = watchRun(process.env, { "standard output": process.stdout, "standard error": process.stderr });
  return () => {
    const leaks = end();
    if (leaks.length === 0) return;
    process.exitCode = 1;
    throw new Error(["Secrets were found in what this run left:", ...leaks].join("\n- "));
  };
}

/** Begins to watch, with the environment that the run's processes will get; the answer ends it and returns one sentence for each leak. */
export function watchRun(environment: NodeJS.ProcessEnv, streams: Readonly<Record<string, Stream>>): () => readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "storm-run-"));
  const before = { TMPDIR: environment.TMPDIR, [RUN_FOLDER]: environment[RUN_FOLDER] };
  Object.assign(environment, { TMPDIR: folder, [RUN_FOLDER]: folder });
  const printed = Object.entries(streams).map(([name, stream]) => ({ name, end: listenTo(stream) }));
  return () => {
    const leaks = [...leaksBelow(folder), ...printed.flatMap(({ name, end }) => leaksOf(`the run's ${name}`, Buffer.from(end())))];
    rmSync(folder, { recursive: true, force: true });
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete environment[name];
      else environment[name] = value;
    }
    return leaks;
  };
}

/** Keeps what is printed, and prints it; the answer stops and returns it. */
function listenTo(stream: Stream): () => string {
  const parts: string[] = [];
  const { write } = stream;
  const listened = (...args: Parameters<typeof write>) => {
    const [chunk] = args;
    parts.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"));
    return Reflect.apply(write, stream, args);
  };
  stream.write = listened as typeof write;
  return () => {
    stream.write = write;
    return parts.join("");
  };
}
