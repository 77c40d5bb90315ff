import { MINUTE_MS } from "../../src/domain/time.ts";
import type { FormDoor, FormSubmission } from "../../src/ports/platform.ts";
import type { OpenForm, SecretField } from "../../src/ports/secret-form.ts";
import type { View } from "../../src/ports/view.ts";
import { canary } from "../kit/canary/canary.ts";

function view(title: string, more: Partial<View> = {}): View {
  return { title, tone: "plain", lines: [], fields: [], buttons: [], ...more };
}

/** Canaries: as long and mixed as an exchange's own. */
export const KEY = canary("exchange key");
export const SECRET = canary("exchange secret");
export const PASSPHRASE = `${canary("exchange passphrase", 16)} otter 42`;

export const FIELDS: readonly SecretField[] = [
  { name: "apiKey", label: "API key" },
  { name: "secret", label: "Secret" },
];

/** Forms that a test scripts. Strict: one person, one place, one use; and the values are remembered for the test alone. */
export class FakeForms implements FormDoor {
  readonly submissions: FormSubmission[] = [];
  /** Values of the open form so far. */
  readonly entered = new Map<string, string>();
  onComplete: (values: ReadonlyMap<string, string>) => Promise<View> = async () => view("main is connected", { tone: "good" });
  #open: { form: OpenForm; user: string; place: string } | undefined;

  /** Opens a form for one person and answers the view that carries it. */
  ask(user: string, place: string, fields = FIELDS): View {
    const form = { token: "f0rmt0ken", title: "The key of main", fields };
    this.#open = { form, user, place };
    this.entered.clear();
    const cancel = { label: "Cancel", style: "danger", action: `f:${form.token}` } as const;
    return view(form.title, { lines: [`Within ${10 * MINUTE_MS} ms.`], buttons: [cancel], form });
  }

  /** As a restart, or ten minutes, would. */
  forget(): void {
    this.#open = undefined;
  }

  look(token: string, user: string, place: string): OpenForm | { readonly problem: View } {
    const open = this.at(user, place);
    return open?.token === token ? open : { problem: view("This form is not known any more", { tone: "bad" }) };
  }

  at(user: string, place: string): OpenForm | undefined {
    const open = this.#open;
    if (open === undefined || open.user !== user || open.place !== place) return undefined;
    return { ...open.form, fields: open.form.fields.filter(({ name }) => !this.entered.has(name)) };
  }

  async submit(submission: FormSubmission): Promise<View> {
    this.submissions.push(submission);
    const found = this.look(submission.token, submission.user.id, submission.place.id);
    if ("problem" in found) return found.problem;
    let problem: string | undefined;
    for (const [name, secret] of Object.entries(submission.values)) {
      if (secret.reveal().length > 512) problem = "expected 4 to 512 characters";
      else this.entered.set(name, secret.reveal());
    }
    const left = this.at(submission.user.id, submission.place.id);
    if (left && left.fields.length > 0)
      return view(problem ?? left.title, { tone: problem === undefined ? "plain" : "warning", form: left });
    this.#open = undefined;
    return this.onComplete(this.entered);
  }
}
