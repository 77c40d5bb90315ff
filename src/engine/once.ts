/** Reckons something when it is first asked for, and keeps it. */
export function once<T>(reckon: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: reckon() };
    return known.value;
  };
}
