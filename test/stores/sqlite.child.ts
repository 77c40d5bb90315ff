import { messageOf } from "../../src/domain/errors.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";

/**
 * A second process for the tests of the lock and of crashes: `node sqlite.child.ts hold|append <file>`.
 * `hold` opens the store and stays; `append` writes without end and prints each sequence once it is acknowledged.
 */
const [, , task, file = ""] = process.argv;
const PIPELINED = 4;

async function append(): Promise<void> {
  const store = await openSqliteStore({ file });
  const { epoch, lastSequence } = await store.acquire("desk");
  let end = lastSequence;
  const writer = async (): Promise<void> => {
    for (;;) {
      const first = end + 1;
      end += 3;
      const bodies = [first, first + 1, first + 2].map((sequence) => `event ${sequence}`);
      await store.append({ stream: "desk", epoch, expectedSequence: first - 1, bodies });
      process.stdout.write(`${first + 2}\n`);
    }
  };
  await Promise.all(Array.from({ length: PIPELINED }, writer));
}

try {
  if (task === "append") await append();
  await openSqliteStore({ file });
  process.stdout.write("open\n");
} catch (thrown) {
  process.stdout.write(`${messageOf(thrown)}\n`);
}
