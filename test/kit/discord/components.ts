import type { APIAttachment } from "discord-api-types/v10";

/** Any component as it lies on the wire; the judges have looked at its shape before we do. */
export interface WireComponent {
  type: number;
  id?: number;
  custom_id?: string;
  label?: string;
  style?: number;
  url?: string;
  sku_id?: string;
  emoji?: { name?: string; id?: string };
  disabled?: boolean;
  content?: string;
  placeholder?: string;
  min_values?: number;
  max_values?: number;
  min_length?: number;
  max_length?: number;
  required?: boolean;
  value?: string;
  options?: { label: string; value: string; default?: boolean }[];
  components?: WireComponent[];
  component?: WireComponent;
  accessory?: WireComponent;
  media?: WireMedia;
  file?: WireMedia;
  items?: { media: WireMedia; description?: string | null; spoiler?: boolean }[];
  description?: string | null;
}

export interface WireMedia {
  url: string;
}

export const ROW = 1;
export const BUTTON = 2;
export const STRING_SELECT = 3;
export const TEXT_INPUT = 4;
export const USER_SELECT = 5;
export const ROLE_SELECT = 6;
export const CHANNEL_SELECT = 8;
export const SECTION = 9;
export const TEXT_DISPLAY = 10;
export const THUMBNAIL = 11;
export const GALLERY = 12;
export const FILE = 13;
export const SEPARATOR = 14;
export const CONTAINER = 17;
export const LABEL = 18;
export const FILE_UPLOAD = 19;
export const RADIO_GROUP = 21;
export const CHECKBOX_GROUP = 22;
export const CHECKBOX = 23;
export const LINK_STYLE = 5;
export const PREMIUM_STYLE = 6;

export const isSelect = (component: WireComponent): boolean => [STRING_SELECT, 5, 6, 7, 8].includes(component.type);

/** Every component of a message or modal, parents before children, in the order in which a person reads them. */
export function* walk(components: readonly WireComponent[]): Generator<WireComponent> {
  for (const component of components) {
    yield component;
    yield* walk(component.components ?? []);
    if (component.component) yield* walk([component.component]);
    if (component.accessory) yield* walk([component.accessory]);
  }
}

export function mediaOf(component: WireComponent): WireMedia[] {
  return [component.media, component.file, ...(component.items ?? []).map((item) => item.media)].filter((media) => media !== undefined);
}

/** What Discord makes of the components it was sent: ids given, defaults written out, uploads resolved to addresses. */
export function settleComponents(
  components: readonly WireComponent[],
  attachments: readonly APIAttachment[],
  nextId: () => string,
): unknown[] {
  const taken = new Set([...walk(components)].map((component) => component.id));
  let running = 0;
  const freeId = (): number => {
    do running += 1;
    while (taken.has(running));
    return running;
  };
  const media = (source: WireMedia): object => {
    const upload = attachments.find((attachment) => source.url === `attachment://${attachment.filename}`);
    if (!upload) return { id: nextId(), url: source.url, proxy_url: source.url };
    const { url, proxy_url, width = null, height = null, content_type = null } = upload;
    return { id: nextId(), url, proxy_url, width, height, content_type, attachment_id: upload.id };
  };
  const settle = (component: WireComponent): unknown => {
    const id = component.id || freeId();
    const settled: Record<string, unknown> = { ...defaultsOf(component, attachments), ...withoutNulls(component), id };
    if (component.components) settled.components = component.components.map(settle);
    if (component.accessory) settled.accessory = settle(component.accessory);
    if (component.media) settled.media = media(component.media);
    if (component.file) settled.file = media(component.file);
    if (component.items)
      settled.items = component.items.map((item) => ({
        description: null,
        spoiler: false,
        ...withoutNulls(item),
        media: media(item.media),
      }));
    return settled;
  };
  return components.map(settle);
}

function defaultsOf(component: WireComponent, attachments: readonly APIAttachment[]): Record<string, unknown> {
  if (isSelect(component)) return { min_values: 1, max_values: 1 };
  switch (component.type) {
    case THUMBNAIL:
      return { description: null, spoiler: false };
    case SEPARATOR:
      return { divider: true, spacing: 1 };
    case CONTAINER:
      return { accent_color: null, spoiler: false };
    case FILE: {
      const upload = attachments.find((attachment) => component.file?.url === `attachment://${attachment.filename}`);
      return { spoiler: false, name: upload?.filename ?? null, size: upload?.size ?? null };
    }
    default:
      return {};
  }
}

function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== null));
}
