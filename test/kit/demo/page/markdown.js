import { element } from "./dom.js";

const INLINE = /\\([\\*_~`|<>#@\]\-+.])|`([^`\n]+)`|\*\*(.+?)\*\*|__(.+?)__|\*([^*\n]+)\*|_([^_\n]+)_|~~(.+?)~~/;

/** The part of Discord's Markdown that a message may use, as elements. Everything else stays as it was written. */
export function markdown(source) {
  const parts = source.split(/```(?:\w+\n|\n)?([\s\S]*?)```\n?/);
  return parts.flatMap((part, index) => (index % 2 === 1 ? [element("pre", {}, part.replace(/\n$/, ""))] : linesOf(part)));
}

function linesOf(text) {
  if (text === "") return [];
  return text.split("\n").flatMap((line, index, lines) => {
    const heading = /^#{1,3} (.+)$/.exec(line);
    const small = /^-# (.+)$/.exec(line);
    const end = index < lines.length - 1 && !heading ? ["\n"] : [];
    if (heading) return [element("h3", {}, ...inline(heading[1]))];
    if (small) return [element("small", {}, ...inline(small[1])), ...end];
    return [...inline(line), ...end];
  });
}

function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return [text];
  const [whole, escaped, code, bold, under, italic, slanted, struck] = found;
  const rest = [text.slice(0, found.index)];
  if (escaped !== undefined) rest.push(escaped);
  else if (code !== undefined) rest.push(element("code", {}, code));
  else if (bold !== undefined) rest.push(element("b", {}, ...inline(bold)));
  else if (under !== undefined) rest.push(element("u", {}, ...inline(under)));
  else if (struck !== undefined) rest.push(element("s", {}, ...inline(struck)));
  else rest.push(element("i", {}, ...inline(italic ?? slanted)));
  return [...rest, ...inline(text.slice(found.index + whole.length))];
}
