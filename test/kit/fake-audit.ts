import type { Audit, AuditRecord, AuditSearch, ChainVerdict } from "../../src/ports/audit.ts";

/** Records that a test writes by hand; every chain holds unless a test says otherwise. */
export class FakeAudit implements Audit {
  readonly records: AuditRecord[] = [];
  verdicts: ChainVerdict[] = [];

  newest({ scope, wanted, limit }: AuditSearch) {
    const seen = this.records.filter(({ account, recorded: { event } }) => {
      if (scope === "whole") return true;
      return account === undefined ? scope.sees(event) : scope.accounts.includes(account);
    });
    return Promise.resolve({ records: seen.toReversed().filter(wanted).slice(0, limit), whole: true });
  }

  verify(): Promise<readonly ChainVerdict[]> {
    return Promise.resolve(this.verdicts);
  }
}
