import type { Secret } from "../domain/secret.ts";

/** One value that a person is asked for out of the desk's sight: it never lies in an argument, a log, the inbox or an event. */
export interface SecretField {
  /** What the values are keyed by, such as `apiKey`. */
  readonly name: string;
  /** As the person reads it, such as "API key"; at most 45 characters, so that it fits every platform's form. */
  readonly label: string;
}

/** At most five fields: a Discord form holds no more. */
export interface SecretForm {
  readonly title: string;
  readonly fields: readonly SecretField[];
}

/** A form that waits for one person at one place; `fields` are those that are still missing. */
export interface OpenForm extends SecretForm {
  /** Unguessable, for one use; at most 60 characters. */
  readonly token: string;
}

/** What was entered, by field name. */
export type SecretValues = Readonly<Record<string, Secret>>;

/**
 * A page of the desk's own machine, for one form: on a loopback address, behind an unguessable path, good for one submission.
 * When `signal` is aborted the form is over: the page goes and `values` need not settle.
 */
export interface KeyPage {
  open(form: SecretForm, signal: AbortSignal): Promise<{ readonly url: string; readonly values: Promise<SecretValues> }>;
}
