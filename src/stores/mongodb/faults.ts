/** What is wrong with a database, in the words of the person who can mend it. */
export interface Fault {
  readonly problem: string;
  readonly remedy: string;
  /** Another process has it, and may end. */
  readonly isInUse?: true;
}

const NO_PRIMARY: Fault = {
  problem: "has no primary just now: an election is under way, or most of its members are away",
  remedy: "Wait a moment; when it stays so, start the missing members.",
};
const SHUTTING_DOWN: Fault = { problem: "is shutting down", remedy: "Start it again, or wait for the next primary." };
const TOO_SLOW: Fault = {
  problem: "did not confirm in time that most of its members have it on disk",
  remedy: "Look at the load, the disks and the members of the database.",
};
const NOT_ALLOWED: Fault = {
  problem: "lets this user in, but not do this",
  remedy: "Give the user the role readWrite on this database, and for an upgrade dbAdmin.",
};

/** What a set-up meets where the password is not that of the first start. */
export const ROOT_REFUSED: Fault = {
  problem: "refuses the password of root",
  remedy:
    "Check STORE_ADMIN_PASSWORD: a MongoDB keeps the one that it was first started with, which in the stack of containers was secrets/mongo-root-password.",
};

const ANOTHER_SET: Fault = {
  problem: "answers, and belongs to no replica set of the name that STORE_URL gives",
  remedy: "Correct replicaSet in STORE_URL, or leave it out for a single server.",
};
const BROKEN: Fault = { problem: "broke the connection", remedy: "Check that it runs and that this machine reaches it." };
const SOCKET_CODES: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH"]);

const REFUSED_USER = 18;

/** Codes of the server: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const BY_CODE: ReadonlyMap<number, Fault> = new Map([
  [
    REFUSED_USER,
    { problem: "refuses the user name or the password", remedy: "Check the user and authSource in STORE_URL, and STORE_PASSWORD." },
  ],
  [13, NOT_ALLOWED],
  [50, TOO_SLOW],
  [64, TOO_SLOW],
  [91, SHUTTING_DOWN],
  [100, { problem: "has fewer members than a majority needs", remedy: "Start the missing members." }],
  [189, NO_PRIMARY],
  [10107, NO_PRIMARY],
  [11600, SHUTTING_DOWN],
  [11602, NO_PRIMARY],
  [13435, NO_PRIMARY],
  [13436, NO_PRIMARY],
  [14031, { problem: "has no space left on its disk", remedy: "Free some space on the disk of the database." }],
]);

/** Duplicate key, failed validation, too large: what was asked was wrong, not the database. */
const WRONG_USE: ReadonlySet<number> = new Set([2, 9, 14, 121, 10334, 11000]);

const DUPLICATE = 11000;
const NAMESPACE_EXISTS = 48;

/** Somebody else has this key already. */
export function isDuplicate(thrown: unknown): boolean {
  return codeOf(thrown) === DUPLICATE;
}

/** The server knows no such user with this password. */
export function isRefusedUser(thrown: unknown): boolean {
  return codeOf(thrown) === REFUSED_USER;
}

/** The collection that was to be made is there already. */
export function isThere(thrown: unknown): boolean {
  return codeOf(thrown) === NAMESPACE_EXISTS;
}

/** True when no server was found to send to, so that nothing of the operation can have happened. */
export function wasNeverSent(thrown: unknown): boolean {
  return thrown instanceof Error && /ServerSelectionError$/.test(thrown.name);
}

/** Members answer and none of them is the primary: an election takes some ten seconds. */
export function isBetweenPrimaries(thrown: unknown): boolean {
  return faultOf(thrown) === NO_PRIMARY;
}

/** The fault behind an error of the driver or the server; undefined for anything else, which is a bug of ours. */
export function faultOf(thrown: unknown): Fault | undefined {
  if (!(thrown instanceof Error)) return undefined;
  // The driver lets some errors of the socket through as they are.
  if ("code" in thrown && typeof thrown.code === "string" && SOCKET_CODES.has(thrown.code)) return BROKEN;
  if (!/^Mongo/.test(thrown.name)) return undefined;
  const code = codeOf(thrown);
  if (code !== undefined && WRONG_USE.has(code)) return undefined;
  const known = code === undefined ? undefined : BY_CODE.get(code);
  if (known) return known;
  if (wasNeverSent(thrown)) return unreachable(thrown);
  if (/Timeout/.test(thrown.name))
    return { problem: "did not answer in time", remedy: "Look at the load and the network of the database." };
  if (/Network|PoolCleared|PoolClosed|NotConnected|TopologyClosed/.test(thrown.name)) {
    return BROKEN;
  }
  return { problem: `failed: ${thrown.message}`, remedy: "Check the database and its log." };
}

function unreachable(thrown: Error): Fault {
  const reason = "reason" in thrown ? thrown.reason : undefined;
  const isSet = typeof reason === "object" && reason !== null && "type" in reason && reason.type === "ReplicaSetNoPrimary";
  if (isSet && "servers" in reason && someoneAnswers(reason.servers)) return NO_PRIMARY;
  // The driver lets go of whoever belongs to another set.
  if (isSet && "servers" in reason && reason.servers instanceof Map && reason.servers.size === 0) return ANOTHER_SET;
  return { problem: "cannot be reached", remedy: "Check that it runs, its address in STORE_URL, and that this machine reaches it." };
}

function someoneAnswers(servers: unknown): boolean {
  if (!(servers instanceof Map)) return false;
  return [...servers.values()].some((server: { type?: unknown }) => server.type !== "Unknown" && server.type !== "PossiblePrimary");
}

function codeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ("code" in thrown && typeof thrown.code === "number") return thrown.code;
  return undefined;
}
