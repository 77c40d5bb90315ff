/** What an engine knows of a venue like Blofin. */
export const PERPETUAL_TRAITS = {
  kind: "perpetual",
  holdsTarget: true,
  reduceOnly: true,
  fenceMs: 75_000,
  readLagMs: 15_000,
  clientOrderIdMax: 32,
} as const;
