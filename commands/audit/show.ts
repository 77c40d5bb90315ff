import { choice, count, localDay, userId } from "../../src/chat/args.ts";
import { botFilter, DESK_RECORDS, orderId } from "../../src/chat/args-audit.ts";
import { botIdOf, kindOf, orderIdOf, personOfRecord, RECORD_KINDS, recordText, requestOf } from "../../src/chat/audit-lines.ts";
import { auditScope } from "../../src/chat/audit-scope.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { idsNamed } from "../../src/chat/only-bot.ts";
import { timesOf } from "../../src/chat/record-times.ts";
import { card } from "../../src/chat/view.ts";
import { marked } from "../../src/domain/bot.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import type { AuditRecord } from "../../src/ports/audit.ts";
import { dayReader } from "../../src/reports/statistics.ts";

const SHOWN_MAX = 60;
/** The most records that the trail of one order is looked for in. */
const TRAIL_MAX = 60;

interface Wish {
  readonly what?: (typeof RECORD_KINDS)[number] | undefined;
  readonly bot?: string | undefined;
  readonly order?: string | undefined;
  readonly user?: string | undefined;
  readonly since?: string | undefined;
  readonly last: number;
}

export default defineCommand({
  summary: "Shows what was asked, decided, ordered and filled, newest first; with order, the whole way of one order",
  role: "viewer",
  readOnly: true,
  private: true,
  partial: true,
  args: {
    what: choice(RECORD_KINDS).describe("Only these records; all unless given").optional(),
    bot: botFilter.describe("Only what is about this bot or group").optional(),
    order: orderId.describe("The way of one order: what asked for it, why, what became of it").optional(),
    user: userId.describe("Only what this person asked for").optional(),
    since: localDay.describe("First day that is shown").optional(),
    last: count(1, SHOWN_MAX).describe("How many records").prefault("20"),
  },
  async run(call) {
    const { args } = call;
    const { records, whole } = args.order === undefined ? await listed(call) : await trailOf(call, args.order);
    if (records.length === 0)
      return card(args.order === undefined ? "No such records" : `No order ${args.order} is in the records that you may see`);
    const times = timesOf(records.map(({ recorded }) => recorded));
    const row = rowFor(call);
    return card(args.order === undefined ? `The newest ${records.length} records` : `The way of order ${args.order}`)
      .table(
        [...times.columns, "Record", "Who", "What"],
        records.map((record) => [...times.cells(record.recorded), ...row(record)]),
      )
      .tableFirst()
      .line(
        whole ? undefined : "Older records were not looked through; name a day with `since:` or narrow it down.",
        "`audit verify` says whether they are what was written.",
      );
  },
});

async function listed(call: Call<Wish>) {
  const { args, engine, timeZone } = call;
  const bots =
    args.bot === undefined
      ? undefined
      : idsNamed(
          call.visible.map(({ state }) => state.spec),
          args.bot,
        );
  const day = dayReader(timeZone);
  const wanted = ({ recorded: { event, wallMs } }: AuditRecord) =>
    (args.what === undefined || kindOf(event) === args.what) &&
    (bots === undefined || bots.has(botIdOf(event) ?? "")) &&
    (args.user === undefined || personOfRecord(event) === args.user) &&
    (args.since === undefined || day(wallMs) >= args.since);
  // No time zone is a day behind or ahead of UTC.
  const sinceMs = args.since === undefined ? undefined : Date.parse(`${args.since}T00:00:00Z`) - DAY_MS;
  return engine.audit.newest({ scope: auditScope(call), wanted, limit: args.last, sinceMs });
}

/** From the request through decision and attempts to the fills, oldest first. */
async function trailOf(call: Call<Wish>, order: string) {
  const { audit } = call.engine;
  const scope = auditScope(call);
  const own = await audit.newest({
    scope,
    wanted: ({ recorded }) => orderIdOf(recorded.event) === order,
    limit: TRAIL_MAX,
    sinceMs: undefined,
  });
  const asked = new Set(own.records.map(({ recorded }) => requestOf(recorded)).filter((id) => id !== undefined));
  const wanted = ({ recorded }: AuditRecord) => recorded.event.type === "command-done" && asked.has(requestOf(recorded) ?? "");
  const requests = asked.size === 0 ? [] : (await audit.newest({ scope, wanted, limit: asked.size, sinceMs: undefined })).records;
  return { records: [...requests, ...own.records.toReversed()], whole: own.whole };
}

function rowFor({ engine }: Call<Wish>): (record: AuditRecord) => readonly string[] {
  const specs = new Map(engine.accounts().flatMap(({ state }) => [...state.bots.values()].map(({ spec }) => [spec.id, spec] as const)));
  return (record) => {
    const { account = DESK_RECORDS, recorded } = record;
    const spec = specs.get(botIdOf(recorded.event) ?? "");
    const who = spec ? marked(spec.name, spec.mode) : (personOfRecord(recorded.event) ?? "");
    return [`${account} ${recorded.sequence}`, who, recordText(record)];
  };
}
