import type { UnitResult } from "./state.ts";

const INTRODUCTION = `# Proof

What the long runs have shown: that a crash at any moment leaves the books of an undisturbed run. \`npm run proof\` repeats them and writes this page;
an interrupted run goes on where it was.

* **kills**: a real process with SQLite, six bots of all strategies, a replay at the speed \`max\`, ended with \`kill -9\` at random moments and started
  again. Compared with an undisturbed process: every fill, the exact sums of all fills (added up apart from the desk's own code), every wish and denial,
  and what \`stats today\` and \`bot list\` say. Every alert that an event called for must be seen on the terminal and on a local Discord; one that is
  seen again must say that it is a repeat.
* **live**: a real process with SQLite, the real ccxt and local counterparts of Discord and Telegram, trading live at simulated exchanges on sockets:
  bots of a strategy, and a person who enters and closes by hand. Requests get lost before and after the order was accepted, come late, are answered
  with 5xx, torn or empty bodies, and readings lag; the process is ended with \`kill -9\` at random moments. Then faults end, and what was lost is found or
  proven absent. Compared with the exchange's own books: no order was accepted or sent twice, none without a durable attempt, every position is covered
  by a stop there or was said to be naked on all three platforms, balances are equal to the last digit with nothing booked as foreign, and the typed
  keys lie in no file and no output.
* **cluster**: three engines and two gateways, real processes, on a real MongoDB of three members and a real Redis, with accounts on paper and at a simulated
  Binance, in real time. Meanwhile engines and gateways are killed and started again as a supervisor would, an engine is stopped for longer than its lease
  and waked, Redis is flushed and restarted empty, and the primary of MongoDB steps down; programs create, start, stop and list bots through the API,
  and a person enters, closes, halts and resumes. Then faults end and everything comes to rest within two minutes. No order was sent or accepted twice, none
  without a durable attempt, every position is covered or was said to be naked, balances are the exchange's own, no stream was written by an earlier
  holder after a later one, every acknowledged bot exists once, every acknowledged stop holds, processes ended by themselves with 0 or 70 only, and
  \`system nodes\` says what is so.
* **simulation**: the production engine under a virtual clock with seeded faults of exchange, store, process and clock, judged by the simulated exchanges' own
  books (\`npm run sim\`). A hundred seeds to a row; the hash is over the hashes of its seeds, each of which is over every event, wire byte and store write.
* **instances**: the same with two to five processes that share the desk, an hour to a seed: processes are killed, stand still for longer than their lease
  (also between the signature of a request and its first byte), are cut off from the store or the queue, end and join. No two holders of an account may
  meet within one receive window of the exchange.
* **crashes**: the engine over a store that dies before or after chosen writes, with commands, a panic and a change to summer time on the way.
`;

/** The page of a proof, as far as it has come. `current` names the sources as they are now, by part. */
export function pageOf(results: readonly UnitResult[], current: Readonly<Record<UnitResult["part"], string>>): string {
  const faults = results.flatMap((each) => each.faults.map((fault) => `* ${each.name}: ${fault}`));
  return [
    INTRODUCTION,
    "## How far it has come\n",
    "A row counts for the sources that it was run on: a name for the contents of every file that the part runs, product and test kit alike.\n",
    "| part | sources | rows | equal | |",
    "|---|---|---|---|---|",
    ...sums(results, current),
    "\n## Every row\n",
    "| what | sources | how much | books equal | hash of the books | seconds | finished (UTC) |",
    "|---|---|---|---|---|---|---|",
    ...results.map(rowOf),
    ...(faults.length === 0 ? [] : ["\n## What differed\n", ...faults]),
    "",
  ].join("\n");
}

function sums(results: readonly UnitResult[], current: Readonly<Record<UnitResult["part"], string>>): string[] {
  const groups = Map.groupBy(results, ({ part, sources }) => `${part} | ${sources}`);
  return [...groups].map(([group, rows]) => {
    const equal = rows.filter(({ faults }) => faults.length === 0).length;
    const [first] = rows;
    return `| ${group} | ${rows.length} | ${equal} | ${first && current[first.part] === first.sources ? "as they are now" : "older"} |`;
  });
}

function rowOf({ name, sources, did, hash, faults, seconds, date }: UnitResult): string {
  return `| ${name} | ${sources} | ${did} | ${faults.length === 0 ? "yes" : "**NO**"} | ${hash} | ${seconds} | ${date} |`;
}
