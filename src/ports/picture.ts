/** A picture as facts: how it is drawn, and the same in words for whoever cannot see it. */
export interface Picture {
  /** What its file is called, without an ending: small letters, digits and dashes. */
  readonly name: string;
  /** SVG text that loads nothing from elsewhere. */
  readonly svg: string;
  /** What it shows, with its numbers, in one or two sentences. */
  readonly alt: string;
  /** The main line, evenly spaced, for where nothing but text can be shown. */
  readonly course: readonly number[];
}

/** What became of a picture: the bytes of a PNG, or why there are none in half a sentence. */
export type Painted = { readonly png: Uint8Array } | { readonly problem: string };

/** Turns pictures into PNG beside everything else: nothing that trades waits for it. */
export interface Painter {
  /** Never rejects. What is late, too much at once or cannot be drawn is a problem. The bytes belong to the caller. */
  paint(picture: Picture): Promise<Painted>;
  close(): Promise<void>;
}
