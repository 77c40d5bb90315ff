/** A generated part of a Markdown file: its name in the marker and the text between the markers. */
export type Parts = ReadonlyMap<string, string>;

const MARKED = /(<!-- generated:([\w-]+) -->)\n[\s\S]*?(<!-- \/generated -->)/g;

/** The text with each `<!-- generated:NAME -->` ... `<!-- /generated -->` filled from `parts`. Throws on a name that nothing generates and on an unclosed marker. */
export function filled(markdown: string, parts: Parts): string {
  const opened = markdown.match(/<!-- generated:[\w-]+ -->/g)?.length ?? 0;
  if (opened !== (markdown.match(MARKED)?.length ?? 0)) throw new Error("a generated part is not closed; end it with <!-- /generated -->");
  return markdown.replace(MARKED, (_whole, open: string, name: string, close: string) => {
    const text = parts.get(name);
    if (text === undefined) throw new Error(`nothing generates "${name}"; known parts: ${[...parts.keys()].join(", ")}`);
    return `${open}\n${text}\n${close}`;
  });
}
