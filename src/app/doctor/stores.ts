import { existsSync } from "node:fs";
import { ConfigError } from "../../domain/errors.ts";
import { DESK_STREAM } from "../../engine/streams.ts";
import { parseStoreUrl } from "../../stores/url.ts";
import { type Finding, fail, type Look, ok, warn } from "./finding.ts";

const ABOUT = "store";
const MIB = 1_048_576;

interface LookedStore {
  readonly findings: readonly Finding[];
  /** Exchanges of accounts, as far as the store tells them without being taken. */
  readonly exchanges: readonly string[];
}

/** The store as it is, without taking it from a desk that runs, changing or making anything. */
export async function storeFindings({ config }: Look): Promise<LookedStore> {
  const parsed = parseStoreUrl(config.storeUrl);
  if (parsed.scheme === "memory")
    return {
      findings: [warn(ABOUT, "memory: everything is forgotten at the end", "Name a file or a database in STORE_URL.")],
      exchanges: [],
    };
  try {
    if (parsed.scheme === "sqlite") return await sqliteFindings(parsed.file);
    const { lookAtMongo } = await import("../../stores/mongodb/look.ts");
    const { place, serverVersion, setName, schemaVersion, knownVersion, holder, exchanges } = await lookAtMongo(
      { url: parsed.url, password: config.storePassword?.reveal() },
      DESK_STREAM,
    );
    const kind = setName === undefined ? "a single server" : `replica set ${setName}`;
    const schema = schemaVersion === undefined ? "empty: the first start fills it" : `schema ${schemaVersion} of ${knownVersion}`;
    const unread = exchanges ? "" : "; the exchanges of its accounts could not be read in time, so name them";
    return {
      findings: [ok(ABOUT, `${place}: MongoDB ${serverVersion}, ${kind}, ${schema}${inUse(holder)}${unread}`)],
      exchanges: exchanges ?? [],
    };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { findings: thrown.problems.map(({ problem, remedy }) => fail(ABOUT, problem, remedy)), exchanges: [] };
  }
}

async function sqliteFindings(file: string): Promise<LookedStore> {
  if (!existsSync(file)) return { findings: [ok(ABOUT, `${file} is not there yet: the first start makes it`)], exchanges: [] };
  const { lookAtSqlite } = await import("../../stores/sqlite/look.ts");
  const { schemaVersion, knownVersion, bytes, isWhole, holder, exchanges } = lookAtSqlite(file);
  const whole = isWhole ? "sound" : "too large to be read whole here; `audit verify` reads all of it";
  const found = `${file}: ${(bytes / MIB).toFixed(1)} MiB, schema ${schemaVersion} of ${knownVersion}, ${whole}${inUse(holder)}`;
  return { findings: [ok(ABOUT, found)], exchanges };
}

function inUse(holder: { readonly pid: number; readonly host: string } | undefined): string {
  return holder === undefined ? "" : `; process ${holder.pid} on host "${holder.host}" has it`;
}
