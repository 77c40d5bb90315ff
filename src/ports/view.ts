import type { Picture } from "./picture.ts";
import type { OpenForm } from "./secret-form.ts";
import type { TextFile } from "./text-file.ts";

/** The answer to a command, or an alert, as facts without markup. Each platform renders it in its own idiom. */
export interface View {
  readonly title: string;
  readonly tone: "plain" | "good" | "bad" | "warning";
  /** Sentences, one per line. */
  readonly lines: readonly string[];
  readonly fields: readonly Field[];
  readonly table?: Table;
  /** The table stands before the lines, which then explain it. */
  readonly tableFirst?: boolean;
  /** What people would rather look at. The other facts say what matters without it. */
  readonly picture?: Picture;
  /** What the person takes along; the other facts say what is in it. */
  readonly file?: TextFile;
  readonly buttons: readonly Button[];
  /** A question that a typed text may answer as well as a button. */
  readonly question?: {
    readonly argument: string;
    readonly freeText: boolean;
    /** Names this very question to `FrontDoor.answer`, where a platform can send it back with what was typed. At most 30 characters. */
    readonly id?: string;
  };
  /** Secrets that the person may enter now, each platform in its own safest way. Such a view is for that person only. */
  readonly form?: OpenForm;
  /** Why there is no answer, for programs: not allowed, try later, or a fault of ours. A plain refusal has none. */
  readonly fault?: "denied" | "unavailable" | "internal";
}

export interface Field {
  readonly name: string;
  readonly value: string;
}

export interface Table {
  readonly columns: readonly { readonly name: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
}

export interface Button {
  readonly label: string;
  readonly style: "plain" | "primary" | "danger";
  /** What `FrontDoor.press` understands; at most 60 bytes, so that it fits every platform's button. */
  readonly action: string;
}
