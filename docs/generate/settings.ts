import type { Setting } from "../../config/setting.ts";

const WIDTH = 110;

/** `.env.example`: every setting with its description, commented out at its default or, without one, at its example. */
export function envExample(settings: readonly Setting<unknown>[]): string {
  const blocks = settings.map((setting) => {
    const notes = [`${setting.description}.`, setting.default === undefined ? "Not set by default." : `Example: ${setting.example}`];
    if (setting.secret) notes.push(`Or name a file that holds it: ${setting.name}_FILE=/run/secrets/${setting.name.toLowerCase()}`);
    const shown = setting.default ?? setting.example;
    return [...notes.flatMap(wrapped).map((line) => `# ${line}`), `# ${setting.name}=${shown}`].join("\n");
  });
  const head = "# Settings of ScalpStorm. Every one is optional: copy this file to .env and uncomment what you change.";
  return `${[head, "# Generated from config/schema.ts by `npm run docs`.", "", blocks.join("\n\n")].join("\n")}\n`;
}

/** The settings table of the README. */
export function settingsTable(settings: readonly Setting<unknown>[]): string {
  const rows = settings.map(({ name, secret, description, ...setting }) => {
    const value = setting.default === undefined ? "-" : `\`${setting.default}\``;
    return [`\`${name}\`${secret ? " (secret)" : ""}`, value, description, `\`${setting.example}\``];
  });
  const escaped = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return ["| setting | default | meaning | example |", "|---|---|---|---|", ...escaped].join("\n");
}

/** Lines of at most so many characters, broken between words. */
function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
