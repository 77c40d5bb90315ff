import { chained } from "../src/domain/audit-chain.ts";
import { encodeEvent } from "../src/domain/event-codec.ts";
import type { AccountEvent } from "../src/domain/events.ts";
import { decimal } from "../src/domain/money.ts";
import { marketMs, wallMs } from "../src/domain/time.ts";
import { AuditReader } from "../src/engine/audit.ts";
import { accountStream, StreamBook } from "../src/engine/streams.ts";
import { emptyStore } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";

const RECORDS = 200_000;
const ROUNDS = 20;
const BLOCK = RECORDS / ROUNDS;
const STREAM = accountStream("main");

/** What the hash chain costs: one more link for each record that is written, and following all of them again. */
export default async function audit(figures: Figures): Promise<void> {
  const plain: number[] = [];
  const linked: number[] = [];
  const { store, remove } = await emptyStore("sqlite");
  const { epoch } = await store.acquire(STREAM);
  let link: string | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round * BLOCK;
    const began = performance.now();
    const texts = Array.from({ length: BLOCK }, (_, index) => encodeEvent({ ...FACTS, event: fillAt(first + index) }));
    const encoded = performance.now();
    const bodies = texts.map((text, index) => {
      const record = chained(STREAM, first + index + 1, link, text);
      link = record.link;
      return record.body;
    });
    plain.push((encoded - began) / BLOCK);
    linked.push((performance.now() - encoded) / BLOCK);
    await store.append({ stream: STREAM, epoch, expectedSequence: first, bodies });
  }
  figures.time("a fill as text, p50", quantile(plain, 0.5));
  figures.time("its link in the chain, p50", quantile(linked, 0.5));
  const began = performance.now();
  const [verdict] = await new AuditReader(store, new StreamBook(store, () => undefined)).verify(
    { accounts: ["main"], sees: () => false },
    [],
  );
  if (!verdict || verdict.fault || verdict.end.sequence !== RECORDS) throw new Error("the chain did not hold");
  figures.count("records followed per second, from SQLite", Math.round((RECORDS / (performance.now() - began)) * 1_000));
  await remove();
}

const FACTS = { wallMs: wallMs(1_700_000_000_000), marketMs: marketMs(1_700_000_000_000), requestId: undefined };

function fillAt(number: number): AccountEvent {
  const price = decimal(40_000 + (number % 1_000)).plus("0.01");
  const fill = {
    fillId: `f${number}`,
    clientOrderId: `s${number}`,
    symbol: "BTC/USDT",
    side: "buy",
    price,
    quantity: decimal("0.00125"),
    fee: price.times("0.00000125"),
    feeCurrency: "USDT",
    liquidity: "taker",
    marketMs: FACTS.marketMs,
  } as const;
  const after = {
    positionQuantity: decimal("0.00125"),
    entryPrice: price,
    realized: undefined,
    stopPrice: price.times("0.98"),
    takePrice: undefined,
  };
  return { type: "order-filled", fill, botId: "b1", purpose: "entry", reason: "fast average crossed above slow", after };
}
