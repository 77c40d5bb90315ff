/**
 * What a number means. A `constant` is made of typed numbers only and fits where a price, a ratio or a number stands, but not where a percent does:
 * whoever writes `pnl_pct > 2` means `2%`, and 2 would be 200%.
 */
export type Kind = "boolean" | "price" | "percent" | "ratio" | "number" | "constant";

/** Each kind as it stands in a sentence. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  boolean: "a condition",
  price: "a price",
  percent: "a percent",
  ratio: "a ratio",
  number: "a plain number",
  constant: "a typed number",
};
