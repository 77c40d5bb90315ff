import type { Instances } from "../cluster/draw.ts";
import type { Change } from "./copy.ts";

/** A fault put into a copy of the sources on purpose. The rig is worth something only if it catches each of them. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Set where only several processes can show it. */
  readonly instances?: Instances;
}

/** One change of one file. */
function mutant(name: string, file: string, find: string, put: string): Mutant {
  return { name, changes: [{ file, find, put }] };
}

const SEVERAL: Instances = { least: 3, most: 5 };

/** Faults of a desk of several processes. */
const CLUSTER_MUTANTS: readonly Mutant[] = [
  {
    ...mutant(
      "nobody looks at the lease after the signing",
      "src/engine/live/desk.ts",
      "environment, credentials, () => writer.unheld());",
      "environment, credentials, () => undefined);",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "a takeover does not wait for the receive window",
      "src/engine/live/right.ts",
      "this.#writer.isTakeover ? traits.fenceMs - traits.readLagMs : 0;",
      "this.#writer.isTakeover ? traits.readLagMs - traits.readLagMs : 0;",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "a lease is trusted until somebody says that it is over",
      "src/stores/mongodb/renewal.ts",
      "    if (this.#clock.monotonicMs() < this.#trustedUntilMs) return undefined;",
      "    if (!this.#taken) return undefined;",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "an entry is sent without a look at what others have written",
      "src/engine/open.ts",
      "    caughtUp: shared && (() => shared.caughtUp()),",
      "    caughtUp: undefined,",
    ),
    instances: SEVERAL,
  },
  {
    ...mutant(
      "an entry that was held up is not asked about again",
      "src/engine/live/lane.ts",
      "await place(this.#host.venue, order, forbidden);",
      "await place(this.#host.venue, order);",
    ),
    instances: SEVERAL,
  },
  {
    name: "an account that was given back goes on sending",
    changes: [
      { file: "src/engine/stream.ts", find: "    return this.#store.unheld(this.name);", put: "    return undefined;" },
      {
        file: "src/engine/cluster/holdings.ts",
        find: "    const left = accounts.add(new FollowedAccount(account.writer, account.services));",
        put: "    const left = new FollowedAccount(account.writer, account.services);",
      },
      { file: "src/engine/cluster/holdings.ts", find: "      await account.venue?.close();", put: "      void account.venue;" },
    ],
    instances: SEVERAL,
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...CLUSTER_MUTANTS,
  mutant(
    "an order is sent before its intent is durable",
    "src/engine/stream.ts",
    "      await this.#store.append({ stream: this.name, epoch: this.#epoch, expectedSequence: this.state.sequence, bodies });",
    "      const batch = { stream: this.name, epoch: this.#epoch, expectedSequence: this.state.sequence, bodies };\n      void this.#store.append(batch).catch(() => undefined);",
  ),
  mutant(
    "a slot that was acted on is decided again",
    "src/engine/decide.ts",
    "  return bot.actedSlotMs === undefined || slot.candle.openTimeMs > bot.actedSlotMs;",
    "  return true;",
  ),
  mutant(
    "an entry on a candle that is not the newest",
    "src/engine/decide.ts",
    "    late: slot !== undefined && slot.closedMs + Math.max(timeframeMs(slot.feed.timeframe), services.lagMs) <= services.now(),",
    "    late: slot !== undefined && slot.closedMs > services.now() + timeframeMs(slot.feed.timeframe),",
  ),
  mutant(
    "a halt is written and not obeyed",
    "src/engine/desk.ts",
    "    if (!halt || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;",
    "    if (!halt?.panic || (halt.untilMs !== undefined && halt.untilMs <= this.clock.wall())) return undefined;",
  ),
  mutant(
    "a halt is answered before it is written",
    "src/engine/desk.ts",
    "      await this.append([halted], requestId);",
    "      this.#unwritten = halted;",
  ),
  mutant(
    "a candle is taken for closed before it is",
    "src/feeds/exchange/closed-candles.ts",
    "  return minuteBound(wallMs - CLOSE_GRACE_MS);",
    "  return minuteBound(wallMs + 30_000);",
  ),
  mutant(
    "an unanswered paper order is forgotten at start",
    "src/engine/paper-executor.ts",
    '      if (order.status !== "in-flight" && order.status !== "unknown") continue;',
    '      if (order.status !== "unknown") continue;',
  ),
  mutant(
    "another attempt under the id of the first",
    "src/engine/intents.ts",
    "`${intentId}#${attempt}`",
    "`${intentId}#${Math.min(attempt, 1)}`",
  ),
  mutant(
    "what the store refuses is not written again",
    "src/engine/account.ts",
    "        await this.services.clock.sleep(STORE_RETRY_MS);",
    "        return;",
  ),
  mutant(
    "a stop is answered and not written",
    "src/engine/bots.ts",
    "[...canceled, stopped, ...closing], caller.requestId);",
    "[...canceled, ...closing].filter(() => stopped === undefined), caller.requestId);",
  ),
  mutant(
    "a stop that the watch holds does not sell",
    "src/matching/match.ts",
    "  if (stop && price <= toDouble(stop.price)) run.take(stop.order, price, at);",
    "  if (stop && price < 0) run.take(stop.order, price, at);",
  ),
  mutant(
    "a position larger than its cap",
    "src/risk/entry.ts",
    "      amount: beside(percentOf(equity, limits.positionCapPct)),",
    "      amount: beside(equity),",
  ),
  mutant(
    "the daily loss is forgotten when it is made good",
    "src/risk/entry.ts",
    "  if (question.broken) return denied(question.broken.code, question.broken.because);",
    "  if (question.broken && question.late) return denied(question.broken.code, question.broken.because);",
  ),
  mutant(
    "a fee in base is not taken off the position",
    "src/domain/position.ts",
    "    const received = feeInBase ? signed.minus(fill.fee) : signed;",
    "    const received = signed;",
  ),
  mutant(
    "a fee in a third coin is not booked",
    "src/domain/fold-orders.ts",
    "  if (!feeInBase && !feeInQuote) add(fill.feeCurrency, fill.fee.negated());",
    "  if (feeInBase && feeInQuote) add(fill.feeCurrency, fill.fee.negated());",
  ),
  mutant(
    "no fence: absent is believed at once",
    "src/engine/live/memory.ts",
    "    if (fenced && complete) seen.negatives += 1;",
    "    if (complete) seen.negatives += 1;",
  ),
  mutant(
    "an error counts as absent",
    "src/engine/live/memory.ts",
    "    if (fenced && complete) seen.negatives += 1;",
    "    if (fenced || !complete) seen.negatives += 1;",
  ),
  mutant(
    "a lost answer is taken for a refusal",
    "src/engine/live/lane.ts",
    '      return this.#end(order, { type: "order-unknown", reason: outcome.reason });',
    '      return this.#end(order, { type: "order-expired", reason: outcome.reason });',
  ),
  mutant(
    "what a dead process may have sent is sent again",
    "src/engine/live/next-step.ts",
    'memory.unsent.has(order.clientOrderId) ? "send" : "forget", order };',
    '"send", order };',
  ),
  mutant(
    "no stop at the venue",
    "src/engine/live/next-step.ts",
    'memory.may("protect") ? { kind: "protect", quantity, levels } : REST, "the venue took',
    ' REST, "the venue took',
  ),
  mutant(
    "a naked position without an alarm",
    "src/engine/live/next-step.ts",
    "  if (nowMs - sinceMs <= NAKED_MAX_MS || bot.naked) return step;",
    "  if (nowMs - sinceMs >= 0 || bot.naked) return step;",
  ),
  mutant(
    "a target sells the whole position",
    "src/engine/live/next-step.ts",
    "  if (!exit?.keep) return exit && quantity;",
    "  if (exit?.keep) return quantity;\n  if (!exit?.keep) return exit && quantity;",
  ),
  mutant(
    "nobody looks at the time of a real position",
    "src/engine/live/watch-step.ts",
    "venueMs - position.openedMs < longestMs) return undefined;",
    "venueMs > 0) return undefined;",
  ),
  mutant(
    "fills are read and not booked",
    "src/engine/live/fill-sync.ts",
    "...fillEvents(state, own), ...synced]);",
    "...fillEvents(state, own).slice(1), ...synced]);",
  ),
  mutant(
    "a fill is booked twice",
    "src/engine/live/fills.ts",
    "    if (!known || known.fillIds.includes(fill.fillId) || seen.has(key)) continue;",
    "    if (!known) continue;",
  ),
  {
    name: "advice that takes away adds instead",
    changes: [
      {
        file: "src/risk/advice.ts",
        find: "quantity.times(decimal(share.toFixed(4)))",
        put: "quantity.times(decimal((2 - share).toFixed(4)))",
      },
      { file: "src/risk/advice.ts", find: "cut.isGreaterThan(0) && cut.isLessThan(quantity)", put: "cut.isGreaterThan(0)" },
    ],
  },
  mutant(
    "a veto is told and not obeyed",
    "src/engine/advice.ts",
    `  if (use.effect === "vetoed") return { answer: { ...countedBy(answer), allowed: false, code: "advice", because: use.because }, use };`,
    `  if (use.effect === "vetoed") return { answer, use };`,
  ),
  mutant(
    "advice from out of its mind is taken",
    "src/risk/advice.ts",
    "  if (!(confidence >= 0 && confidence <= 1))",
    "  if (confidence < -1)",
  ),
  mutant("one position more than the limit", "src/risk/limit-rules.ts", "facts.positions >= most &&", "facts.positions > most &&"),
  mutant(
    "the first of several entries buys the whole",
    "src/risk/entry.ts",
    "  const notional = begins ? whole.times(building.share) : whole;",
    "  const notional = whole;",
  ),
  mutant(
    "a part of a grid is bought again while it is held",
    "src/strategies/grid.ts",
    "    return !held.has(part) && previous.close",
    "    return !held.has(-1) && previous.close",
  ),
  mutant(
    "a limit of exposure forgets what is open",
    "src/risk/limit-rules.ts",
    "counter.convert(most.minus(facts.exposure), facts.currency, quote)",
    "counter.convert(most, facts.currency, quote)",
  ),
  mutant(
    "a breaker is open and lets entries through",
    "src/engine/breaker-desk.ts",
    "      if (concerns(open, spec) && !letsThrough(open, asked)) return brokenBy(open, account.state, spec);",
    '      if (open.breaker === "daily-loss" && concerns(open, spec)) return brokenBy(open, account.state, spec);',
  ),
  mutant(
    "a spread that was told long ago is believed",
    "src/engine/account.ts",
    "quote && now() - quote.atMs <= QUOTE_AGE_MAX_MS ? spreadBpsOf(quote) : undefined;",
    "quote && now() > 0 ? spreadBpsOf(quote) : undefined;",
  ),
  mutant(
    "a limit of the spread passes what is ten times wider",
    "src/risk/limit-rules.ts",
    "        : spreadBps > most",
    "        : spreadBps > most * 10",
  ),
  mutant(
    "something is added while no stop rests",
    "src/engine/live/adding.ts",
    '  if (!stop || others.length > 1 || stop.status !== "open") return',
    "  if (!stop) return undefined;\n  if (others.length > 1) return",
  ),
  mutant(
    "funding at Blofin is booked with every reading",
    "src/engine/live/ledger.ts",
    "    .filter(({ entryId }) => !known.has(entryId))",
    '    .filter(({ entryId, kind }) => kind === "funding" || !known.has(entryId))',
  ),
  mutant(
    "a contract of Blofin is taken for a coin",
    "src/venues/perpetual/requests.ts",
    "  const size = toContracts(contract, quantity);",
    "  const size = toContracts(contract, quantity) && quantity;",
  ),
];
