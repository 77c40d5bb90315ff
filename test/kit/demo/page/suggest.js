import { element } from "./dom.js";

/** Completion under an entry field: `find` gives `{ line, label, hint }` for what stands in it. Enter sends when nothing is chosen. */
export function suggesting(form, find, send) {
  const input = form.querySelector("input");
  const box = form.querySelector(".suggestions");
  let offers = [];
  let chosen = -1;
  let asked = 0;

  const show = () => {
    box.replaceChildren(
      ...offers.map((offer, index) => {
        const row = element(
          "div",
          { className: `suggestion ${index === chosen ? "chosen" : ""}`, title: offer.hint },
          element("b", {}, offer.label),
          element("span", {}, offer.hint),
        );
        row.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(offer);
        });
        return row;
      }),
    );
    box.hidden = offers.length === 0;
    box.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    asked += 1;
    offers = [];
    chosen = -1;
    show();
  };
  const look = async () => {
    asked += 1;
    const mine = asked;
    const found = input.value === "" ? [] : await find(input.value);
    if (mine !== asked) return;
    offers = found ?? [];
    chosen = -1;
    show();
  };
  const take = (offer) => {
    input.value = offer.line;
    input.focus();
    void look();
  };

  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && offers.length > 0) {
      event.preventDefault();
      chosen = (chosen + step + offers.length) % offers.length;
      return show();
    }
    const offer = offers[Math.max(chosen, 0)];
    if (offer && (event.key === "Tab" || (event.key === "Enter" && chosen >= 0))) {
      event.preventDefault();
      take(offer);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const line = input.value.trim();
    if (line === "") return;
    input.value = "";
    close();
    send(line);
  });
}
