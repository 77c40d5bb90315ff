import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../domain/errors.ts";
import { AppendRefused } from "../../ports/store.ts";
import { faultOf } from "./faults.ts";
import type { Answer, Failure, Handlers, OperationName, Request, WriteName } from "./protocol.ts";

/**
 * Carries out a group of writes in one transaction and commits once. Each write has its own savepoint, so a refused one does not undo
 * the others. When the disk or the file fails (full, read-only, broken), nothing of the group is kept and every write of it is
 * answered as unavailable: a later append of the same stream must not be taken for the work of another process.
 */
export function commitGroup(
  database: DatabaseSync,
  file: string,
  handlers: Handlers<WriteName>,
  group: readonly Request<WriteName>[],
): { answers: Answer[]; committed: boolean } {
  try {
    if (database.isTransaction) database.exec("ROLLBACK");
    database.exec("BEGIN IMMEDIATE");
    const answers = group.map((request) => runInSavepoint(database, handlers, request));
    database.exec("COMMIT");
    return { answers, committed: true };
  } catch (thrown) {
    rollBack(database);
    const failure = failureOf(thrown, file);
    return { answers: group.map(({ id }) => ({ id, failure })), committed: false };
  }
}

/** Carries out one read, between transactions. */
export function answerRead<Names extends OperationName>(file: string, handlers: Handlers<Names>, request: Request<Names>): Answer {
  try {
    return { id: request.id, value: run(handlers, request) };
  } catch (thrown) {
    return { id: request.id, failure: failureOf(thrown, file) };
  }
}

function runInSavepoint(database: DatabaseSync, handlers: Handlers<WriteName>, request: Request<WriteName>): Answer {
  database.exec("SAVEPOINT operation");
  try {
    const value = run(handlers, request);
    database.exec("RELEASE operation");
    return { id: request.id, value };
  } catch (thrown) {
    const failure = ownFailureOf(thrown);
    if (failure === undefined) throw thrown;
    database.exec("ROLLBACK TO operation; RELEASE operation");
    return { id: request.id, failure };
  }
}

/** Names stay correlated: the handler of a name takes what the request of that name carries. */
function run<Name extends OperationName>(handlers: Handlers<Name>, request: Request<Name>): unknown {
  return handlers[request.name](...request.ask);
}

/** The failure that concerns one operation alone; undefined when the file or its disk failed. */
function ownFailureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof AppendRefused) return { kind: "refused", message: thrown.message };
  return faultOf(thrown) ? undefined : { kind: "bug", message: messageOf(thrown) };
}

function failureOf(thrown: unknown, file: string): Failure {
  const fault = faultOf(thrown);
  if (fault) return { kind: "unavailable", message: `the store ${file} ${fault.problem}. ${fault.remedy}` };
  return { kind: "bug", message: messageOf(thrown) };
}

/** A roll-back that fails too is tried again before the next group. */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec("ROLLBACK");
  } catch {
    return;
  }
}
