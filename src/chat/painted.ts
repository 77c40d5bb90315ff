import type { Painter } from "../ports/picture.ts";
import type { View } from "../ports/view.ts";

/** A view and the bytes of its picture; without bytes the view has none, and says why. */
export interface Painted {
  readonly view: View;
  readonly png?: Uint8Array;
}

/** Draws a view's picture. Never rejects: a picture that cannot be had costs nothing but itself. */
export async function painted(view: View, painter: Painter | undefined): Promise<Painted> {
  if (view.picture === undefined) return { view };
  if (painter === undefined) return { view: withoutPicture(view, "this desk draws none") };
  const outcome = await painter.paint(view.picture);
  return "png" in outcome ? { view, png: outcome.png } : { view: withoutPicture(view, outcome.problem) };
}

/** The view with its picture told in words. */
export function withoutPicture(view: View, problem: string): View {
  const { picture, ...rest } = view;
  return picture === undefined ? view : { ...rest, lines: [...view.lines, `The chart could not be shown: ${problem}. ${picture.alt}`] };
}
