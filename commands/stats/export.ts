import { choice, localDay } from "../../src/chat/args.ts";
import { botFilter } from "../../src/chat/args-audit.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { idsNamed } from "../../src/chat/only-bot.ts";
import { card } from "../../src/chat/view.ts";
import type { BotState } from "../../src/domain/books.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { AuditRecord } from "../../src/ports/audit.ts";
import { dailyTable, EXPORTS, type ExportedBot, fillTable } from "../../src/reports/exports.ts";
import { dayReader, resultsByDay } from "../../src/reports/statistics.ts";
import { FILE_FORMATS, fileOf, type TextTable } from "../../src/reports/text-table.ts";

/** As many as every platform takes in one file. */
const ROWS_MAX = 5_000;

interface Wish {
  readonly what: (typeof EXPORTS)[number];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly bot?: string | undefined;
}

interface Found {
  /** Oldest first; the newest of all that there are. */
  readonly table: TextTable;
  readonly leftOut: number;
  /** False where older records were not looked through. */
  readonly whole: boolean;
}

interface Exported extends ExportedBot {
  readonly state: Readonly<BotState>;
  /** Where its records are. */
  readonly stream: string;
}

export default defineCommand({
  summary: "Hands over fills or daily results as a file, CSV or JSON",
  role: "viewer",
  readOnly: true,
  private: true,
  partial: true,
  args: {
    what: choice(EXPORTS).describe("A line for each fill, or for each bot and local day").prefault("fills"),
    format: choice(FILE_FORMATS).describe("CSV for spreadsheets, JSON for programs").prefault("csv"),
    since: localDay.describe("First day that counts; everything unless given").optional(),
    until: localDay.describe("Last day that counts").optional(),
    bot: botFilter.describe("Only this bot or group").optional(),
  },
  async run(call) {
    const { what, format, since, until } = call.args;
    if (since !== undefined && until !== undefined && until < since)
      throw new UserError(`until: expected a day that is not before ${since}, found ${until}.`);
    const bots = botsOf(call);
    const { table, leftOut, whole } = what === "fills" ? await fillsOf(call, bots) : daysOf(call, bots);
    const count = table.rows.length;
    const notRead = whole ? undefined : "Only the newest 50,000 records of each account were looked through.";
    if (count === 0) return card(what === "fills" ? "No fills to hand over" : "No results to hand over").line(notRead);
    const noun = what === "fills" ? (count === 1 ? "fill" : "fills") : count === 1 ? "line of daily results" : "lines of daily results";
    return card(`${count} ${noun}`)
      .line(
        what === "fills"
          ? "Oldest first, in the time of their market, in UTC. `realized` is after the fee, and empty where nothing was closed."
          : `Oldest first; a day on which a bot did not trade has no line. Days are those of ${call.timeZone}.`,
        leftOut === 0 ? undefined : `${leftOut} older ones are left out: one file has at most ${ROWS_MAX}. Narrow it down with \`until:\`.`,
        notRead,
      )
      .file(fileOf(what, table, format));
  },
});

/** The bots that the person may see, and the deleted ones of the accounts that they may see, by id. */
function botsOf({ args, visible, accounts }: Call<Wish>): ReadonlyMap<string, Exported> {
  const seen = new Set(accounts.map(({ state }) => state.account));
  const exported = (state: Readonly<BotState>, stream: string): Exported => {
    return { state, spec: state.spec, stream, account: seen.has(stream) ? stream : "" };
  };
  const all = [
    ...visible.map(({ state, account }) => exported(state, account)),
    ...accounts.flatMap(({ state }) =>
      [...state.bots.values()].filter(({ deleted }) => deleted).map((bot) => exported(bot, state.account)),
    ),
  ];
  const specs = all.map(({ spec }) => spec);
  const named = args.bot === undefined ? undefined : idsNamed(specs, args.bot);
  return new Map(all.filter(({ spec }) => named?.has(spec.id) ?? true).map((bot) => [bot.spec.id, bot]));
}

async function fillsOf({ args, engine, timeZone }: Call<Wish>, bots: ReadonlyMap<string, Exported>): Promise<Found> {
  const isWithin = withinOf(args, timeZone);
  const found = new Map<string | undefined, number>();
  // All are counted, so that the answer can say how many are left out; of each account the newest are kept.
  const wanted = ({ account, recorded: { event } }: AuditRecord) => {
    if (event.type !== "order-filled" || !bots.has(event.botId) || !isWithin(event.fill.marketMs)) return false;
    const count = (found.get(account) ?? 0) + 1;
    found.set(account, count);
    return count <= ROWS_MAX;
  };
  const scope = { accounts: [...new Set([...bots.values()].map(({ stream }) => stream))], sees: () => false };
  const { records, whole } = await engine.audit.newest({ scope, wanted, limit: Number.POSITIVE_INFINITY, sinceMs: undefined });
  const fills = records
    .slice(0, ROWS_MAX)
    .reverse()
    .flatMap(({ recorded: { event } }) => {
      const bot = event.type === "order-filled" ? bots.get(event.botId) : undefined;
      return bot && event.type === "order-filled" ? [{ ...bot, event }] : [];
    });
  const all = [...found.values()].reduce((sum, count) => sum + count, 0);
  return { table: fillTable(fills), leftOut: all - fills.length, whole };
}

function daysOf({ args, timeZone }: Call<Wish>, bots: ReadonlyMap<string, Exported>): Found {
  const day = dayReader(timeZone);
  const days = [...bots.values()]
    .flatMap((bot) => [...resultsByDay(bot.state, day)].map(([date, result]) => ({ ...bot, day: date, result })))
    .filter(({ day: date }) => isDayWithin(args, date))
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.spec.name < b.spec.name ? -1 : 1));
  const kept = days.slice(-ROWS_MAX);
  return { table: dailyTable(kept), leftOut: days.length - kept.length, whole: true };
}

function isDayWithin({ since, until }: Wish, day: string): boolean {
  return (since === undefined || day >= since) && (until === undefined || day <= until);
}

/** Whether an instant is in the days that were asked for. */
function withinOf(wish: Wish, timeZone: string): (epochMs: number) => boolean {
  if (wish.since === undefined && wish.until === undefined) return () => true;
  const day = dayReader(timeZone);
  return (epochMs) => isDayWithin(wish, day(epochMs));
}
