/** One line of the text format, read strictly. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`);

/** Reads the text format 0.0.4 as Prometheus does: each metric once, described before its samples, no sample twice. Throws on anything else. */
export function readPrometheus(text: string): readonly ReadSample[] {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const described = new Set<string>();
  const seen = new Set<string>();
  let current = "";
  return text
    .slice(0, -1)
    .split("\n")
    .flatMap((line): ReadSample[] => {
      const [, kind, about = ""] = /^# (HELP|TYPE) (\S+) \S/.exec(line) ?? [];
      if (kind === "HELP") {
        if (described.has(about)) throw new Error(`${about} is described twice`);
        described.add(about);
        current = about;
        return [];
      }
      if (kind === "TYPE") {
        if (about !== current || !/ (?:gauge|counter)$/.test(line)) throw new Error(`wrong type: ${line}`);
        return [];
      }
      const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
      if (name !== current || name === "") throw new Error(`no sample of ${current}: ${line}`);
      if (seen.has(`${name} ${labels}`)) throw new Error(`twice: ${line}`);
      seen.add(`${name} ${labels}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", each = ""]) => [key, each] as const);
      return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
    });
}
