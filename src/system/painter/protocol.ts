export interface PaintRequest {
  readonly id: number;
  readonly svg: string;
}

export type FromPainter =
  | { readonly kind: "ready" }
  /** Nothing can be drawn in this process, and why. */
  | { readonly kind: "unfit"; readonly problem: string }
  | { readonly kind: "painted"; readonly id: number; readonly png: Uint8Array }
  | { readonly kind: "refused"; readonly id: number; readonly problem: string };
