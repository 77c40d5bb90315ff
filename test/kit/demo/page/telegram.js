import { ask, element, MessageList, pictureOf, timeOf, toast } from "./dom.js";
import { suggesting } from "./suggest.js";

const section = document.querySelector(".telegram");
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
let menu = [];

export const telegramMessages = new MessageList(document.querySelector("#telegram-messages"), render);

export function setMenu(commands) {
  menu = commands;
}

suggesting(
  document.querySelector("#telegram-entry"),
  (line) => {
    if (!/^\/\w*$/.test(line)) return [];
    return menu
      .filter(({ command }) => command.startsWith(line.slice(1)) && command !== line.slice(1))
      .map(({ command, description }) => ({ line: `/${command}`, label: `/${command}`, hint: description }));
  },
  (text) => ask("/api/telegram/say", { text }, section),
);

function render(message) {
  const { isMine, isEdited, answers, keyboard } = message;
  const stamp = element("span", { className: "t-stamp" }, `${isEdited ? "edited " : ""}${timeOf(message.atMs)}${isMine ? " ✓✓" : ""}`);
  const bubble = element(
    "div",
    { className: "t-bubble" },
    answers ? element("div", { className: "t-answers" }, answers) : undefined,
    message.picture ? pictureOf(message.picture) : undefined,
    element("span", { className: "t-text" }, ...marked(message.text, message.entities)),
    stamp,
  );
  const rows = keyboard.map((row) => element("div", {}, ...row.map((button) => keyOf(message.id, button))));
  const keys = rows.length > 0 ? element("div", { className: "t-keyboard" }, ...rows) : undefined;
  return element("article", { className: `t-message ${isMine ? "mine" : ""}` }, bubble, keys);
}

function keyOf(messageId, { label, style, key }) {
  const button = element("button", { type: "button", className: style, title: label }, label);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await ask("/api/telegram/press", { messageId, key }, section);
    button.disabled = false;
    if (answer?.text) toast(section, answer.text, answer.isAlert ? "alert" : "");
  });
  return button;
}

/** Text with its entities, which nest and count UTF-16 units as JavaScript does. Outer ones come first. */
function marked(text, entities, from = 0, to = text.length) {
  const parts = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const { type, offset, length } = entities[index];
    const end = Math.min(offset + length, to);
    const inside = entities.slice(index + 1).filter((each) => each.offset < end);
    index += inside.length + 1;
    parts.push(text.slice(at, offset), markOf(type, marked(text, inside, offset, end)));
    at = end;
    // The line end after a block is the block's own.
    if (type === "pre" && text[at] === "\n") at += 1;
  }
  return [...parts, text.slice(at, to)];
}

function markOf(type, children) {
  if (type === "bot_command") return element("span", { className: "command" }, ...children);
  return element(TAGS[type] ?? "span", {}, ...children);
}
