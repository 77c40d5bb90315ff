import type { APIEmbed, APIMessage } from "discord-api-types/v10";
import { BUTTON, isSelect, TEXT_DISPLAY, type WireComponent, walk } from "./components.ts";

export type TextMatch = string | RegExp | ((message: APIMessage) => boolean);

/** A message as a person would read it aloud, line by line: words first, then `[buttons]`, `<menus>` and `(files)`. */
export function textOf(message: APIMessage): string {
  const components = [...walk((message.components ?? []) as WireComponent[])];
  const lines = [
    message.content,
    ...message.embeds.flatMap(embedLines),
    ...components.flatMap((component) => (component.type === TEXT_DISPLAY ? [component.content ?? ""] : [])),
    components.flatMap(controlText).join(" "),
    message.attachments.map((file) => `(${file.filename})`).join(" "),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

export function matches(message: APIMessage, match: TextMatch): boolean {
  if (typeof match === "function") return match(message);
  return typeof match === "string" ? textOf(message).includes(match) : match.test(textOf(message));
}

/** Labels of all buttons, in reading order. */
export function buttonsOf(message: APIMessage): string[] {
  return [...walk((message.components ?? []) as WireComponent[])].filter((each) => each.type === BUTTON).map(buttonName);
}

export function buttonName(button: WireComponent): string {
  return button.label || (button.emoji?.name ?? "");
}

function controlText(component: WireComponent): string[] {
  if (component.type === BUTTON) return [`[${buttonName(component)}]`];
  if (!isSelect(component)) return [];
  return [`<${[component.placeholder, ...(component.options ?? []).map((option) => option.label)].filter(Boolean).join(" | ")}>`];
}

function embedLines(embed: APIEmbed): string[] {
  const fields = (embed.fields ?? []).map((field) => `${field.name}: ${field.value}`);
  return [embed.author?.name ?? "", embed.title ?? "", embed.description ?? "", ...fields, embed.footer?.text ?? ""];
}
