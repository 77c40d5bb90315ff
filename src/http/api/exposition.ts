/** Names are fixed words and label values are words of the desk: never what a person typed. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of one metric. Seconds, bytes and shares of one, as Prometheus wants them. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

/** The content type of the format's version 0.0.4. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics in the text format of Prometheus. A family without samples is left out: an unknown value is absent, not zero. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join("");
}

function familyText({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return "";
  const rows = samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n${rows.join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const marks = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return marks.length === 0 ? "" : `{${marks.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
