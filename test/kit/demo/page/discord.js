import { ask, element, MessageList, pictureOf, timeOf } from "./dom.js";
import { markdown } from "./markdown.js";
import { suggesting } from "./suggest.js";

const section = document.querySelector(".discord");
const veil = document.querySelector("#discord-form");

export const discordMessages = new MessageList(document.querySelector("#discord-messages"), render);

suggesting(
  document.querySelector("#discord-entry"),
  (line) => (line.startsWith("/") ? ask("/api/discord/complete", { line }, section) : []),
  (line) => ask("/api/discord/slash", { line }, section),
);

function render(message) {
  const { accent, isEphemeral, isEdited, isThinking, asked, blocks } = message;
  const card = element("div", { className: "d-card" }, ...blocks.map((block) => blockOf(message.id, block)));
  if (accent) card.style.setProperty("--accent", accent);
  const body = element(
    "div",
    { className: "d-body" },
    element(
      "div",
      { className: "d-author" },
      message.author,
      element("span", { className: "d-app" }, "APP"),
      element("time", {}, timeOf(message.atMs)),
    ),
    isThinking ? element("div", { className: "d-thinking" }, `${message.author} is thinking…`) : card,
    isEdited ? element("div", { className: "d-note" }, "(edited)") : undefined,
    isEphemeral ? element("div", { className: "d-note" }, "👁 Only you can see this") : undefined,
  );
  const line = asked ? element("div", { className: "d-asked" }, element("b", {}, "Ada"), " used ", element("code", {}, asked)) : undefined;
  return element(
    "article",
    { className: `d-message ${isEphemeral ? "ephemeral" : ""}` },
    line,
    element("div", { className: "d-avatar" }, "⚡"),
    body,
  );
}

function blockOf(messageId, block) {
  if (block.kind === "text") return element("div", { className: "d-text" }, ...markdown(block.content));
  if (block.kind === "picture") return pictureOf(block.picture);
  return element(
    "div",
    { className: "d-buttons" },
    ...block.buttons.map(({ label, style, key }) => {
      const button = element("button", { type: "button", className: style }, label);
      button.addEventListener("click", async () => {
        button.disabled = true;
        const answer = await ask("/api/discord/press", { messageId, key }, section);
        button.disabled = false;
        if (answer?.form) openForm(answer.form);
      });
      return button;
    }),
  );
}

function openForm({ id, title, fields }) {
  const inputs = fields.map(({ key, lengthMax }) => element("input", { name: key, maxLength: lengthMax, required: true }));
  const cancel = element("button", { type: "button" }, "Cancel");
  const form = element(
    "form",
    { className: "d-form", autocomplete: "off" },
    element("h3", {}, title),
    ...fields.map(({ label }, index) => element("label", {}, label, inputs[index])),
    element("div", { className: "d-buttons" }, cancel, element("button", { type: "submit", className: "primary" }, "Submit")),
  );
  const close = () => {
    veil.hidden = true;
    veil.replaceChildren();
  };
  cancel.addEventListener("click", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
    close();
    void ask("/api/discord/submit", { formId: id, values }, section);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());
  veil.replaceChildren(form);
  veil.hidden = false;
  inputs[0]?.focus();
}
