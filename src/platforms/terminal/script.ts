import { visible } from "../../domain/visible-text.ts";
import type { View } from "../../ports/view.ts";
import { type Choices, choicesOf, commandOf, nextOf } from "./choices.ts";
import { paintOf } from "./paint.ts";
import { type Frame, type Look, renderChoices, renderView } from "./render.ts";
import { formHints } from "./secret-lines.ts";

export interface AlertMarks {
  readonly repeat?: boolean;
  readonly updated?: boolean;
}

/** How views become text: plain, or one JSON line each. */
export interface Script {
  echo(line: string): string;
  answer(view: View, command: string): string;
  progress(view: View, command: string): string;
  alert(view: View, marks: AlertMarks): string;
  notice(view: View, kind: "welcome" | "interrupted"): string;
}

export interface PlainOptions {
  readonly colors: boolean;
  readonly interactive: boolean;
  readonly widthMax: () => number;
}

/** Views as people read them. `widthMax` is asked for each, in columns, for a window may change. */
export function plainScript({ colors, interactive, widthMax }: PlainOptions): Script {
  const look = (): Look => ({ paint: paintOf(colors), widthMax: widthMax() });
  const render = (view: View, frame: Frame = {}) => renderView(view, look(), frame);
  const choices = (view: View) => {
    if (view.form)
      return formHints(view.form, interactive)
        .map((hint) => `  ${look().paint.dim(hint)}\n`)
        .join("");
    const found: Choices = choicesOf(view);
    if (interactive) return renderChoices(found, look());
    return found.kind === "next" ? "" : renderChoices({ ...found, enter: undefined }, look());
  };
  return {
    echo: (line) => (interactive ? "" : `> ${line}\n`),
    answer: (view) => render(view) + choices(view),
    progress: (view) => render(view),
    alert: (view, { repeat, updated }) => {
      const suffix = repeat === true ? "(repeat)" : updated === true ? "(updated)" : "";
      // Numbers belong to the last answer, so an alert only names its commands.
      const next = interactive && !view.question ? renderChoices(nextOf(view), look()) : "";
      return render(view, { prefix: "⚡ ", suffix }) + next;
    },
    notice: (view) => render(view) + choices(view),
  };
}

/** Views as one line of JSON each, for programs. */
export function jsonScript(): Script {
  const line = (facts: Readonly<Record<string, unknown>>) => `${JSON.stringify(facts, shown)}\n`;
  return {
    echo: () => "",
    answer: (view, command) => line({ kind: "view", command, view: viewFacts(view) }),
    progress: (view, command) => line({ kind: "progress", command, view: viewFacts(view) }),
    alert: (view, { repeat, updated }) =>
      line({ kind: "alert", ...(repeat ? { repeat } : {}), ...(updated ? { updated } : {}), view: viewFacts(view) }),
    notice: (view, kind) => line({ kind, view: viewFacts(view) }),
  };
}

/** Unguessable tokens stay inside: a reader picks by number, and equal runs print equal lines. */
function viewFacts(view: View) {
  const buttons = view.buttons.map(({ label, style, action }) =>
    commandOf(action) === undefined ? { label, style } : { label, style, action },
  );
  const { form, picture, ...facts } = view;
  const seen = picture === undefined ? {} : { picture: { name: picture.name, alt: picture.alt } };
  return { ...facts, ...seen, buttons, ...(form === undefined ? {} : { form: { title: form.title, fields: form.fields } }) };
}

function shown(_key: string, value: unknown): unknown {
  return typeof value === "string" ? visible(value) : value;
}
