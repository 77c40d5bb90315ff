/** An element with text or elements inside. Text is always text: nothing here reads markup. */
export function element(tag, { className, title, ...more } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (title) made.title = title;
  Object.assign(made, more);
  made.append(...children.filter((child) => child !== undefined && child !== ""));
  return made;
}

/** Asks the demo for something. Gives the answer, or shows the refusal in that chat and gives nothing. */
export async function ask(path, body, section) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer;
    toast(section, answer.refused);
  } catch {
    toast(section, "The demo does not answer any more.");
  }
  return undefined;
}

/** A picture of a message, with its words for whom it does not load. */
export function pictureOf({ path, alt }) {
  return element(
    "a",
    { href: path, target: "_blank", rel: "noopener" },
    element("img", { className: "picture", src: path, alt, title: alt }),
  );
}

const TOAST_MS = 5_000;

export function toast(section, text, className = "") {
  const shown = element("div", { className: `toast ${className}` }, text);
  section.querySelector(".toasts").append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

export function timeOf(atMs) {
  return new Date(atMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

const NEAR_END_PX = 160;

/** The messages of one chat in their order. Keeps the newest in view, unless the person reads further up. */
export class MessageList {
  #box;
  #render;
  #shown = new Map();
  #empty;

  constructor(box, render) {
    this.#box = box;
    this.#render = render;
    this.#empty = box.querySelector(".empty");
  }

  reset(messages) {
    for (const shown of this.#shown.values()) shown.remove();
    this.#shown.clear();
    this.#empty.hidden = messages.length > 0;
    for (const message of messages) this.put(message);
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  put(message) {
    const isNearEnd = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_END_PX;
    const made = this.#render(message);
    const before = this.#shown.get(message.id);
    if (before) before.replaceWith(made);
    else this.#box.append(made);
    this.#shown.set(message.id, made);
    this.#empty.hidden = true;
    if (isNearEnd) this.#box.scrollTop = this.#box.scrollHeight;
  }

  remove(id) {
    this.#shown.get(id)?.remove();
    this.#shown.delete(id);
    this.#empty.hidden = this.#shown.size > 0;
  }
}
