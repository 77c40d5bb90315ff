import { chainHead, DESK_RECORDS } from "../../src/chat/args-audit.ts";
import { auditScope } from "../../src/chat/audit-scope.ts";
import { defineCommand } from "../../src/chat/command.ts";
import { type Card, card, right } from "../../src/chat/view.ts";
import { UserError } from "../../src/domain/errors.ts";
import { minuteText } from "../../src/domain/time.ts";
import type { ChainVerdict } from "../../src/ports/audit.ts";

/** Enough of a link that nobody finds other records with the same. */
const LINK_SHOWN = 16;

export default defineCommand({
  summary: "Reads every record again and says whether any was changed, dropped, inserted or moved",
  role: "viewer",
  readOnly: true,
  private: true,
  partial: true,
  args: { head: chainHead.describe("A head that you noted earlier, to compare").optional() },
  async run(call) {
    const { args, engine, role, accounts } = call;
    const own = accounts.map(({ state }) => state.account);
    if (role !== "admin" && own.length === 0) return card("You have no account here, so there are no records of yours");
    const { head } = args;
    if (head && role !== "admin" && (head.account === undefined || !own.includes(head.account)))
      throw new UserError(`head: you may see no records of ${head.account ?? DESK_RECORDS}.`);
    const verdicts = await engine.audit.verify(auditScope(call), head === undefined ? [] : [head]);
    if (head && !verdicts.some(({ account }) => account === head.account))
      throw new UserError(`head: there are no records of ${head.account ?? DESK_RECORDS}.`);
    const answer = titled(verdicts, head !== undefined);
    return answer
      .table(["Records of", right("Records"), "Chained", "Head"], verdicts.map(rowOf))
      .line("A head that you keep elsewhere proves later that nothing up to it was written anew: `audit verify head:...` compares.");
  },
});

function titled(verdicts: readonly ChainVerdict[], compared: boolean): Card {
  const broken = verdicts.filter(({ fault }) => fault !== undefined);
  const [first] = broken;
  if (!first) {
    const records = verdicts.reduce((sum, { end }) => sum + end.sequence, 0);
    return card(`All ${records.toLocaleString("en-US")} records follow from one another`)
      .good()
      .line(compared ? "The head that you named is the one that stands there." : undefined, ...verdicts.map(beforeText));
  }
  return card(`The records of ${nameOf(first)} are not what was written: ${faultText(first)}`)
    .bad()
    .line(
      ...broken.slice(1).map((verdict) => `The records of ${nameOf(verdict)}: ${faultText(verdict)}.`),
      "Keep a copy of the database as it is, and compare it with a backup. Trading is not stopped by this; `system halt` stops entries.",
    );
}

function faultText({ fault, faultMs }: ChainVerdict): string {
  if (!fault) return "nothing";
  const { sequence, problem } = fault;
  const written = faultMs === undefined ? "" : `, which says it is of ${minuteText(faultMs)} UTC`;
  switch (problem) {
    case "missing":
      return `record ${sequence} is missing`;
    case "shorter":
      return `they end before record ${sequence}, which was there`;
    case "unchained":
      return `record ${sequence}${written} stands outside of the chain`;
    case "other-head":
      return `record ${sequence}${written} is another one than was noted`;
    case "broken":
      return `record ${sequence}${written} does not follow from the one before it; one of the two was changed, inserted or moved, or one between them dropped`;
  }
}

function beforeText(verdict: ChainVerdict): string | undefined {
  const { beganAt, end } = verdict;
  if (end.sequence === 0 || beganAt === 1) return undefined;
  const last = beganAt === undefined ? end.sequence : beganAt - 1;
  return `Records 1 to ${last} of ${nameOf(verdict)} are from before the chain began: nothing vouches for them.`;
}

function rowOf(verdict: ChainVerdict): readonly string[] {
  const { end, beganAt, fault } = verdict;
  const chained = beganAt === undefined ? "no" : beganAt === 1 ? "all" : `from ${beganAt}`;
  const head = end.link === undefined ? "-" : `${nameOf(verdict)}@${end.sequence}:${end.link.slice(0, LINK_SHOWN)}`;
  return [nameOf(verdict), String(end.sequence), fault ? `broken at ${fault.sequence}` : chained, head];
}

function nameOf({ account = DESK_RECORDS }: ChainVerdict): string {
  return account;
}
