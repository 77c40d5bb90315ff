import type { APIAttachment } from "discord-api-types/v10";
import {
  CHECKBOX,
  CHECKBOX_GROUP,
  FILE_UPLOAD,
  isSelect,
  LABEL,
  RADIO_GROUP,
  STRING_SELECT,
  TEXT_DISPLAY,
  TEXT_INPUT,
  type WireComponent,
  walk,
} from "./components.ts";
import { PersonRefused } from "./refusal.ts";
import type { StoredFile } from "./world.ts";

/** What a person enters into a form, by the field's label or custom id. */
export type FormValues = Readonly<Record<string, string | boolean | readonly string[] | readonly StoredFile[]>>;

const FIELDS = [TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX];

interface Field {
  readonly component: WireComponent;
  readonly label: string;
}

/** Fills a form as the app lets a person fill it. Gives the components of the submission and the uploads it names. */
export function fillForm(components: readonly WireComponent[], values: FormValues, attach: (file: StoredFile) => APIAttachment) {
  const uploaded: Record<string, APIAttachment> = {};
  const fields = components.flatMap(fieldsOf);
  const keys = new Set(fields.flatMap(({ component, label }) => [component.custom_id, label]));
  const stray = Object.keys(values).find((key) => !keys.has(key));
  if (stray !== undefined) throw new PersonRefused(`no field ${stray}; there are ${fields.map((field) => field.label).join(", ")}`);
  const entered = (component: WireComponent, label: string): object => {
    const value = values[component.custom_id ?? ""] ?? values[label];
    const base = { type: component.type, id: component.id ?? 0, custom_id: component.custom_id };
    if (component.type === TEXT_INPUT) return { ...base, value: checkText(component, label, value) };
    if (component.type === CHECKBOX) return { ...base, value: value === true };
    if (component.type === RADIO_GROUP) return { ...base, value: checkValues(component, label, value)[0] ?? null };
    if (component.type !== FILE_UPLOAD) return { ...base, values: checkValues(component, label, value) };
    const files = ((value ?? []) as readonly StoredFile[]).map(attach);
    for (const file of files) uploaded[file.id] = file;
    if (files.length < least(component)) throw new PersonRefused(`${label} needs a file`);
    return { ...base, values: files.map((file) => file.id) };
  };
  const filled = components.map((top) => {
    if (top.type === TEXT_DISPLAY) return { type: TEXT_DISPLAY, id: top.id ?? 0 };
    if (top.type === LABEL && top.component) return { type: LABEL, id: top.id ?? 0, component: entered(top.component, top.label ?? "") };
    return { type: top.type, id: top.id ?? 0, components: (top.components ?? []).map((inner) => entered(inner, inner.label ?? "")) };
  });
  return { components: filled, ...(Object.keys(uploaded).length ? { resolved: { attachments: uploaded } } : {}) };
}

function fieldsOf(top: WireComponent): Field[] {
  return [...walk([top])]
    .filter((each) => FIELDS.includes(each.type) || isSelect(each))
    .map((component) => ({ component, label: top.label ?? component.label ?? component.custom_id ?? "" }));
}

function checkText(component: WireComponent, label: string, value: FormValues[string] | undefined): string {
  const text = value === undefined ? (component.value ?? "") : value;
  if (typeof text !== "string") throw new PersonRefused(`${label} takes text`);
  if (!text && component.required !== false) throw new PersonRefused(`${label} is required`);
  const { min_length: shortest = 0, max_length: longest = 4000 } = component;
  if (text && (text.length < shortest || text.length > longest))
    throw new PersonRefused(`${label} takes ${shortest} to ${longest} characters, found ${text.length}`);
  return text;
}

function checkValues(component: WireComponent, label: string, value: FormValues[string] | undefined): string[] {
  const chosen = value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];
  return checkChoice(component, label, chosen, least(component));
}

function least(component: WireComponent): number {
  return component.required === false ? 0 : (component.min_values ?? 1);
}

/** Values (or labels) that a person picks in a menu, a radio group or check boxes. */
export function checkChoice(component: WireComponent, label: string, chosen: readonly string[], min: number): string[] {
  const values = chosen.map((pick) => {
    if (![STRING_SELECT, RADIO_GROUP, CHECKBOX_GROUP].includes(component.type)) return pick;
    const option = component.options?.find((each) => each.value === pick || each.label === pick);
    if (!option)
      throw new PersonRefused(`${label}: ${pick} is not among ${(component.options ?? []).map((each) => each.label).join(", ")}`);
    return option.value;
  });
  const most = component.max_values ?? (component.type === CHECKBOX_GROUP ? 10 : 1);
  if (values.length < min || values.length > most) throw new PersonRefused(`${label}: choose ${min} to ${most}, found ${values.length}`);
  return values;
}
